#include <weir/runtime/pull.hpp>
#include <weir/runtime/terminal.hpp>

#include <stdexcept>
#include <string>

namespace weir {

namespace {

// Where temporaries are destroyed twice, things look as if they had been moved from.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
constexpr const char* hint =
    ". (If it was not: this version of GCC miscompiles temporaries beside co_await; run "
    "weir-check-co-await on your sources, and see docs/start.md)";
#else
constexpr const char* hint = "";
#endif

}  // namespace

void detail::throw_moved_from() {
    throw std::logic_error(
        std::string("weir: this stream was moved from: what it had belongs to the stream it was "
                    "moved to")
            .append(hint));
}

void detail::throw_started() {
    throw std::logic_error(
        std::string("weir: this pipeline was started, or moved from, before: it runs once")
            .append(hint));
}

}  // namespace weir
