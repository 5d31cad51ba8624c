/// to: collects all items in a container.
#pragma once

#include <weir/runtime/terminal.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace weir {

namespace detail {

template <class Container>
class to_terminal {
    // Only for contiguous containers: reserved memory that is not used costs addresses, not memory.
    static constexpr bool has_room = requires(Container& c) {
        c.reserve(c.capacity());
        c.shrink_to_fit();
    };

public:
    template <class S>
    poll_state poll(poll_context& cx, S& stream) {
        if constexpr (has_room) {
            if (!std::exchange(begun_, true)) make_room(size_hint(stream));
        }
        return stream.poll(cx, [this](item_t<S>&& x) WEIR_FUSED -> bool {
            if constexpr (requires { items_.push_back(std::move(x)); }) {
                items_.push_back(std::move(x));
            } else {
                items_.insert(std::move(x));
            }
            return true;
        });
    }

    Container result() {
        if constexpr (has_room) {
            if (items_.size() < items_.capacity() / 2) items_.shrink_to_fit();
        }
        return std::move(items_);
    }

private:
    void make_room(std::size_t most) {
        constexpr std::size_t most_bytes = std::size_t{1} << 28;
        if (most != unknown_count) {
            items_.reserve(std::min(most, most_bytes / sizeof(typename Container::value_type)));
        }
    }

    Container items_;
    bool begun_ = false;
};

}  // namespace detail

/// Runs the pipeline and yields its items in a container, in order.
///
///     auto names = co_await (people | weir::map(name_of) | weir::to<std::vector>());
///     auto index = co_await (pairs | weir::to<std::map<int, std::string>>());
///
/// Works with any container that has `push_back` or `insert`. Memory: all the items, so put a
/// `take` in front of an endless stream. If the maximum number of items is known (see `size_hint`),
/// room in a vector is reserved at once, up to 256 MiB.
template <class Container>
auto to() {
    return terminal_closure([]<class S>(const S&) {
        check_owned_items<S>();
        return detail::to_terminal<Container>();
    });
}

/// The same for a container template; the item type is the stream's.
template <template <class...> class Container>
auto to() {
    return terminal_closure([]<class S>(const S&) {
        check_owned_items<S>();
        return detail::to_terminal<Container<item_t<S>>>();
    });
}

}  // namespace weir
