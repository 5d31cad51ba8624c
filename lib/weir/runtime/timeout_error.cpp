#include <weir/runtime/timeout_error.hpp>

#include <chrono>

namespace weir {

namespace {

std::string text_of(clock::duration d) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(d);
    if (ms == d) return std::to_string(ms.count()) + " ms";
    return std::to_string(d.count()) + " ns";
}

}  // namespace

timeout_error::timeout_error(const std::string& what, clock::duration limit)
    : error(what + " took longer than " + text_of(limit)) {}

}  // namespace weir
