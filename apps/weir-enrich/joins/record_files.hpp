/// The files that a run writes in addition to its outputs: the journal and the side output.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/pull.hpp>

#include <weir-enrich/joins/side_output.hpp>
#include <weir-enrich/journal/journal_writer.hpp>

#include <exception>
#include <utility>

namespace weir_enrich {

/// The strand that joins writes both. Each may be null. They must outlive the streams.
struct record_files {
    journal_writer* journal = nullptr;
    side_output* side = nullptr;

    /// Writes everything that waits in memory, the journal first, so that the journal is never
    /// behind an output. Errors: those of the files.
    void flush() const {
        if (journal) journal->flush();
        if (side) side->flush();
    }
};

template <class S>
class flush_records_stream : public weir::pullable<flush_records_stream<S>> {
public:
    using value_type = weir::item_t<S>;

    flush_records_stream(S upstream, record_files files)
        : upstream_(std::move(upstream)), files_(files) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        weir::poll_state state{};
        try {
            state = upstream_.poll(cx, [this, &sink](value_type&& chunk) -> bool {
                files_.flush();
                return sink(std::move(chunk));
            });
        } catch (...) {
            const std::exception_ptr cause = std::current_exception();
            try_flush();
            std::rethrow_exception(cause);
        }
        files_.flush();
        return state;
    }

private:
    /// Ignores an error, because an earlier one is being reported.
    void try_flush() const noexcept {
        try {
            files_.flush();
        } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch)
        }
    }

    S upstream_;
    record_files files_;
};

/// Passes on chunks of trades. Flushes the files before each chunk, and whenever upstream has
/// nothing more ready. So after a crash of the program the journal has every trade that an output
/// has, and all decisions that were made before the program began to wait.
inline auto flush_records(record_files files) {
    return weir::pipe([files](auto upstream) {
        return flush_records_stream<decltype(upstream)>(std::move(upstream), files);
    });
}

}  // namespace weir_enrich
