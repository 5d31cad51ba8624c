#include <weir/channel/channel.hpp>
#include <weir/core/asio.hpp>
#include <weir/operators/take.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/into.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/expect.hpp>
#include <weir/testing/for_seeds.hpp>
#include <weir/testing/resource.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/strict.hpp>
#include <weir/testing/suspend_at_random.hpp>
#include <weir/testing/virtual_timer.hpp>

#include <asio.hpp>
#include <support/trial.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace weir::testing {

namespace {

using timer = asio::basic_waitable_timer<virtual_time>;
using items = any_stream<move_only>;

constexpr std::size_t no_limit = 1'000'000;

std::string show_all(const std::vector<int>& xs) {
    std::string text = "[";
    for (const int x : xs) text += (text.size() > 1 ? " " : "") + std::to_string(x);
    return text + "]";
}

/// What all coroutines of a run share; on the heap, for they may outlive it in their context.
struct run_state {
    run_state(seeded_context& c, const trial& t) : ctx(c), the_trial(t) {}

    seeded_context& ctx;
    const trial& the_trial;
    script<move_only> source;
    resource living;  // items, and what the collecting callable holds
    std::vector<int> input;
    bool fails = false;
    bool goes_on = false;  // neither ends nor fails: the step must end by itself
    std::size_t limit = no_limit;
    std::vector<int> seen;
    forecast expected;

    seeded_random& dice() const { return ctx.random(); }
};
using shared_run = std::shared_ptr<run_state>;

asio::awaitable<void> nap(seeded_random& dice) {
    timer t(co_await asio::this_coro::executor, std::chrono::milliseconds(dice.below(4)));
    co_await t.async_wait(asio::use_awaitable);
}

void finish_script(run_state& run) {
    if (run.goes_on) return;
    run.fails ? run.source.fail() : run.source.end();
}

/// Writes the script while it runs.
asio::awaitable<void> feed(shared_run run) {
    for (const int x : run->input) {
        if (run->dice().one_in(3)) co_await nap(run->dice());
        run->source.give(move_only(x, run->living.acquire()));
    }
    co_await nap(run->dice());
    finish_script(*run);
}

/// Writes it beforehand.
void write_script(run_state& run) {
    std::chrono::milliseconds time(0);
    for (const int x : run.input) {
        const auto what = run.dice().below(4);
        if (what == 0) run.source.pause();
        if (what == 1) run.source.at(time += std::chrono::milliseconds(run.dice().below(4)));
        run.source.give(move_only(x, run.living.acquire()));
    }
    finish_script(run);
}

void draw(run_state& run) {
    seeded_random& dice = run.dice();
    for (std::uint64_t n = dice.below(16); n != 0; --n) {
        run.input.push_back(static_cast<int>(dice.below(10)));
    }
    run.goes_on = run.the_trial.stops_anywhere && dice.one_in(3);
    run.fails = !run.goes_on && dice.one_in(3);
    if (dice.one_in(3)) run.limit = dice.below(run.input.size() + 2);
    run.expected = run.the_trial.model(run.input);
}

items stream_of(run_state& run) {
    auto in = suspend_at_random(strict(run.source.stream()), run.ctx);
    return suspend_at_random(strict(run.the_trial.apply(std::move(in), run.ctx)), run.ctx);
}

auto collect_into(shared_run run) {
    auto held = run->living.acquire();
    return [run = std::move(run), held = std::move(held)](move_only x) {
        run->seen.push_back(x.value());
    };
}

asio::awaitable<void> collect_late(shared_run run, move_only x) {
    co_await nap(run->dice());
    run->seen.push_back(x.value());
}

asio::awaitable<void> pull(shared_run run, std::shared_ptr<items> from) {
    while (run->seen.size() < run->limit) {
        auto x = co_await from->next();
        if (!x) break;
        run->seen.push_back(x->value());
    }
}

/// A run in its context.
class trial_run {
public:
    trial_run(seeded_context& ctx, const trial& t) : run_(std::make_shared<run_state>(ctx, t)) {
        draw(*run_);
        if (run_->dice().one_in(2)) {
            feeding_ = spawn(ctx, feed(run_));
        } else {
            write_script(*run_);
        }
        begin();
    }

    /// Up to the end, with a cancellation on the way or not.
    void finish() {
        seeded_context& ctx = run_->ctx;
        if (run_->dice().one_in(3)) cancel_on_the_way();
        ctx.run_until([this] { return done(); });
        if (pulled_ && result_->aborted()) {  // nothing was taken: it goes on where it was
            result_ = spawn(ctx, pull(run_, pulled_));
            cancelled_ = false;
            ctx.run_until([this] { return done(); });
        }
        pulled_.reset();
        ctx.run();
        check();
    }
    /// A part of the way.
    void go(std::uint64_t handlers) {
        run_->ctx.run_until([this, handlers]() mutable { return done() || handlers-- == 0; });
    }
    /// Leaves everything to what runs in the context: the stream, and the signal, as its slot may
    /// hold a strand, which must not outlive the context.
    void let_go() {
        pulled_.reset();
        sending_.reset();
        result_.reset();
        stop_.reset();
    }
    /// Counts what is held, also when the run is gone.
    std::function<int()> counter() const {
        return [source = run_->source, living = run_->living] { return in_use(source, living); };
    }

private:
    void begin() {
        seeded_context& ctx = run_->ctx;
        auto s = stream_of(*run_);
        const auto kind = run_->dice().below(4);
        if (kind == 0) {
            auto each = for_each(collect_into(run_));
            result_ = start(ctx, std::move(s) | take(run_->limit) | std::move(each), stop_->slot());
        } else if (kind == 1) {
            auto each =
                for_each([run = run_](move_only x) { return collect_late(run, std::move(x)); });
            result_ = start(ctx, std::move(s) | take(run_->limit) | std::move(each), stop_->slot());
        } else if (kind == 2) {
            auto ends = channel<move_only>(1 + run_->dice().below(4));
            auto each = for_each(collect_into(run_));
            sending_ = start(ctx, std::move(s) | into(std::move(ends.sender)), stop_->slot());
            sending_->on_completion = [keep = stop_] {};
            result_ = start(ctx, std::move(ends.receiver) | take(run_->limit) | std::move(each));
            return;
        } else {
            pulled_ = std::make_shared<items>(std::move(s));
            result_ = spawn(ctx, pull(run_, pulled_), stop_->slot());
            result_->on_completion = [keep = stop_] {};
            return;
        }
        // The handler owns the signal: Asio may use its slot until the handler is called.
        result_->on_completion = [this, keep = stop_] { held_at_completion_ = in_use(*run_); };
    }

    // Items that nobody took are the script's.
    static int in_use(const script<move_only>& source, const resource& living) {
        return living.held() + source.held() - static_cast<int>(source.left());
    }
    static int in_use(const run_state& run) { return in_use(run.source, run.living); }

    bool done() const { return result_->done && (!sending_ || sending_->done); }

    void cancel_on_the_way() {
        go(run_->dice().below(80));
        if (done()) return;
        cancelled_ = true;
        stop_->emit(asio::cancellation_type::terminal);
    }

    void check() const {
        const auto& [expected, ended] = run_->expected;
        const auto& seen = run_->seen;
        const std::string story =
            the_trial().name + ": input " + show_all(run_->input) + (run_->fails ? ", fails" : "") +
            (cancelled_ ? ", cancelled" : "") +
            (run_->limit != no_limit ? ", stops after " + std::to_string(run_->limit) : "") +
            ": expected " + show_all(expected) + ", seen " + show_all(seen);
        expect(seen.size() <= expected.size() &&
                   std::equal(seen.begin(), seen.end(), expected.begin()),
               "items in order, none twice; " + story);
        expect(held_at_completion_ == 0 || the_trial().pulls,
               "nothing is held at completion; " + story);
        expect(in_use(*run_) == 0, "nothing is held at the end; " + story);
        expect(run_->ctx.time().sleepers() == 0, "no alarm is left; " + story);
        expect(run_->source.polls_after_end() == 0, "the source is not polled after its end");
        const std::size_t most = std::min(run_->limit, expected.size());
        if (result_->aborted()) {
            expect(cancelled_, "aborted, and nobody has cancelled; " + story);
        } else if (result_->error) {
            expect(run_->fails, "failed, and the source has not; " + story);
            check_complete(seen.size(), expected.size(), story);
        } else {
            check_complete(seen.size(), most, story);
            const bool may_succeed = !run_->fails || ended || most == run_->limit ||
                                     the_trial().stops_anywhere || the_trial().drops_on_failure;
            expect(may_succeed, "the source has failed, and nobody heard of it; " + story);
        }
    }

    void check_complete(std::size_t seen, std::size_t wanted, const std::string& story) const {
        if (the_trial().stops_anywhere || (run_->fails && the_trial().drops_on_failure)) return;
        expect(seen == wanted, "all items; " + story);
    }

    const trial& the_trial() const { return run_->the_trial; }

    shared_run run_;
    std::shared_ptr<asio::cancellation_signal> stop_ =
        std::make_shared<asio::cancellation_signal>();
    bool cancelled_ = false;
    int held_at_completion_ = 0;
    std::shared_ptr<outcome<void>> feeding_;
    std::shared_ptr<outcome<void>> sending_;
    std::shared_ptr<outcome<void>> result_;
    std::shared_ptr<items> pulled_;
};

/// Destroys the context in the middle of things.
void abandon_trial(std::uint64_t seed, const trial_maker& make) {
    std::function<int()> held;
    {
        auto ctx = std::make_unique<seeded_context>(seed);
        const trial t = make(ctx->random());
        std::optional<trial_run> run;
        run.emplace(*ctx, t);
        held = run->counter();
        run->go(ctx->random().below(60));
        run->let_go();
        ctx.reset();
    }
    expect(held() == 0, "a context that is destroyed takes everything along");
}

}  // namespace

void run_trial(seeded_context& ctx, const trial& t) {
    trial_run(ctx, t).finish();
}

void try_under_seeds(std::uint64_t count, const trial_maker& make) {
    for_seeds(count, [&](seeded_context& ctx) { run_trial(ctx, make(ctx.random())); });
    for_seeds(count / 10, [&](seeded_context& ctx) { abandon_trial(ctx.seed(), make); });
}

}  // namespace weir::testing
