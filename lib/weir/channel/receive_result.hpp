/// What a receive that does not wait, or not for ever, has found.
#pragma once

#include <optional>
#include <utility>

namespace weir {

/// An item, nothing yet, or the end.
///
///     if (auto x = rx.try_receive()) use(*x);
///     else if (x.ended()) return;
///     else ...                               // nothing there at the moment
template <class T>
class receive_result {
public:
    explicit receive_result(T&& item) : item_(std::move(item)) {}
    /// There is no item at the moment.
    static receive_result nothing() noexcept { return receive_result(without_item::yet); }
    /// There will never be another item.
    static receive_result end() noexcept { return receive_result(without_item::ever); }

    bool has_value() const noexcept { return item_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }
    /// True when there will never be another item.
    bool ended() const noexcept { return ended_; }

    /// The item. Precondition: there is one.
    T& operator*() & noexcept { return *item_; }
    const T& operator*() const& noexcept { return *item_; }
    T&& operator*() && noexcept { return std::move(*item_); }
    T* operator->() noexcept { return &*item_; }
    const T* operator->() const noexcept { return &*item_; }

private:
    enum class without_item : bool { yet, ever };
    explicit receive_result(without_item why) noexcept : ended_(why == without_item::ever) {}

    std::optional<T> item_;
    bool ended_ = false;
};

}  // namespace weir
