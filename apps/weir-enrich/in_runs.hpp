/// Items in vectors of what is ready at once.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/pull.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace weir_enrich {

template <class S>
class run_stream : public weir::pullable<run_stream<S>> {
public:
    using value_type = std::vector<weir::item_t<S>>;

    run_stream(S upstream, std::size_t most) : upstream_(std::move(upstream)), most_(most) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        while (!ended_) {
            value_type run;
            const auto state = upstream_.poll(cx, [this, &run](weir::item_t<S>&& x) {
                if (run.empty()) run.reserve(most_);  // not for a poll that brings nothing
                run.push_back(std::move(x));
                return run.size() < most_;
            });
            ended_ = state == weir::poll_state::finished;
            const bool more = run.empty() || sink(std::move(run));
            if (!more) return weir::poll_state::paused;
            if (state == weir::poll_state::pending) return state;
        }
        return weir::poll_state::finished;
    }

private:
    S upstream_;
    std::size_t most_;
    bool ended_ = false;
};

/// Gathers items into vectors of at most `most`, and lets none wait: a vector goes on when upstream
/// has nothing more ready. (`weir::batch` waits for it to be full, or for time to pass.)
inline auto in_runs(std::size_t most) {
    return weir::pipe([most](auto upstream) {
        return run_stream<decltype(upstream)>(std::move(upstream), most);
    });
}

}  // namespace weir_enrich
