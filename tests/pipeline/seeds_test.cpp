// What must hold of every pipeline under every interleaving: random pipelines, random failures,
// drains and cancellations, a thousand seeds each.

#include <weir/operators/batch.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/filter.hpp>
#include <weir/operators/flat_map.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/split_errors.hpp>
#include <weir/operators/take_while.hpp>
#include <weir/operators/try_map.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/testing/expect.hpp>
#include <weir/testing/for_seeds.hpp>
#include <weir/testing/suspend_at_random.hpp>

#include <doctest/doctest.h>

#include <functional>

#include "support.hpp"

using namespace std::chrono_literals;
using namespace weir::testing;

namespace {

using numbers = weir::any_stream<int>;

constexpr int given = 40;

// A random pipeline of one to four segments that lets every item through that no step leaves out.
class random_pipeline {
public:
    explicit random_pipeline(seeded_context& ctx) : ctx_(ctx), p("random", ctx.get_executor()) {
        for (int i = 1; i <= given; ++i) feed.give(i);
        feed.end();
        numbers items = suspend_at_random(feed.stream(), ctx) | p.source("source");
        const auto segments = 1 + dice().below(4);
        for (std::size_t i = 0; i < segments; ++i) {
            const std::string n = std::to_string(i);
            items = middle(std::move(items), "stage " + n);
            auto [tx, rx] = p.channel<int>("channel " + n, 1 + dice().below(5));
            p.add("segment " + n, std::move(items) | weir::into(std::move(tx)));
            items = std::move(rx) | weir::map(std::identity());
        }
        p.add("sink", std::move(items) | p.stage("last", weir::map(fuse())) |
                          weir::for_each([this](int) { ++arrived; }));
        running = std::make_shared<outcome<void>>();
        p.run(record(ctx, running));
    }

    seeded_random& dice() { return ctx_.random(); }

    // In every snapshot.
    void check_balanced() const {
        const auto g = p.graph();
        for (const auto& segment : g.segments) {
            for (const auto& s : segment.stages) expect(s.items.balanced(), s.name);
        }
        for (const auto& c : g.channels) {
            expect(c.items.balanced() && c.items.in_flight <= c.capacity, c.name);
        }
    }

    // At the end, however it came.
    void check_end() const {
        check_balanced();
        const auto g = p.graph();
        std::uint64_t left_out = 0;
        std::uint64_t dropped = 0;
        std::uint64_t went_in = 0;
        for (const auto& segment : g.segments) {
            for (const auto& s : segment.stages) {
                expect(s.items.in_flight == 0, "nothing is in flight in " + s.name);
                left_out += s.items.filtered + s.items.rejected;
                dropped += s.items.dropped;
                if (s.name == "source") went_in = s.items.in;
            }
        }
        for (const auto& c : g.channels) {
            expect(c.items.in_flight == 0, "nothing is in flight in " + c.name);
            dropped += c.items.dropped;
        }
        expect(feed.held() == 0, "the source was let go of");
        if (running->error) return;
        expect(dropped == 0, "a good end drops nothing");
        expect(arrived == went_in - left_out, "what was not left out has arrived");
    }

    void fail_at(int item) { bad_ = item; }

    seeded_context& ctx_;
    script<int> feed;
    weir::pipeline p;
    std::uint64_t arrived = 0;
    std::shared_ptr<outcome<void>> running;

private:
    // Throws on the bad item.
    std::function<int(int)> fuse() {
        return [this](int x) {
            if (x == bad_) throw callable_failure();
            return x;
        };
    }

    numbers middle(numbers in, const std::string& name) {
        const auto k = static_cast<int>(2 + dice().below(3));
        auto leave_out = weir::filter([k](int x) { return x % k != 0; });
        const std::size_t size = 1 + dice().below(4);
        auto flatten = weir::flat_map([](std::vector<int> b) { return b; });
        auto ignore = [](const absl::Status&) {};
        auto reject = [k](int x) -> absl::StatusOr<int> {
            if (x % k == 1) return absl::InvalidArgumentError("no");
            return x;
        };
        auto full = [size](const std::vector<int>& b) { return b.size() == size; };
        switch (dice().below(6)) {
            case 0:
                return std::move(in) | p.stage(name, leave_out | weir::map(fuse()));
            case 1:
                return std::move(in) | p.stage(name, weir::map(fuse()) | weir::batch(size)) |
                       flatten;
            case 2:
                return std::move(in) |
                       p.stage(name, leave_out | weir::batch(size, 3ms) | weir::filter(full)) |
                       weir::buffer(2) | flatten;
            case 3:
                return std::move(in) | weir::buffer(3) |
                       p.stage(name,
                               weir::try_map(reject) | weir::split_errors(ignore) | leave_out);
            case 4:
                return suspend_at_random(std::move(in), ctx_) | p.stage(name, weir::batch(size)) |
                       weir::buffer(1) | flatten;
            default:
                return std::move(in) | p.stage(name, weir::map(std::identity()));
        }
    }

    int bad_ = 0;
};

void run_to_end(random_pipeline& r) {
    r.ctx_.run_until([&] {
        r.check_balanced();
        return r.running->done;
    });
    r.ctx_.settle();
    r.check_end();
}

}  // namespace

TEST_CASE("every item that goes in comes out or is accounted for, in every snapshot") {
    for_seeds(1'000, [](seeded_context& ctx) {
        random_pipeline r(ctx);
        run_to_end(r);
        r.running->get();
    });
}

TEST_CASE("a drain at any moment loses nothing") {
    for_seeds(1'000, [](seeded_context& ctx) {
        random_pipeline r(ctx);
        for (auto n = ctx.random().below(200); n != 0 && !r.running->done; --n) ctx.run_one();
        auto drained = std::make_shared<outcome<weir::drain_report>>();
        r.p.drain(1h, record(ctx, drained));
        run_to_end(r);
        r.running->get();
        expect(drained->get().drained(), "it was drained");
    });
}

TEST_CASE("a drain that is cut off at any moment accounts for what is lost") {
    for_seeds(1'000, [](seeded_context& ctx) {
        random_pipeline r(ctx);
        for (auto n = ctx.random().below(100); n != 0 && !r.running->done; --n) ctx.run_one();
        auto drained = std::make_shared<outcome<weir::drain_report>>();
        r.p.drain(std::chrono::milliseconds(ctx.random().below(5)), record(ctx, drained));
        run_to_end(r);
        const auto report = drained->get();
        expect(report.drained() == !r.running->error, "the drain and the run agree");
        expect(report.drained() == report.cut_off.empty(), "who was cut off is named");
    });
}

TEST_CASE("a cancellation at any moment accounts for what is lost") {
    for_seeds(1'000, [](seeded_context& ctx) {
        random_pipeline r(ctx);
        for (auto n = ctx.random().below(300); n != 0 && !r.running->done; --n) ctx.run_one();
        r.p.cancel();
        run_to_end(r);
        expect(!r.running->error || r.running->aborted(), "it ends or is cancelled");
    });
}

TEST_CASE("a failure anywhere is the one that is reported, and accounts for what is lost") {
    for_seeds(1'000, [](seeded_context& ctx) {
        random_pipeline r(ctx);
        r.fail_at(static_cast<int>(1 + ctx.random().below(given)));
        run_to_end(r);
        if (!r.running->error) return;  // the item was left out before any step that fails
        const auto text = failure_of(*r.running);
        expect(text.find("bad item") != std::string::npos, text);
    });
}

TEST_CASE("a pipeline destroyed at any moment leaves nothing behind") {
    for_seeds(1'000, [](seeded_context& ctx) {
        auto r = std::make_unique<random_pipeline>(ctx);
        for (auto n = ctx.random().below(300); n != 0; --n) ctx.run_one();
        const script<int> feed = r->feed;
        auto running = r->running;
        r->p.~pipeline();
        ctx.run_until([&] { return running->done; });
        ctx.settle();
        std::construct_at(&r->p, "again", ctx.get_executor());
        expect(feed.held() == 0, "the source was let go of");
        expect(!running->error || running->aborted(), "it ends or is cancelled");
    });
}
