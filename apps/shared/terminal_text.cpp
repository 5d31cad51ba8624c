#include <locale.h>
#include <shared/terminal_text.hpp>
#include <wchar.h>

#include <cstdint>

namespace weir_apps {

namespace {

/// The system's locale for UTF-8 while it lives, on this thread; where the system has none, only
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
    std::string_view text;  // as it is shown
    std::size_t size;       // of what it stands for
    std::size_t columns;
};

character first_character(std::string_view text) {
    constexpr character unknown{"?", 1, 1};
    wchar_t wide = 0;
    mbstate_t state{};
    // Its state is here, so threads do not meet. NOLINTNEXTLINE(concurrency-mt-unsafe)
    const std::size_t size = ::mbrtowc(&wide, text.data(), text.size(), &state);
    if (size == 0 || size > text.size()) return unknown;  // NUL, no UTF-8, or not all of it
    const int columns = ::wcwidth(wide);
    if (columns < 0) return {"?", size, 1};
    return {text.substr(0, size), size, static_cast<std::size_t>(columns)};
}

}  // namespace

shown_text shown(std::string_view text, std::size_t most) {
    const utf8_locale utf8;
    shown_text all;
    shown_text cut;  // what still has room for the sign that it was cut
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
