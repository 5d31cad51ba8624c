// Faults of decoders in the ledgers of a pipeline.

#include <weir/codec/decode.hpp>
#include <weir/codec/json_lines.hpp>
#include <weir/core/asio.hpp>
#include <weir/operators/batch.hpp>
#include <weir/operators/filter.hpp>
#include <weir/operators/split_errors.hpp>
#include <weir/operators/take.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support.hpp"

using namespace codec_test;
using weir::ledger;

namespace {

struct entry {
    int n = 0;
};
constexpr auto weir_fields(std::type_identity<entry>) {
    return codec::fields(codec::field("n", &entry::n));
}

// Five records and two faults, cut in the middle of lines; the last line has no end.
std::vector<std::string> chunks() {
    return {"{\"n\":1}\n{\"n\":", "2}\nnone\n{\"n\":3}\n{\"n\":4}\n{\"n\":5}", "\n{\"n\":6"};
}

auto json() {
    return codec::json_lines<entry>();
}

auto ignore = [](const auto&) {};
auto odd = [](const entry& e) { return e.n % 2 != 0; };

// The ledger of the only part, after the segment that `make` makes in a pipeline is over.
template <class Make>
ledger books(Make make) {
    asio::io_context io;
    weir::pipeline p("load", io.get_executor());
    p.add("all", make(p));
    std::exception_ptr failure;
    p.run([&](std::exception_ptr error) { failure = std::move(error); });
    weir::testing::settle(io);
    const ledger items = p.graph().segments.at(0).stages.at(0).items;
    CHECK(items.balanced());
    return items;
}

}  // namespace

TEST_CASE("a stage that begins with decode counts records, and faults as rejected") {
    int faults = 0;
    const ledger items = books([&](weir::pipeline& p) {
        auto reject = [&](const codec::fault&) { ++faults; };
        return weir::from_range(chunks()) | p.stage("parse", codec::decode(json(), reject)) |
               weir::for_each(ignore);
    });
    CHECK(items == ledger{7, 5, 0, 2, 0, 0});
    CHECK(faults == 2);
}

TEST_CASE("steps behind a decode are counted in records") {
    const ledger items = books([&](weir::pipeline& p) {
        return weir::from_range(chunks()) |
               p.stage("parse",
                       codec::decode(json(), ignore) | weir::filter(odd) | weir::batch(2)) |
               weir::for_each(ignore);
    });
    CHECK(items == ledger{7, 3, 2, 2, 0, 0});
}

TEST_CASE("a stage counts faults that decode hands on, where split_errors rejects them") {
    const ledger behind = books([&](weir::pipeline& p) {
        return weir::from_range(chunks()) | codec::decode(json()) |
               p.stage("valid", weir::split_errors(ignore)) | weir::for_each(ignore);
    });
    CHECK(behind == ledger{7, 5, 0, 2, 0, 0});
    const ledger within = books([&](weir::pipeline& p) {
        return weir::from_range(chunks()) |
               p.stage("parse", codec::decode(json()) | weir::split_errors(ignore)) |
               weir::for_each(ignore);
    });
    CHECK(within == behind);
}

TEST_CASE("a source behind decode counts its faults") {
    const ledger items = books([&](weir::pipeline& p) {
        return weir::from_range(chunks()) | codec::decode(json(), ignore) | p.source("records") |
               weir::for_each(ignore);
    });
    CHECK(items == ledger{7, 5, 0, 2, 0, 0});
}

TEST_CASE("a ledger of a decode balances where the stream ends early, or its function fails") {
    const ledger cut = books([&](weir::pipeline& p) {
        return weir::from_range(chunks()) |
               p.stage("parse", codec::decode(json(), ignore) | weir::take(3)) |
               weir::for_each(ignore);
    });
    CHECK(cut == ledger{4, 3, 0, 1, 0, 0});
    const ledger failed = books([&](weir::pipeline& p) {
        auto fail = [](const codec::fault&) { throw std::runtime_error("no room for rejects"); };
        return weir::from_range(chunks()) | p.stage("parse", codec::decode(json(), fail)) |
               weir::for_each(ignore);
    });
    CHECK(failed == ledger{3, 2, 0, 1, 0, 0});
}
