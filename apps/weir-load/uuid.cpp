#include "uuid.hpp"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string_view>
#include <system_error>

namespace weir_load {

namespace {

constexpr std::uint64_t variant = std::uint64_t{0b10} << 62;

constexpr std::uint64_t lowest(unsigned bits) {
    return (std::uint64_t{1} << bits) - 1;
}

uuid from_halves(std::uint64_t high, std::uint64_t low) {
    uuid id;
    for (unsigned i = 0; i < 8; ++i) {
        id[i] = static_cast<unsigned char>(high >> (56 - 8 * i));
        id[i + 8] = static_cast<unsigned char>(low >> (56 - 8 * i));
    }
    return id;
}

}  // namespace

std::string to_string(const uuid& id) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < id.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += digits[id[i] >> 4];
        text += digits[id[i] & 15];
    }
    return text;
}

std::uint64_t random_source::next() {
    if (used_ == block_.size()) {
        if (::getentropy(block_.data(), sizeof block_) != 0) {
            throw std::system_error(errno, std::generic_category(), "cannot get random bits");
        }
        used_ = 0;
    }
    return block_[used_++];
}

std::uint64_t unix_milliseconds() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

uuid uuid7_source::next() {
    if (const std::uint64_t now = now_(); now > milliseconds_) {
        milliseconds_ = now;
        counter_ = random_.next() & lowest(counter_bits - 1);
    } else if (++counter_ == counter_end) {
        ++milliseconds_;
        counter_ = random_.next() & lowest(counter_bits - 1);
    }
    const std::uint64_t high = milliseconds_ << 16 | 0x7000 | counter_ >> 14;
    const std::uint64_t low =
        variant | (counter_ & lowest(14)) << 48 | (random_.next() & lowest(48));
    return from_halves(high, low);
}

uuid uuid4_source::next() {
    const std::uint64_t high = (random_.next() & ~std::uint64_t{0xf000}) | 0x4000;
    const std::uint64_t low = (random_.next() & lowest(62)) | variant;
    return from_halves(high, low);
}

}  // namespace weir_load
