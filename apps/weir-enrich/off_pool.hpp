/// Work that blocks, beside the pipeline's threads.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/blocking_call.hpp>
#include <weir/runtime/pull.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace weir_enrich {

template <class S, class F>
class off_pool_stream : public weir::pullable<off_pool_stream<S, F>> {
public:
    using value_type = std::invoke_result_t<F&, weir::item_t<S>>;

    off_pool_stream(S upstream, F f)
        : upstream_(std::move(upstream)), f_(std::make_shared<F>(std::move(f))) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        for (;;) {
            if (!call_.started()) {
                const auto state = upstream_.poll(cx, [&](weir::item_t<S>&& x) -> bool {
                    start(cx, std::move(x));
                    return false;
                });
                if (!call_.started()) return state;
            }
            auto done = call_.poll(cx);
            if (!done) return weir::poll_state::pending;
            auto& [error, result] = *done;
            if (error) std::rethrow_exception(std::move(error));
            if (!sink(std::move(*result))) return weir::poll_state::paused;
        }
    }

private:
    void start(weir::poll_context& cx, weir::item_t<S> x) {
        weir::start_blocking(call_, cx, f_,
                             [x = std::move(x)](F& f) mutable { return f(std::move(x)); });
    }

    S upstream_;
    std::shared_ptr<F> f_;  // its own share is the call's, which may outlive the stream
    weir::blocking_call<std::optional<value_type>> call_;
};

/// Passes on `f(item)` for each item, in order, called on the blocking executor, one at a time. `f`
/// may block; no thread of the pipeline waits for it. What it throws ends the pipeline. If it has
/// a `stop()`, that is called when the stream goes while it is at work.
template <class F>
auto off_pool(F f) {
    return weir::pipe([f = std::move(f)](auto upstream) mutable {
        return off_pool_stream<decltype(upstream), F>(std::move(upstream), std::move(f));
    });
}

}  // namespace weir_enrich
