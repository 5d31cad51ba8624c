/// All outputs of a run.
#pragma once

#include <weir/connectors/tcp/listener.hpp>
#include <weir/core/asio.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/sources/any_stream.hpp>

#include <weir-enrich/joins/record_files.hpp>
#include <weir-enrich/model/enriched_trade.hpp>
#include <weir-enrich/model/run_options.hpp>
#include <weir-enrich/model/run_state.hpp>
#include <weir-enrich/outputs/file_outputs.hpp>
#include <weir-enrich/outputs/sqlite_output.hpp>
#include <weir-enrich/outputs/statistics.hpp>

#include <cstddef>
#include <deque>
#include <optional>

namespace weir_enrich {

/// Writes each chunk of trades to all endpoints. One segment writes all files; each port, each
/// database and the statistics have a segment of their own. The slowest endpoint limits the rate; a
/// port does so only with `behind=wait`. A trade is counted as emitted once all endpoints have it.
/// Errors: those of the endpoints, whose text names the endpoint and the cause.
class outputs {
public:
    /// Opens files, databases and ports, and leaves the content of the files as it is. All four
    /// arguments and the runtime must outlive it.
    outputs(const run_options& options, run_state& state, const observer& seen,
            const asio::any_io_executor& executor);

    /// Empties the files. Call it after everything else that the run needs is open.
    void begin();
    /// Adds the segments to `p`. "enrich" runs `trades`, encodes them and sends them to the others.
    /// `records` are flushed before any endpoint gets a trade.
    void build(weir::pipeline& p, weir::any_stream<enriched_trade> trades, record_files records);

    /// Call it after the pipeline has ended.
    void close();

private:
    /// A port for subscribers.
    struct open_output {
        const endpoint* to;
        weir::tcp::listener port;
    };

    bool has_files() const noexcept;
    // Templates, because an any_stream would buffer more chunks.
    template <class Chunks>
    void distribute(weir::pipeline& p, Chunks all);
    /// Adds a segment for each endpoint, which takes its chunks from `next()`.
    template <class Next>
    void add_outputs(weir::pipeline& p, Next next);
    template <class Chunks>
    void add_files(weir::pipeline& p, Chunks written);
    template <class Chunks>
    void add_port(weir::pipeline& p, open_output& to, Chunks written);
    template <class Chunks>
    void add_database(weir::pipeline& p, sqlite_output& to, Chunks written);
    template <class Chunks>
    void add_statistics(weir::pipeline& p, Chunks written);

    const run_options& options_;
    run_state& state_;
    const observer& seen_;
    file_outputs files_;
    std::deque<sqlite_output> databases_;
    std::deque<open_output> ports_;
    std::optional<statistics_output> statistics_;
    std::size_t outputs_ = 0;    // segments that write
    std::size_t inserters_ = 0;  // numbers the segments of databases
};

}  // namespace weir_enrich
