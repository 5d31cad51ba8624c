/// The end of an operation: its outcome, and the handler that is called once everything has ended.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/runtime/detail/gate.hpp>

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

// The executor of `asio::use_future`. Named here, because <asio/use_future.hpp> and <future> would
// cost every file that includes weir.
namespace asio::detail {
template <typename T, typename Blocking>
class promise_executor;
}  // namespace asio::detail

namespace weir::detail {

template <class R>
struct completion_signature_of {
    static_assert(std::is_default_constructible_v<R>,
                  "weir: a terminal's result must be default constructible: it stands in the "
                  "result's place when there is an error");
    using type = void(std::exception_ptr, R);
};
template <>
struct completion_signature_of<void> {
    using type = void(std::exception_ptr);
};
/// `void(std::exception_ptr, R)`, or without `R` for void.
template <class R>
using completion_signature = typename completion_signature_of<R>::type;

/// Where a pipeline runs when nothing says otherwise: the handler's associated executor; the system
/// executor (a thread pool of Asio's) if it has none that a pipeline can run on.
template <class Handler>
asio::any_io_executor executor_of(const Handler& handler) {
    using executor = asio::associated_executor_t<Handler>;
    if constexpr (std::is_convertible_v<executor, asio::any_io_executor>) {
        return asio::get_associated_executor(handler);
    } else {
        return asio::system_executor();
    }
}

/// True of the executors that run a handler wherever it is called. A handler that has one of these
/// is called on the pipeline's own executor. To post to one would start Asio's system context, and
/// with it two threads a core.
template <class Executor>
inline constexpr bool runs_anywhere = std::is_same_v<Executor, asio::system_executor>;
/// That of `asio::use_future`.
template <class T, class Blocking>
inline constexpr bool runs_anywhere<asio::detail::promise_executor<T, Blocking>> = true;

/// The type of `home_of`.
template <class Handler,
          class Associated = asio::associated_executor_t<Handler, asio::any_io_executor>>
using home_executor =
    std::conditional_t<runs_anywhere<Associated>, asio::any_io_executor, Associated>;

/// Where a handler is called: on its associated executor, or on `pipeline`, which is the
/// pipeline's, if it has none or has one that runs it anywhere.
template <class Handler>
home_executor<Handler> home_of(const Handler& handler, const asio::any_io_executor& pipeline) {
    if constexpr (runs_anywhere<asio::associated_executor_t<Handler, asio::any_io_executor>>) {
        return pipeline;
    } else {
        return asio::get_associated_executor(handler, pipeline);
    }
}

/// A completion token, or at least not what Asio's coroutines hand to anything callable while they
/// look for what it is.
template <class Token>
concept token_like = !std::is_pointer_v<std::remove_cvref_t<Token>> ||
                     std::is_function_v<std::remove_pointer_t<std::remove_cvref_t<Token>>>;

/// The outcome of an operation. `succeed` and `fail` are called by one thread.
template <class R>
class outcome_state {
public:
    outcome_state(const outcome_state&) = delete;
    outcome_state& operator=(const outcome_state&) = delete;

    void fail(std::exception_ptr error) noexcept {
        error_ = std::move(error);
        settled_ = true;
    }

    /// Takes the result from `make()`; if that throws, nothing is settled.
    template <class Make>
    void succeed(Make make) {
        if constexpr (std::is_void_v<R>) {
            make();
        } else {
            value_.emplace(make());
        }
        settled_ = true;
    }

protected:
    using slot_value = std::conditional_t<std::is_void_v<R>, std::monostate, R>;

    outcome_state() = default;
    ~outcome_state() = default;

    bool settled() const noexcept { return settled_; }
    std::exception_ptr take_error() noexcept { return std::move(error_); }
    std::optional<slot_value> take_value() { return std::move(value_); }

private:
    std::exception_ptr error_;
    std::optional<slot_value> value_;
    bool settled_ = false;
};

/// Holds a handler and the outcome it will be given. The handler is called when the last shared
/// owner is gone, at its `home_of`: the owners are the tickets of a pipeline, so "completed" means
/// that nothing of the pipeline is in use any more.
///
/// Without an outcome (the context was destroyed first) the handler is destroyed uncalled, as
/// everywhere in Asio. Destruction may be on any thread.
template <class R, class Handler>
class completion final : public outcome_state<R> {
public:
    completion(Handler handler, const asio::any_io_executor& executor)
        : handler_(std::move(handler)),
          home_(home_of(handler_, executor)),
          pipeline_work_(executor) {}

    ~completion() {
        if (!this->settled()) return;
        auto tell = [handler = std::move(handler_), error = this->take_error(),
                     value = this->take_value(), work = std::move(pipeline_work_)]() mutable {
            release_resources(
                std::move(work));  // once the handler has run, the contexts may be gone
            // The pipeline is over: a late cancellation must find nothing of it.
            asio::get_associated_cancellation_slot(handler).clear();
            if constexpr (std::is_void_v<R>) {
                static_cast<void>(value);
                std::move(handler)(std::move(error));
            } else {
                std::move(handler)(std::move(error), value ? std::move(*value) : R());
            }
        };
        std::move(home_).post(std::move(tell));
    }

private:
    using work_guard = asio::executor_work_guard<asio::any_io_executor>;

    static void release_resources(work_guard work) { work.reset(); }

    Handler handler_;
    // Both contexts must not run out of work while the outcome is on its way.
    handler_poster<home_executor<Handler>> home_;
    work_guard pipeline_work_;
};

}  // namespace weir::detail
