#include "trade_reader.hpp"

#include <weir/codec/frames.hpp>
#include <weir/codec/json_lines.hpp>
#include <weir/connectors/csv/file_reader.hpp>

#include <fmt/format.h>
#include <sys/stat.h>
#include <weir-enrich/endpoints/byte_file.hpp>
#include <weir-enrich/endpoints/csv_fields.hpp>
#include <weir-enrich/trades/checked_trades.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

namespace weir_enrich {

namespace {

namespace csv = weir::csv;

class csv_reader final : public trade_reader {
public:
    csv_reader(const endpoint& from, bad_records& bad)
        : name_(from.path),
          file_(from.kind == endpoint_kind::standard ? "-" : from.path, options()),
          bad_(bad) {
        if (is_file(from)) first_.emplace(read());
    }

    std::optional<std::vector<trade>> next() override {
        const auto batch = first_ ? *std::exchange(first_, std::nullopt) : read();
        if (!batch) return std::nullopt;
        std::vector<trade> trades;
        trades.reserve(batch->size());
        for (const csv::entry e : *batch) add(trades, e);
        return trades;
    }
    void stop() noexcept override { file_.stop(); }

private:
    static csv::read_options options() {
        csv::read_options o;
        o.allow_no_records = true;
        return o;
    }
    /// Only regular files: others could block here.
    static bool is_file(const endpoint& from) {
        struct stat status{};
        return from.kind == endpoint_kind::file &&
               (::stat(from.path.c_str(), &status) != 0 || S_ISREG(status.st_mode));
    }
    std::optional<csv::batch> read() {
        auto batch = file_.next();
        if (batch && !fields_) fields_.emplace(file_.path(), batch->columns());
        return batch;
    }
    void add(std::vector<trade>& to, const csv::entry& e) {
        if (!e.ok()) return bad_.add(fmt::format("{}: {}: rejected", name_, e.error().message()));
        trade t;
        std::string wrong = fields_->read(e.record(), t);
        if (wrong.empty()) {
            if (const auto f = fault_of(t)) wrong = fmt::format("{}: {}", f->field, f->rule);
        }
        if (wrong.empty()) {
            to.push_back(t);
        } else {
            bad_.add(
                fmt::format("{}: line {}: {}: rejected", name_, e.record().where().line, wrong));
        }
    }

    std::string name_;
    csv::file_reader file_;
    bad_records& bad_;
    std::optional<csv_fields<trade>> fields_;
    // Read at once, so that a file that has no trades is found before anything is written.
    std::optional<std::optional<csv::batch>> first_;
};

/// JSON lines, or frames.
template <class Decoder>
class coded_reader final : public trade_reader {
public:
    coded_reader(const endpoint& from, bad_records& bad)
        : name_(from.path), file_(from), bad_(bad) {}

    std::optional<std::vector<trade>> next() override {
        if (ended_) return std::nullopt;
        std::vector<trade> trades;
        const auto keep = [&trades](trade&& t) { trades.push_back(t); };
        const auto refuse = [this](const weir::codec::fault& f) {
            bad_.add(fmt::format("{}: byte {}: {}: rejected", name_, f.offset, f.message()));
        };
        const std::string_view block = file_.read(block_size);
        if (block.empty()) {
            decoder_.end(keep, refuse);
            ended_ = true;
        } else {
            decoder_.feed(block, keep, refuse);
            check();
        }
        return trades;
    }
    void stop() noexcept override { file_.stop(); }

private:
    static constexpr std::size_t block_size = std::size_t{64} << 10;

    /// After a broken frame the next one cannot be found.
    void check() const {
        if constexpr (requires { decoder_.broken(); }) {
            if (decoder_.broken()) {
                throw std::runtime_error(name_ + ": cannot be read beyond the broken frame");
            }
        }
    }

    std::string name_;
    byte_reader file_;
    bad_records& bad_;
    Decoder decoder_;
    bool ended_ = false;
};

}  // namespace

std::unique_ptr<trade_reader> open_reader(const endpoint& from, bad_records& bad) {
    switch (from.format) {
        case format::csv:
            return std::make_unique<csv_reader>(from, bad);
        case format::frames:
            return std::make_unique<coded_reader<checked_trades<weir::codec::frames<trade>>>>(from,
                                                                                              bad);
        default:
            return std::make_unique<coded_reader<checked_trades<weir::codec::json_lines<trade>>>>(
                from, bad);
    }
}

}  // namespace weir_enrich
