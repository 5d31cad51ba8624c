/// What a run keeps beside its outputs: the journal, and the trades with a missing key.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/pull.hpp>

#include <exception>
#include <utility>

#include "journal_writer.hpp"
#include "side_output.hpp"

namespace weir_enrich {

/// Both are kept by the strand that joins; null where there is none. They outlive the streams.
struct kept_records {
    journal_writer* journal = nullptr;
    side_output* side = nullptr;

    /// Hands all that waits in memory to the system, the journal first: it is never behind an
    /// output. Errors: those of the files.
    void hand_over() const {
        if (journal) journal->flush();
        if (side) side->flush();
    }
};

template <class S>
class handed_over_stream : public weir::pullable<handed_over_stream<S>> {
public:
    using value_type = weir::item_t<S>;

    handed_over_stream(S upstream, kept_records kept)
        : upstream_(std::move(upstream)), kept_(kept) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        weir::poll_state state{};
        try {
            state = upstream_.poll(cx, [this, &sink](value_type&& run) -> bool {
                kept_.hand_over();
                return sink(std::move(run));
            });
        } catch (...) {
            const std::exception_ptr cause = std::current_exception();
            try_to_hand_over();
            std::rethrow_exception(cause);
        }
        kept_.hand_over();
        return state;
    }

private:
    /// What was wrong before is told, and not what is wrong with this.
    void try_to_hand_over() const noexcept {
        try {
            kept_.hand_over();
        } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch)
        }
    }

    S upstream_;
    kept_records kept_;
};

/// Passes runs of trades on, each once what was kept of its trades is with the system; and hands
/// over the rest whenever upstream has nothing more ready. So after a crash of the program the
/// journal has what any output has, and all that was decided before the program began to wait.
inline auto handed_over(kept_records kept) {
    return weir::pipe([kept](auto upstream) {
        return handed_over_stream<decltype(upstream)>(std::move(upstream), kept);
    });
}

}  // namespace weir_enrich
