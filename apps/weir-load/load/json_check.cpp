#include "json_check.hpp"

#include <bitset>
#include <cstddef>

namespace weir_load::table_load {

namespace {

constexpr std::size_t deepest = 500;

/// Goes over a text from its front; every function says whether what it looks for was there.
class json_text {
public:
    explicit json_text(std::string_view text) noexcept : rest_(text) {}

    bool one_value() noexcept {
        // Which of the open brackets are objects.
        std::bitset<deepest> object;
        std::size_t depth = 0;
        for (;;) {
            skip_spaces();
            if (take('{') || take('[')) {
                if (depth == deepest) return false;
                const bool opens_object = last_ == '{';
                object[depth++] = opens_object;
                skip_spaces();
                const bool empty = take(opens_object ? '}' : ']');
                if (!empty) {
                    if (object[depth - 1] && !key()) return false;
                    continue;
                }
                --depth;
            } else if (!scalar()) {
                return false;
            }
            // Behind a value.
            for (;;) {
                skip_spaces();
                if (depth == 0) return rest_.empty();
                if (take(',')) break;
                if (!take(object[depth - 1] ? '}' : ']')) return false;
                --depth;
            }
            skip_spaces();
            if (object[depth - 1] && !key()) return false;
        }
    }

private:
    bool take(char c) noexcept {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        last_ = c;
        return true;
    }

    bool take_word(std::string_view word) noexcept {
        if (!rest_.starts_with(word)) return false;
        rest_.remove_prefix(word.size());
        return true;
    }

    void skip_spaces() noexcept {
        while (take(' ') || take('\t') || take('\n') || take('\r')) {
        }
    }

    bool key() noexcept {
        if (!string()) return false;
        skip_spaces();
        return take(':');
    }

    bool scalar() noexcept {
        return string() || take_word("true") || take_word("false") || take_word("null") || number();
    }

    bool string() noexcept {
        if (!take('"')) return false;
        while (!rest_.empty()) {
            const char c = rest_.front();
            if (static_cast<unsigned char>(c) < 0x20) return false;
            rest_.remove_prefix(1);
            if (c == '"') return true;
            if (c == '\\' && !escape()) return false;
        }
        return false;
    }

    bool escape() noexcept {
        if (rest_.empty()) return false;
        const char c = rest_.front();
        rest_.remove_prefix(1);
        if (c != 'u') return std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
        for (int i = 0; i < 4; ++i) {
            constexpr std::string_view hex = "0123456789abcdefABCDEF";
            if (rest_.empty() || hex.find(rest_.front()) == hex.npos) return false;
            rest_.remove_prefix(1);
        }
        return true;
    }

    bool digits() noexcept {
        std::size_t size = 0;
        while (size < rest_.size() && rest_[size] >= '0' && rest_[size] <= '9') ++size;
        rest_.remove_prefix(size);
        return size != 0;
    }

    bool number() noexcept {
        take('-');
        if (!take('0') && !digits()) return false;
        if (take('.') && !digits()) return false;
        if (!take('e') && !take('E')) return true;
        if (!take('+')) take('-');
        return digits();
    }

    std::string_view rest_;
    char last_ = '\0';
};

}  // namespace

bool is_json(std::string_view text) noexcept {
    return json_text(text).one_value();
}

}  // namespace weir_load::table_load
