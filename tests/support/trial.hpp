/// One run of a step under a seed: input, suspensions, consumer, early stop, failure and
/// cancellation are what the dice say; what comes out is what the model says.
#pragma once

#include <weir/sources/any_stream.hpp>
#include <weir/testing/seeded_context.hpp>

#include <support/items.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace weir::testing {

/// What must come out of an input.
struct forecast {
    std::vector<int> items;
    bool ended = false;  ///< The step ends by itself: it does not ask how the input ends.
};

/// The forecasts of a step that passes on what it is given, and of one that makes of each item what
/// `f` does: some others, or none.
inline forecast same(const std::vector<int>& items) {
    return {items, false};
}
template <class F>
auto each(F f) {
    return [f](const std::vector<int>& items) {
        forecast out;
        for (const int x : items) {
            for (const int y : f(x)) out.items.push_back(y);
        }
        return out;
    };
}

/// A step, and what it does to an input.
struct trial {
    std::string name;
    std::function<any_stream<move_only>(any_stream<move_only>, seeded_context&)> apply;
    std::function<forecast(const std::vector<int>&)> model;
    /// When the source fails, the last items may be missing (a partial batch).
    bool drops_on_failure = false;
    /// It may end after any number of items (a stop from outside).
    bool stops_anywhere = false;
    /// It pulls what is before it, and nobody waits until a pulled stream has let go of everything.
    bool pulls = false;
};

/// Makes a trial; its parameters (a batch's size) may be the dice's too.
using trial_maker = std::function<trial(seeded_random&)>;

/// Runs the trial on `ctx`, and throws `expectation_error` or `deadlock_error` if
/// - an item is lost, doubled, changed or out of order;
/// - the end, the failure or the cancellation does not come out as it should, or nothing does;
/// - something is still held when the pipeline completes, or an alarm is left;
/// - either side breaks the protocol (`strict`).
/// The consumer is one of: for_each, for_each with a coroutine, a channel with a second pipeline
/// behind it, or a coroutine that pulls, whose `next()` may be cancelled, and which then goes on.
void run_trial(seeded_context& ctx, const trial& t);

/// The same under `count` seeds; and then the context is destroyed in the middle of things, under a
/// tenth as many. Throws `seed_error`.
void try_under_seeds(std::uint64_t count, const trial_maker& make);

}  // namespace weir::testing
