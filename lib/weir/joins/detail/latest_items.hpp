/// At most one item of each input, for zip and combine_latest.
#pragma once

#include <cstddef>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace weir::detail {

/// The items of a fixed number of inputs; together they are a `std::tuple`. Input numbers are
/// constants (`std::integral_constant`), as `tuple_inputs` passes them.
template <class... T>
class tuple_items {
public:
    using value_type = std::tuple<T...>;

    /// How many inputs have no item.
    std::size_t missing() const noexcept {
        auto count = [](const auto&... item) { return (std::size_t(!item) + ...); };
        return std::apply(count, items_);
    }
    template <class Number>
    bool has(Number) const noexcept {
        return std::get<Number::value>(items_).has_value();
    }
    /// Sets the item of an input, and replaces an earlier one.
    template <class Number, class Item>
    void put(Number, Item&& item) {
        std::get<Number::value>(items_).emplace(std::forward<Item>(item));
    }
    /// Copies all items. Precondition: none is missing.
    value_type copy() const {
        return std::apply([](const auto&... item) { return value_type(*item...); }, items_);
    }
    /// Moves all items out; after that all are missing. Precondition: none is missing.
    value_type take() {
        auto taken = [](auto&... item) { return value_type(std::move(*item)...); };
        value_type all = std::apply(taken, items_);
        std::apply([](auto&... item) { (item.reset(), ...); }, items_);
        return all;
    }

private:
    std::tuple<std::optional<T>...> items_;
};

/// The items of inputs of one type; together they are a `std::vector`.
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
