/// The receive time of trades.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/pull.hpp>

#include <weir-enrich/model/counts.hpp>
#include <weir-enrich/model/now.hpp>
#include <weir-enrich/model/trade.hpp>

#include <cstdint>
#include <utility>

namespace weir_enrich {

template <class S>
class receive_time_stream : public weir::pullable<receive_time_stream<S>> {
    struct tally {
        ~tally() { to.add(n); }
        counter& to;
        std::uint64_t n = 0;
    };

public:
    using value_type = trade;

    receive_time_stream(S upstream, run_counts& counts)
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

/// Counts trades, and sets the receive time of each. The clock is read once for all trades of a
/// poll.
inline auto with_receive_time(run_counts& counts) {
    return weir::pipe([&counts](auto upstream) {
        return receive_time_stream<decltype(upstream)>(std::move(upstream), counts);
    });
}

}  // namespace weir_enrich
