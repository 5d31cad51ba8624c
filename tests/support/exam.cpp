#include <weir/core/stage.hpp>
#include <weir/operators/take.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/interleave_pending.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/strict.hpp>

#include <doctest/doctest.h>
#include <support/exam.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace weir::testing {

namespace {

using texts = std::vector<std::string>;

enum class feed { ready, interleaved, piecemeal };
enum class ending { end, failure, none };

std::string name(feed f) {
    return f == feed::ready ? "ready" : f == feed::interleaved ? "interleaved" : "piecemeal";
}

bool starts_with(const texts& whole, const texts& part) {
    return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

/// One run of the operator under examination.
class candidate {
public:
    candidate(const operator_exam& exam, feed how, fault_plan faults = {})
        : exam_(exam), how_(how), faults_(std::move(faults)) {}

    /// The operator on the scripted source, with a watch on its manners.
    any_stream<std::string> stream() {
        any_stream<move_only> in = source_.stream();
        if (how_ == feed::interleaved) in = interleave_pending(std::move(in));
        probe call{faults_, callable_.acquire(), io_->get_executor()};
        return strict(exam_.apply(std::move(in), std::move(call)));
    }

    void begin(std::uint64_t take_only = std::uint64_t(-1)) {
        auto collect = [this](std::string x) { seen_.push_back(std::move(x)); };
        auto pipeline = stream() | take(take_only) | for_each(std::move(collect));
        result_ = start(*io_, std::move(pipeline), cancellation_.slot());
        result_->on_completion = [this] { held_at_completion_ = held(); };
    }

    /// Hands `input` over and ends, as the feed will have it.
    void give(const std::vector<int>& input, ending how) {
        if (how_ == feed::piecemeal) settle(*io_);
        for (int x : input) {
            source_.give(move_only(x));
            if (how_ == feed::piecemeal) settle(*io_);
        }
        if (how == ending::end) source_.end();
        if (how == ending::failure) source_.fail();
        settle(*io_);
    }

    void cancel() {
        cancellation_.emit(asio::cancellation_type::terminal);
        settle(*io_);
    }
    void destroy_context() { io_.reset(); }

    asio::io_context& io() { return *io_; }
    outcome<void>& result() { return *result_; }
    const texts& seen() const { return seen_; }
    int held() const { return source_.held() + callable_.held(); }

    void check_success() {
        REQUIRE(result_->done);
        CHECK_NOTHROW(result_->get());
        CHECK(held_at_completion_ == 0);
    }
    void check_aborted() {
        REQUIRE(result_->done);
        CHECK(result_->aborted());
        CHECK(held_at_completion_ == 0);
    }
    template <class Error>
    void check_failure() {
        REQUIRE(result_->done);
        CHECK_THROWS_AS(result_->get(), Error);
        CHECK(held_at_completion_ == 0);
    }

private:
    const operator_exam& exam_;
    feed how_;
    fault_plan faults_;
    script<move_only> source_;
    resource callable_;
    texts seen_;
    int held_at_completion_ = -1;
    asio::cancellation_signal cancellation_;
    std::unique_ptr<asio::io_context> io_ = std::make_unique<asio::io_context>();
    std::shared_ptr<outcome<void>> result_;
};

void values(const operator_exam& exam, feed how) {
    INFO("values");
    candidate c(exam, how);
    c.begin();
    c.give(exam.input, ending::end);
    c.check_success();
    CHECK(c.seen() == exam.expected);
}

void no_values(const operator_exam& exam, feed how) {
    INFO("no values, or only such as are dropped");
    for (const std::vector<int>& input : {std::vector<int>(), exam.filtered}) {
        candidate c(exam, how);
        c.begin();
        c.give(input, ending::end);
        c.check_success();
        CHECK(c.seen() == exam.of_nothing);
    }
}

void source_fails(const operator_exam& exam, feed how) {
    INFO("the source fails");
    candidate c(exam, how);
    c.begin();
    c.give(exam.input, ending::failure);
    if (exam.ends_by_itself) {
        c.check_success();
    } else {
        c.check_failure<source_error>();
    }
    CHECK(c.seen() == exam.before_failure.value_or(exam.expected));
    candidate at_once(exam, how);
    at_once.begin();
    at_once.give({}, ending::failure);
    at_once.check_failure<source_error>();
}

void callable_throws(const operator_exam& exam, feed how) {
    INFO("the callable throws");
    if (exam.stage.empty()) return;
    const auto calls = for_each_fault("callable", [&](const fault_plan& faults) {
        candidate c(exam, how, faults);
        c.begin();
        c.give(exam.input, ending::end);
        if (faults.thrown() == 0) return c.check_success();
        c.check_failure<stage_error>();
        CHECK(starts_with(exam.expected, c.seen()));
        try {
            c.result().get();
        } catch (const stage_error& e) {
            CHECK(e.stage() == exam.stage);
            CHECK(std::string(e.what()).starts_with(exam.stage + ": fault injected"));
            CHECK_THROWS_AS(e.rethrow_cause(), injected_error);
        }
    });
    CHECK(calls > 0);
}

void consumer_stops(const operator_exam& exam, feed how) {
    INFO("the consumer stops early");
    for (std::size_t n = 0; n <= exam.expected.size(); ++n) {
        CAPTURE(n);
        candidate c(exam, how);
        c.begin(n);
        c.give(exam.input, ending::end);
        c.check_success();
        CHECK(c.seen() == texts(exam.expected.begin(), exam.expected.begin() + std::ptrdiff_t(n)));
    }
}

asio::awaitable<void> pull(any_stream<std::string>& from, std::size_t n, texts& to) {
    while (to.size() < n) {
        auto x = co_await from.next();
        if (!x) co_return;
        to.push_back(std::move(*x));
    }
}

asio::awaitable<void> pull_after_end(any_stream<std::string>& from) {
    for (int i = 0; i < 3; ++i) {
        auto x = co_await from.next();
        CHECK(!x);
    }
}

void pulled(const operator_exam& exam, feed how) {
    INFO("pulled, and moved on the way");
    for (std::size_t n = 0; n <= exam.expected.size(); ++n) {
        CAPTURE(n);
        candidate c(exam, how);
        texts seen;
        auto first = std::make_unique<any_stream<std::string>>(c.stream());
        auto some = spawn(c.io(), pull(*first, n, seen));
        c.give(exam.input, ending::end);
        some->get();
        CHECK(seen == texts(exam.expected.begin(), exam.expected.begin() + std::ptrdiff_t(n)));
        any_stream<std::string> moved = std::move(*first);
        first.reset();
        run_task(c.io(), pull(moved, std::size_t(-1), seen));
        CHECK(seen == exam.expected);
        run_task(c.io(), pull_after_end(moved));
    }
}

void dropped(const operator_exam& exam, feed how) {
    INFO("pulled, and dropped on the way");
    for (std::size_t n = 0; n <= exam.expected.size(); ++n) {
        CAPTURE(n);
        candidate c(exam, how);
        texts seen;
        auto stream = std::make_unique<any_stream<std::string>>(c.stream());
        auto some = spawn(c.io(), pull(*stream, n, seen));
        c.give(exam.input, ending::end);
        some->get();
        stream.reset();
        settle(c.io());
        CHECK(c.held() == 0);
    }
}

void cancelled(const operator_exam& exam, feed how) {
    INFO("cancelled");
    for (const bool started : {false, true}) {
        candidate c(exam, how);
        c.begin();
        if (started) settle(c.io());
        CHECK_FALSE(c.result().done);
        c.cancel();
        c.check_aborted();
        CHECK(starts_with(exam.of_nothing, c.seen()));
    }
    if (exam.ends_by_itself) return;
    candidate c(exam, how);
    c.begin();
    c.give(exam.input, ending::none);
    CHECK_FALSE(c.result().done);
    c.cancel();
    c.check_aborted();
    CHECK(starts_with(exam.expected, c.seen()));
}

void context_destroyed(const operator_exam& exam, feed how) {
    INFO("the context is destroyed");
    for (const bool fed : {false, true}) {
        candidate c(exam, how);
        c.begin();
        c.give(fed ? exam.input : std::vector<int>(), ending::none);
        c.destroy_context();
        CHECK(c.held() == 0);
        CHECK(c.result().done == (fed && exam.ends_by_itself));
    }
}

}  // namespace

void examine(const operator_exam& exam) {
    for (const feed how : {feed::ready, feed::interleaved, feed::piecemeal}) {
        INFO("input is ", name(how));
        values(exam, how);
        no_values(exam, how);
        source_fails(exam, how);
        callable_throws(exam, how);
        consumer_stops(exam, how);
        pulled(exam, how);
        dropped(exam, how);
        cancelled(exam, how);
        context_destroyed(exam, how);
    }
}

}  // namespace weir::testing
