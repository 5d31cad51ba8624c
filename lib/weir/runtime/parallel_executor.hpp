/// Where parallel work goes.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/runtime/runtime.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <thread>
#include <type_traits>
#include <utility>

namespace weir {

/// An executor, and how many tasks work there at a time: for `par_for_each` and `par_reduce`.
///
///     weir::par_for_each(rt, ...)                              // a task a thread of a weir::runtime
///     weir::par_for_each(pool.get_executor(), ...)             // a task a core
///     weir::par_for_each(weir::parallel_executor(my_executor, 2), ...)
struct parallel_executor {
    // NOLINTNEXTLINE(google-explicit-constructor): so that it reads as above
    parallel_executor(runtime& rt) : executor(rt.executor()), tasks(rt.thread_count()) {}

    template <class Executor>
        requires(std::convertible_to<Executor, asio::any_io_executor> &&
                 !std::same_as<std::remove_cvref_t<Executor>, parallel_executor>)
    // NOLINTNEXTLINE(google-explicit-constructor)
    parallel_executor(Executor where, std::size_t count = 0)
        : executor(std::move(where)),
          tasks(count != 0 ? count : std::max(1u, std::thread::hardware_concurrency())) {}

    asio::any_io_executor executor;
    std::size_t tasks;
};

}  // namespace weir
