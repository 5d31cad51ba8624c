/// Awkward item types: whatever carries items must carry these too.
#pragma once

#include <weir/testing/resource.hpp>

#include <string>
#include <utility>

namespace weir::testing {

/// Can be moved, not copied, and shows when it was moved from: its value is then -1. May hold a
/// resource, by which the living ones are counted.
class move_only {
public:
    explicit move_only(int value, resource::hold held = nullptr) noexcept
        : value_(value), held_(std::move(held)) {}
    move_only(move_only&& other) noexcept
        : value_(std::exchange(other.value_, -1)), held_(std::move(other.held_)) {}
    move_only& operator=(move_only&& other) noexcept {
        value_ = std::exchange(other.value_, -1);
        held_ = std::move(other.held_);
        return *this;
    }
    int value() const noexcept { return value_; }
    void add(int n) noexcept { value_ += n; }
    friend bool operator==(const move_only& a, const move_only& b) { return a.value_ == b.value_; }

private:
    int value_;
    resource::hold held_;
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
