/// What a type-erased executor holds.
#pragma once

#include <weir/core/asio.hpp>

#include <typeinfo>

namespace weir::detail {

/// The `Executor` in `executor`, if it is one. Asio 1.22 leaves the check to its caller.
template <class Executor>
const Executor* executor_target(const asio::any_io_executor& executor) {
    return executor.target_type() == typeid(Executor) ? executor.target<Executor>() : nullptr;
}

}  // namespace weir::detail
