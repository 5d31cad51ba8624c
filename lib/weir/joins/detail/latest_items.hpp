/// One item of each input, as far as they have come: what zip and combine_latest hold.
#pragma once

#include <cstddef>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace weir::detail {

/// Of inputs whose number is known: together they are a `std::tuple`. Numbers are constants
/// (`std::integral_constant`), as `tuple_inputs` gives them.
template <class... T>
class tuple_items {
public:
    using value_type = std::tuple<T...>;

    /// How many inputs have none.
    std::size_t missing() const noexcept {
        auto count = [](const auto&... item) { return (std::size_t(!item) + ...); };
        return std::apply(count, items_);
    }
    template <class Number>
    bool has(Number) const noexcept {
        return std::get<Number::value>(items_).has_value();
    }
    /// Puts the item of an input, in the place of the one before if there was one.
    template <class Number, class Item>
    void put(Number, Item&& item) {
        std::get<Number::value>(items_).emplace(std::forward<Item>(item));
    }
    /// All of them; none must be missing.
    value_type copy() const {
        return std::apply([](const auto&... item) { return value_type(*item...); }, items_);
    }
    /// The same, and then all are missing.
    value_type take() {
        auto taken = [](auto&... item) { return value_type(std::move(*item)...); };
        value_type all = std::apply(taken, items_);
        std::apply([](auto&... item) { (item.reset(), ...); }, items_);
        return all;
    }

private:
    std::tuple<std::optional<T>...> items_;
};

/// Of inputs of one type: together they are a `std::vector`.
template <class T>
class vector_items {
public:
    using value_type = std::vector<T>;

    explicit vector_items(std::size_t count) : items_(count), missing_(count) {}

    std::size_t missing() const noexcept { return missing_; }
    bool has(std::size_t i) const noexcept { return items_[i].has_value(); }
    void put(std::size_t i, T&& item) {
        if (!items_[i]) --missing_;
        items_[i].emplace(std::move(item));
    }
    value_type copy() const {
        value_type all;
        all.reserve(items_.size());
        for (const auto& item : items_) all.push_back(*item);
        return all;
    }
    value_type take() {
        value_type all;
        all.reserve(items_.size());
        for (auto& item : items_) {
            all.push_back(std::move(*item));
            item.reset();
        }
        missing_ = items_.size();
        return all;
    }

private:
    std::vector<std::optional<T>> items_;
    std::size_t missing_;
};

}  // namespace weir::detail
