/// Trades as they come in.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/pull.hpp>

#include <cstdint>
#include <utility>

#include "counts.hpp"
#include "now.hpp"
#include "trade.hpp"

namespace weir_enrich {

template <class S>
class stamped_stream : public weir::pullable<stamped_stream<S>> {
    struct tally {
        ~tally() { to.add(n); }
        counter& to;
        std::uint64_t n = 0;
    };

public:
    using value_type = trade;

    stamped_stream(S upstream, run_counts& counts)
        : upstream_(std::move(upstream)), counts_(&counts) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        tally read{counts_->read};
        std::int64_t came = 0;
        return upstream_.poll(cx, [&read, &sink, &came](trade&& t) -> bool {
            if (read.n++ == 0) came = now();
            t.received = came;
            return sink(std::move(t));
        });
    }

private:
    S upstream_;
    run_counts* counts_;
};

/// Counts trades, and stamps each with when it was read: the clock is read once for all that come
/// in one go.
inline auto stamped(run_counts& counts) {
    return weir::pipe([&counts](auto upstream) {
        return stamped_stream<decltype(upstream)>(std::move(upstream), counts);
    });
}

}  // namespace weir_enrich
