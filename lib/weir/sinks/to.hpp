/// to: all items into a container.
#pragma once

#include <weir/runtime/terminal.hpp>

#include <utility>

namespace weir {

template <class Container>
class to_terminal {
public:
    template <class S>
    poll_state poll(poll_context& cx, S& stream) {
        return stream.poll(cx, [this](item_t<S>&& x) -> bool {
            if constexpr (requires { items_.push_back(std::move(x)); }) {
                items_.push_back(std::move(x));
            } else {
                items_.insert(std::move(x));
            }
            return true;
        });
    }

    Container result() { return std::move(items_); }

private:
    Container items_;
};

/// Runs the pipeline and yields its items in a container, in order.
///
///     auto names = co_await (people | weir::map(name_of) | weir::to<std::vector>());
///     auto index = co_await (pairs | weir::to<std::map<int, std::string>>());
///
/// Works with anything that has `push_back` or `insert`. Memory: all the items; for an endless
/// stream put a `take` before it.
template <class Container>
auto to() {
    return terminal_closure([]<class S>(const S&) {
        check_owned_items<S>();
        return to_terminal<Container>();
    });
}

/// The same, for a container template: the item type is the stream's.
template <template <class...> class Container>
auto to() {
    return terminal_closure([]<class S>(const S&) {
        check_owned_items<S>();
        return to_terminal<Container<item_t<S>>>();
    });
}

}  // namespace weir
