/// Awkward item types: whatever carries items must carry these too.
#pragma once

#include <string>
#include <utility>

namespace weir::testing {

/// Can be moved, not copied, and shows when it was moved from: its value is then -1.
class move_only {
public:
    explicit move_only(int value) noexcept : value_(value) {}
    move_only(move_only&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
    move_only& operator=(move_only&& other) noexcept {
        value_ = std::exchange(other.value_, -1);
        return *this;
    }
    int value() const noexcept { return value_; }
    friend bool operator==(const move_only&, const move_only&) = default;

private:
    int value_;
};

/// Can be copied, and cannot be made without a value.
class no_default {
public:
    explicit no_default(int value) : text_(std::to_string(value)) {}
    int value() const { return std::stoi(text_); }
    friend bool operator==(const no_default&, const no_default&) = default;

private:
    std::string text_;  // on the heap where long, so that sanitizers see one destroyed twice
};

}  // namespace weir::testing
