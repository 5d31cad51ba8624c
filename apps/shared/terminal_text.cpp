#include <locale.h>
#include <shared/terminal_text.hpp>
#include <wchar.h>

#include <cstdint>

namespace weir_apps {

namespace {

/// Sets the system's UTF-8 locale on this thread for its lifetime. If the system has none, only
/// ASCII is shown.
class utf8_locale {
public:
    utf8_locale() : made_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", locale_t{})) {
        if (made_ != locale_t{}) before_ = ::uselocale(made_);
    }
    utf8_locale(const utf8_locale&) = delete;
    utf8_locale& operator=(const utf8_locale&) = delete;
    ~utf8_locale() {
        if (made_ == locale_t{}) return;
        ::uselocale(before_);
        ::freelocale(made_);
    }

private:
    locale_t made_;
    locale_t before_{};
};

struct character {
    std::string_view text;  // as the terminal shows it
    std::size_t size;       // of the original bytes
    std::size_t columns;
};

character first_character(std::string_view text) {
    constexpr character unknown{"?", 1, 1};
    wchar_t wide = 0;
    mbstate_t state{};
    // The state is local, so threads do not share it. NOLINTNEXTLINE(concurrency-mt-unsafe)
    const std::size_t size = ::mbrtowc(&wide, text.data(), text.size(), &state);
    if (size == 0 || size > text.size())
        return unknown;  // NUL, invalid UTF-8, or a part of a character
    const int columns = ::wcwidth(wide);
    if (columns < 0) return {"?", size, 1};
    return {text.substr(0, size), size, static_cast<std::size_t>(columns)};
}

}  // namespace

shown_text shown(std::string_view text, std::size_t most) {
    const utf8_locale utf8;
    shown_text all;
    shown_text cut;  // the longest part that leaves room for the "…"
    while (!text.empty()) {
        const character c = first_character(text);
        if (all.columns + c.columns > most) {
            cut.text += "…";
            ++cut.columns;
            return cut;
        }
        all.text += c.text;
        all.columns += c.columns;
        if (all.columns < most) cut = all;
        text.remove_prefix(c.size);
    }
    return all;
}

}  // namespace weir_apps
