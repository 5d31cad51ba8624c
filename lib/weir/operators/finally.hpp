/// finally: calls a function when a stream is over, for whatever reason.
#pragma once

#include <weir/core/detail/watched_sink.hpp>
#include <weir/core/pipe.hpp>
#include <weir/core/stage.hpp>
#include <weir/core/step_kind.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/pull.hpp>

#include <cstdint>
#include <exception>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// The way in which a stream ended.
enum class stream_end : std::uint8_t {
    finished,  ///< It had no more items.
    failed,    ///< It threw.
    dropped    ///< It was destroyed before that: cancelled, or its consumer stopped or failed.
};

namespace detail {

/// A function that is called once: by `operator()`, or when this object is destroyed.
template <class F>
class ending_call {
public:
    ending_call(F f, stage where) : f_(std::move(f)), where_(where) {}
    ending_call(ending_call&& other) noexcept
        : f_(std::move(other.f_)), where_(other.where_), due_(std::exchange(other.due_, false)) {}
    ending_call& operator=(ending_call&&) = delete;
    ~ending_call() { quietly(stream_end::dropped, nullptr); }

    /// Throws the exception of `f`, as a failure of its stage.
    void operator()(stream_end how, std::exception_ptr error) {
        due_ = false;
        if constexpr (std::is_invocable_v<F&, stream_end, std::exception_ptr>) {
            where_.call(f_, how, std::move(error));
        } else {
            where_.call(f_, how);
        }
    }

    /// For cases in which an error cannot be thrown, or must not hide another error.
    void quietly(stream_end how, std::exception_ptr error) noexcept {
        if (!due_) return;
        try {
            (*this)(how, std::move(error));
        } catch (...) {
            return;
        }
    }

private:
    F f_;
    stage where_;
    bool due_ = true;
};

template <class S, class F>
class finally_stream : public pullable<finally_stream<S, F>> {
public:
    static constexpr step_kind step = step_kind::passes;
    using value_type = item_t<S>;

    finally_stream(S upstream, F f, stage where)
        : over_(std::move(f), where), upstream_(std::move(upstream)) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        const poll_state state = poll_upstream(cx, sink);
        if (state != poll_state::finished) return state;
        upstream_.reset();
        over_(stream_end::finished, nullptr);
        return poll_state::finished;
    }

private:
    template <class Sink>
    poll_state poll_upstream(poll_context& cx, Sink& sink) {
        watched_sink to(sink);
        try {
            return upstream_->poll(cx, to);
        } catch (...) {
            if (!to.threw()) {  // otherwise the consumer fails, and drops this stream
                upstream_.reset();
                over_.quietly(stream_end::failed, std::current_exception());
            }
            throw;
        }
    }

    ending_call<F> over_;  // before upstream, because it is called after that is destroyed
    std::optional<S> upstream_;
};

}  // namespace detail

/// Passes on all items, and calls `f(stream_end)` exactly once: when upstream has ended, when it
/// has failed, or when it is dropped before that (a cancellation, a consumer that stops early or
/// fails, a pipeline that is never started, a context that is destroyed).
///
///     rows | weir::finally([&](weir::stream_end how) { ends.push_back(how); })
///     rows | weir::finally([](weir::stream_end how, std::exception_ptr why) { log(how, why); })
///
/// `why` is the exception of upstream, or null if upstream did not fail. `f` is called after
/// upstream was destroyed and before the end is passed on. It runs on the segment's strand, or at
/// the place where a stream that is not running is destroyed. It must not block; for slow work, see
/// `using_resource`.
/// Errors: an exception of `f` at the end becomes a `stage_error` naming "finally" and `name`.
/// After a failure or on a drop it is swallowed, so that the first cause is kept. Errors of
/// upstream pass.
template <class F>
auto finally(F f, std::string_view name = {}) {
    static_assert(std::is_invocable_v<F&, stream_end> ||
                      std::is_invocable_v<F&, stream_end, std::exception_ptr>,
                  "weir::finally: the function must take a weir::stream_end, and may take a "
                  "std::exception_ptr");
    check_not_async<F, stream_end>();
    check_not_async<F, stream_end, std::exception_ptr>();
    return pipe([f = std::move(f), name](auto upstream) mutable {
        using S = decltype(upstream);
        return detail::finally_stream<S, F>(std::move(upstream), std::move(f),
                                            stage("finally", name));
    });
}

}  // namespace weir
