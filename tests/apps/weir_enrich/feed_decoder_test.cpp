// What the bytes of a feed say of a table.

#include <weir/codec/frame_write.hpp>
#include <weir/codec/frames.hpp>
#include <weir/codec/json_lines.hpp>

#include <doctest/doctest.h>
#include <spdlog/spdlog.h>
#include <weir-enrich/tables/feed_decoder.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

using namespace weir_enrich;
using weir::codec::cause;
using weir::codec::fault;

namespace {

// A table, and the join's view of it.
struct feed_fixture {
    feed_fixture() { spdlog::set_level(spdlog::level::off); }

    template <class Codec>
    using feed_of = feed_decoder<rate, Codec>;
    using json = feed_of<weir::codec::json_lines<rate_change>>;
    using frames = feed_of<weir::codec::frames<rate_change>>;

    auto apply() {
        return [this](rate_update&& u) {
            std::move(u).apply(seen, complete);
            ++updates;
        };
    }
    auto note() {
        return [this](const fault& f) { faults.push_back(f); };
    }
    template <class Feed>
    void say(Feed& feed, const std::string& bytes) {
        feed.feed(bytes, apply(), note());
    }
    template <class Feed>
    void end(Feed& feed) {
        feed.end(apply(), note());
    }
    double rate_of(std::string_view currency) const {
        const auto found = seen.find(key_of(currency));
        return found == seen.end() ? 0 : found->second.to_base;
    }

    string_pool kept;
    table_state state;
    std::shared_ptr<feed_table<rate>> table =
        std::make_shared<feed_table<rate>>("rates", kept, state);
    rate_table seen;
    bool complete = false;
    int updates = 0;
    std::vector<fault> faults;
};

std::string put(const std::string& currency, const std::string& rate) {
    return R"({"op":"put","currency":")" + currency + R"(","rate":)" + rate + "}\n";
}
const std::string complete = "{\"op\":\"complete\"}\n";
const std::string start_over = "{\"op\":\"start-over\"}\n";

}  // namespace

TEST_CASE("a snapshot comes as one update, and changes after it one by one") {
    feed_fixture f;
    feed_fixture::json feed(f.table, feed_begin::changes);
    f.say(feed, put("EUR", "1") + put("USD", "2") + put("EUR", "3"));
    CHECK(f.updates == 0);
    CHECK(f.state.version() == 0);
    f.say(feed, complete);
    CHECK(f.updates == 1);
    CHECK(f.complete);
    CHECK(f.rate_of("EUR") == 3);
    CHECK(f.state.rows() == 2);
    f.say(feed, put("EUR", "4") + "{\"op\":\"remove\",\"currency\":\"USD\"}\n" + complete);
    CHECK(f.updates == 3);
    CHECK(f.rate_of("EUR") == 4);
    CHECK(f.rate_of("USD") == 0);
    CHECK(f.state.rows() == 1);
    CHECK(f.state.version() == 3);
}

TEST_CASE("what is removed within a snapshot is not in it, and what is not in it is gone") {
    feed_fixture f;
    feed_fixture::json feed(f.table, feed_begin::whole);
    f.say(feed, put("EUR", "1") + put("USD", "1") + complete + start_over + put("GBP", "5") +
                    put("CHF", "5") + "{\"op\":\"remove\",\"currency\":\"CHF\"}\n");
    CHECK(f.rate_of("EUR") == 1);
    f.say(feed, complete);
    CHECK(f.rate_of("EUR") == 0);
    CHECK(f.rate_of("GBP") == 5);
    CHECK(f.rate_of("CHF") == 0);
    CHECK(f.state.rows() == 1);
}

TEST_CASE("a feed that ends within a snapshot has said nothing") {
    feed_fixture f;
    {
        feed_fixture::json feed(f.table, feed_begin::changes);
        f.say(feed, put("EUR", "1") + complete + start_over + put("EUR", "2"));
        f.end(feed);
    }
    CHECK(f.rate_of("EUR") == 1);
    CHECK(f.state.broken_since() != 0);
    feed_fixture::json other(f.table, feed_begin::changes);
    f.say(other, put("USD", "7"));  // the table is there: a change of it
    CHECK(f.rate_of("USD") == 7);
    CHECK(f.state.broken_since() == 0);
    feed_fixture::json anew(f.table, feed_begin::whole);
    f.say(anew, put("USD", "8"));
    CHECK(f.rate_of("USD") == 7);
}

TEST_CASE("an invalid record is a fault with its position, and changes nothing") {
    feed_fixture f;
    feed_fixture::json feed(f.table, feed_begin::changes);
    f.say(feed, put("EUR", "1") + complete);
    const std::size_t at = (put("EUR", "1") + complete).size();
    f.say(feed, put("EUR", "-1") + put("no currency", "1"));
    f.say(feed, "{\"op\":\"put\",\"currency\":\"EUR\"}\n{\"op\":\"remove\"}\n");
    f.say(feed, "{\"op\":\"remove\",\"currency\":\"XXXXXXXXEUR\"}\n");
    REQUIRE(f.faults.size() == 4);
    CHECK(f.faults[0].why == cause::out_of_range);
    CHECK(f.faults[0].offset == at);
    CHECK(f.faults[0].line == 3);
    CHECK(f.faults[0].field == "rate");
    CHECK(f.faults[1].field == "currency");
    CHECK(f.faults[2].why == cause::missing_field);
    CHECK(f.faults[2].field == "rate");
    CHECK(f.faults[3].field == "currency");
    CHECK(f.rate_of("EUR") == 1);
}

TEST_CASE("frames say the same; a broken one ends the feed, and its snapshot") {
    feed_fixture f;
    std::string bytes;
    weir::codec::append_frame(bytes, rate_change{table_op::put, "EUR", 2.5});
    weir::codec::append_frame(bytes, rate_change{table_op::put, "EUR", -2});
    weir::codec::append_frame(bytes, rate_change{table_op::complete, {}, {}});
    feed_fixture::frames feed(f.table, feed_begin::changes);
    for (const char c : bytes) f.say(feed, std::string(1, c));
    CHECK(f.rate_of("EUR") == 2.5);
    REQUIRE(f.faults.size() == 1);
    CHECK(f.faults[0].field == "rate");
    std::string first;
    weir::codec::append_frame(first, rate_change{table_op::put, "EUR", 2.5});
    CHECK(f.faults[0].offset == first.size());
    std::string again;
    weir::codec::append_frame(again, rate_change{table_op::start_over, {}, {}});
    f.say(feed, again + "garbage, and more of it");
    CHECK(feed.broken());
    CHECK(f.state.broken_since() != 0);
    CHECK(f.rate_of("EUR") == 2.5);
}
