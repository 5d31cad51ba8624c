#include <shared/duration.hpp>

#include <charconv>
#include <cstdint>
#include <system_error>

namespace weir_apps {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

std::optional<milliseconds> unit_named(std::string_view name) {
    if (name == "ms") return 1ms;
    if (name == "s") return 1s;
    if (name == "m") return 1min;
    if (name == "h") return 1h;
    return std::nullopt;
}

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
    std::uint32_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    const auto unit = unit_named({stop, static_cast<std::size_t>(end - stop)});
    if (error != std::errc() || !unit) return std::nullopt;
    const milliseconds length = number * *unit;
    if (length > 24h * 365) return std::nullopt;
    return length;
}

}  // namespace weir_apps
