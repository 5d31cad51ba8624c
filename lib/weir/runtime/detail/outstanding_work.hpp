/// Keeps a context from running out of work while an operation waits there.
#pragma once

#include <weir/core/asio.hpp>

#include <asio/thread_pool.hpp>

#include <variant>

namespace weir::detail {

/// Asio's `executor_work_guard`, for a type-erased executor and without an allocation where that
/// is (a strand on) an `io_context` or a `thread_pool`. Not thread-safe.
class outstanding_work {
public:
    void start(const asio::any_io_executor& executor);
    // NOLINTNEXTLINE(bugprone-exception-escape): a monostate is made without one
    void stop() noexcept { guard_.emplace<std::monostate>(); }

private:
    template <class Executor>
    using guard = asio::executor_work_guard<Executor>;

    std::variant<std::monostate, guard<asio::io_context::executor_type>,
                 guard<asio::thread_pool::executor_type>, guard<asio::any_io_executor>>
        guard_;
};

}  // namespace weir::detail
