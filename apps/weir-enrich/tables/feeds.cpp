#include "feeds.hpp"

#include <weir/codec/frames.hpp>
#include <weir/codec/json_lines.hpp>
#include <weir/connectors/file/follow.hpp>
#include <weir/connectors/tcp/receive.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/flatten.hpp>
#include <weir/operators/map.hpp>

#include <fmt/format.h>
#include <shared/log.hpp>
#include <weir-enrich/endpoints/port.hpp>
#include <weir-enrich/tables/feed_decoder.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir_enrich {

namespace {

constexpr std::size_t updates_ahead = 1024;

/// Counts the records that are not updates, and logs the first ones.
class bad_updates {
public:
    explicit bad_updates(const table_setting& s)
        : state_(&s.state), log_(fmt::format("updates of {} that make no sense", s.name)) {}

    void add(std::string_view where, std::string_view why) {
        state_->refuse();
        log_.warn(fmt::format("{}: {}: left out", where, why));
    }

private:
    table_state* state_;
    weir_apps::limited_log log_;
};

/// The updates in a followed file, block by block.
template <class Row, class Codec>
class file_feed {
    using feed = feed_decoder<Row, Codec>;

public:
    explicit file_feed(const table_setting& s)
        : file_(s.options.from.path),
          state_(&s.state),
          bad_(s),
          table_(std::make_shared<feed_table<Row>>(file_, s.strings, s.state)) {}

    std::vector<update_of<Row>> operator()(const weir::file::followed_block& block) {
        using weir::file::file_break;
        std::vector<update_of<Row>> updates;
        const auto keep = [&updates](update_of<Row>&& u) { updates.push_back(std::move(u)); };
        const auto refuse = [this](const weir::codec::fault& f) { bad_.add(file_, f.message()); };
        if (block.before != file_break::none) {
            state_->fail();  // until the new snapshot is complete
            spdlog::info("{}: {}, and read from its begin; {}", file_,
                         block.before == file_break::truncated ? "cut off" : "replaced",
                         state_->what_stays());
            feed_->end(keep, refuse);
            feed_.emplace(table_, feed_begin::whole);
        }
        const bool was_broken = broken();
        feed_->feed(block.bytes, keep, refuse);
        if (broken() && !was_broken) {
            state_->fail();
            spdlog::warn("{}: cannot be read beyond the broken frame, until it is replaced; {}",
                         file_, state_->what_stays());
        }
        return updates;
    }

private:
    bool broken() const { return weir::tcp::is_broken(*feed_); }

    std::string file_;
    table_state* state_;
    bad_updates bad_;
    std::shared_ptr<feed_table<Row>> table_;
    std::optional<feed> feed_{std::in_place, table_, feed_begin::whole};
};

template <class Row, class Codec>
weir::any_stream<update_of<Row>> followed(const table_setting& s) {
    auto read = [feed = file_feed<Row, Codec>(s)](weir::file::followed_block&& b) mutable {
        return feed(b);
    };
    return weir::file::follow(s.options.from.path) | weir::map(std::move(read)) | weir::flatten() |
           weir::buffer(updates_ahead);
}

template <class Row, class Codec>
weir::any_stream<update_of<Row>> received(const table_setting& s) {
    const std::string name(s.name);
    auto options = receive_options_of(s.options.from);
    options.on_event = [name, bad = bad_updates(s),
                        tell = client_teller(name + ": client", s.connections)](
                           const weir::tcp::client_event& e) mutable {
        if (e.what != weir::tcp::connection_change::fault) return tell(e);
        bad.add(fmt::format("{}: {}", name, weir::tcp::to_string(e.client)), e.message);
    };
    auto make = [table = std::make_shared<feed_table<Row>>(name, s.strings, s.state)] {
        return feed_decoder<Row, Codec>(table, feed_begin::changes);
    };
    auto port = open_port(s.options.from, s.executor, s.name);
    return weir::tcp::receive(std::move(port), std::move(make), std::move(options)) |
           weir::buffer(updates_ahead);
}

}  // namespace

template <class Row>
weir::any_stream<update_of<Row>> follow_updates(const table_setting& s) {
    using change = change_of<Row>;
    if (s.options.from.format == format::frames)
        return followed<Row, weir::codec::frames<change>>(s);
    return followed<Row, weir::codec::json_lines<change>>(s);
}

template <class Row>
weir::any_stream<update_of<Row>> receive_updates(const table_setting& s) {
    using change = change_of<Row>;
    if (s.options.from.format == format::frames)
        return received<Row, weir::codec::frames<change>>(s);
    return received<Row, weir::codec::json_lines<change>>(s);
}

template weir::any_stream<account_update> follow_updates<account>(const table_setting& s);
template weir::any_stream<account_update> receive_updates<account>(const table_setting& s);
template weir::any_stream<rate_update> follow_updates<rate>(const table_setting& s);
template weir::any_stream<rate_update> receive_updates<rate>(const table_setting& s);

}  // namespace weir_enrich
