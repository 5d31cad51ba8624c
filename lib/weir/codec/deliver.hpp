/// \file
/// How decoders call their callbacks.
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

namespace weir::codec {

/// Calls `f(x)`. Returns false when `f` returned the bool false, which means that it takes no more
/// for now. A function that returns anything else, or nothing, always takes more.
template <class F, class X>
bool deliver(F& f, X&& x) {
    if constexpr (std::same_as<std::invoke_result_t<F&, X>, bool>) {
        return f(std::forward<X>(x));
    } else {
        f(std::forward<X>(x));
        return true;
    }
}

}  // namespace weir::codec
