// UTF-8, character by character.

#include <weir/core/utf8.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace std::string_view_literals;

namespace {

/// The sizes of the pieces; negative where one is no UTF-8.
std::vector<int> pieces(std::string_view text) {
    std::vector<int> sizes;
    while (!text.empty()) {
        const weir::utf8_piece next = weir::utf8_front(text);
        sizes.push_back(next.good ? static_cast<int>(next.size) : -static_cast<int>(next.size));
        text.remove_prefix(next.size);
    }
    return sizes;
}

}  // namespace

TEST_CASE("a text falls into characters") {
    CHECK(pieces("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\x7F") == std::vector{1, 2, 3, 4, 1});
    CHECK(weir::utf8_front("\xE2\x82\xAC").code == 0x20AC);
    CHECK(weir::utf8_front("\xF4\x8F\xBF\xBF").code == 0x10FFFF);
    CHECK(weir::utf8_front("\0"sv).good);
}

TEST_CASE("what is no UTF-8 falls into maximal subparts, as the Unicode standard has them") {
    // Its tables 3-8 to 3-11.
    CHECK(pieces("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41") ==
          std::vector{-1, -1, -1, -1, -1, -1, -1, -1, 1});
    CHECK(pieces("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41") ==
          std::vector{-1, -1, -1, -1, -1, -1, -1, -1, 1});
    CHECK(pieces("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42") ==
          std::vector{-1, -1, -1, -1, -1, 1, -1, -1, 1});
    CHECK(pieces("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41") == std::vector{-2, -1, -3, -2, 1});
}

TEST_CASE("a text is UTF-8 or not, wherever the fault stands") {
    CHECK(weir::is_utf8(""));
    CHECK(weir::is_utf8("plain ASCII of more than eight bytes"));
    CHECK(weir::is_utf8("J\xC3\xBCrgen and others"));
    for (std::size_t at = 0; at != 20; ++at) {
        std::string text(20, 'x');
        text[at] = '\xFC';
        CHECK_FALSE(weir::is_utf8(text));
    }
}
