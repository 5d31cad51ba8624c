#include <shared/numbers.hpp>

#include <charconv>
#include <system_error>

namespace weir_apps {

std::optional<std::uint64_t> parse_whole(std::string_view text) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

std::string check_number(const std::string& text, bounds allowed) {
    const auto number = parse_whole(text);
    if (!number && (text.empty() || text.find_first_not_of("0123456789") != text.npos)) {
        return "must be a whole number, not '" + text + "'";
    }
    if (number && *number < allowed.least) {
        return "must be at least " + std::to_string(allowed.least) + ", not " + text;
    }
    if (!number || *number > allowed.most) {
        return "must be at most " + std::to_string(allowed.most) + ", not " + text;
    }
    return {};
}

}  // namespace weir_apps
