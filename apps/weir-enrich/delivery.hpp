/// All places that enriched trades go to.
#pragma once

#include <weir/connectors/tcp/listener.hpp>
#include <weir/core/asio.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/sources/any_stream.hpp>

#include <cstddef>
#include <deque>
#include <optional>

#include "enriched_trade.hpp"
#include "figures.hpp"
#include "file_outputs.hpp"
#include "kept_records.hpp"
#include "run.hpp"
#include "sqlite_output.hpp"

namespace weir_enrich {

/// Writes each run of trades to all places: the files together, each port, each database and the
/// figures by a segment of its own. Trades are waited for by the slowest place that waits; a port
/// does so only when it is asked to. What all places have written is counted as emitted.
/// Errors: those of the places, whose text names the place and the cause.
class delivery {
public:
    /// Opens files, databases and ports, and leaves what is in the files as it is. All four must
    /// outlive it, and the runtime too.
    delivery(const run_options& options, run_state& state, const observer& seen,
             const asio::any_io_executor& executor);

    /// Empties the files. To be called once all else that the run needs is open.
    void begin();
    /// Adds the segments to `p`: "enrich" runs `trades`, encodes them and hands them to the rest.
    /// What is kept of a trade is with the system before any place has the trade.
    void build(weir::pipeline& p, weir::any_stream<enriched_trade> trades, kept_records kept);

    /// To be called when all is over.
    void close();

private:
    /// A port that subscribers come to.
    struct open_output {
        const place* to;
        weir::tcp::listener port;
    };

    bool has_files() const noexcept;
    // Their streams have types of their own: an any_stream would hold runs that are many already.
    template <class Runs>
    void hand_on(weir::pipeline& p, Runs all);
    /// Adds a segment for each place, which takes its runs from `next()`.
    template <class Next>
    void add_places(weir::pipeline& p, Next next);
    template <class Runs>
    void add_files(weir::pipeline& p, Runs written);
    template <class Runs>
    void add_port(weir::pipeline& p, open_output& to, Runs written);
    template <class Runs>
    void add_database(weir::pipeline& p, sqlite_output& to, Runs written);
    template <class Runs>
    void add_figures(weir::pipeline& p, Runs written);

    const run_options& options_;
    run_state& state_;
    const observer& seen_;
    file_outputs files_;
    std::deque<sqlite_output> databases_;
    std::deque<open_output> ports_;
    std::optional<figures_output> figures_;
    std::size_t places_ = 0;     // segments that write
    std::size_t inserters_ = 0;  // which names them
};

}  // namespace weir_enrich
