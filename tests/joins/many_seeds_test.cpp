// Each join of many streams under many seeds: inputs that come late, stop, or fail anywhere;
// consumers that stop early or are cancelled.

#include <weir/joins/combine_latest.hpp>
#include <weir/joins/concat.hpp>
#include <weir/joins/merge.hpp>
#include <weir/joins/merge_preferred.hpp>
#include <weir/joins/merge_sorted.hpp>
#include <weir/joins/race.hpp>
#include <weir/joins/switch_latest.hpp>
#include <weir/joins/zip.hpp>
#include <weir/operators/take.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/expect.hpp>
#include <weir/testing/for_seeds.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/strict.hpp>
#include <weir/testing/suspend_at_random.hpp>

#include <doctest/doctest.h>
#include <joins/support.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace weir::testing;
using ints = std::vector<int>;
using rows = std::vector<ints>;
using source = weir::any_stream<int>;
using output = weir::any_stream<ints>;

namespace {

/// A join, and whether what came out of it is right: `whole` when it has ended by itself.
struct join {
    const char* name;
    output (*apply)(std::vector<source>);
    bool (*right)(const rows& inputs, const rows& seen, bool whole);
};

/// Items that carry the number of their input: 100 * input + place.
std::size_t input_of(int x) {
    return static_cast<std::size_t>(x) / 100;
}

template <class S>
output singly(S s) {
    return std::move(s) | weir::map([](int x) { return ints{x}; });
}

ints flat(const rows& seen) {
    ints all;
    for (const ints& x : seen) all.insert(all.end(), x.begin(), x.end());
    return all;
}

bool starts_with(const ints& whole, const ints& part, bool all) {
    return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin()) &&
           (!all || part.size() == whole.size());
}

/// Each input's items in their order, none twice.
bool interleaved(const rows& inputs, const rows& seen, bool whole) {
    rows parts(inputs.size());
    for (const int x : flat(seen)) parts[input_of(x)].push_back(x);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (!starts_with(inputs[i], parts[i], whole)) return false;
    }
    return true;
}

bool in_a_row(const rows& inputs, const rows& seen, bool whole) {
    return starts_with(flat(inputs), flat(seen), whole);
}

bool sorted(const rows& inputs, const rows& seen, bool whole) {
    ints all = flat(inputs);
    // Of equal keys, that of the first input comes first.
    std::sort(all.begin(), all.end(),
              [](int a, int b) { return std::pair(a % 100, a) < std::pair(b % 100, b); });
    return starts_with(all, flat(seen), whole);
}

bool zipped(const rows& inputs, const rows& seen, bool whole) {
    std::size_t shortest = inputs[0].size();
    for (const ints& one : inputs) shortest = std::min(shortest, one.size());
    for (std::size_t n = 0; n < seen.size(); ++n) {
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            if (n >= shortest || seen[n].at(i) != inputs[i][n]) return false;
        }
    }
    return !whole || seen.size() == shortest;
}

/// With each row one input goes on by one; the others stay where they are.
bool latest(const rows& inputs, const rows& seen, bool whole) {
    const bool possible =
        std::none_of(inputs.begin(), inputs.end(), [](const ints& one) { return one.empty(); });
    if (!possible || seen.empty()) return seen.empty() && !(whole && possible);
    for (std::size_t n = 1; n < seen.size(); ++n) {
        int steps = 0;
        for (std::size_t i = 0; i < inputs.size(); ++i) steps += seen[n][i] - seen[n - 1][i];
        if (steps != 1) return false;
    }
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (whole && seen.back()[i] != inputs[i].back()) return false;
    }
    return true;
}

bool one_of_them(const rows& inputs, const rows& seen, bool whole) {
    const ints all = flat(seen);
    if (!all.empty()) return starts_with(inputs[input_of(all[0])], all, whole);
    return !whole || flat(inputs).empty();
}

/// Streams in order of their numbers, of each a part, the last one whole.
bool switched(const rows& inputs, const rows& seen, bool whole) {
    const ints all = flat(seen);
    if (!std::is_sorted(all.begin(), all.end()) || !interleaved(inputs, seen, false)) return false;
    const ints& last = inputs.back();
    return !whole || last.empty() || (!all.empty() && all.back() == last.back());
}

output switch_over(std::vector<source> s) {
    return singly(weir::from_range(std::move(s)) | weir::switch_latest());
}

const join joins[] = {
    {"merge", [](std::vector<source> s) { return singly(weir::merge(std::move(s))); }, interleaved},
    {"merge by 1",
     [](std::vector<source> s) { return singly(weir::merge(weir::chunk_bound(1), std::move(s))); },
     interleaved},
    {"merge_preferred",
     [](std::vector<source> s) { return singly(weir::merge_preferred(std::move(s))); },
     interleaved},
    {"merge_sorted",
     [](std::vector<source> s) {
         return singly(weir::merge_sorted([](int x) { return x % 100; }, std::move(s)));
     },
     sorted},
    {"concat", [](std::vector<source> s) { return singly(weir::concat(std::move(s))); }, in_a_row},
    {"zip", [](std::vector<source> s) { return output(weir::zip(std::move(s))); }, zipped},
    {"zip of two",
     [](std::vector<source> s) {
         // The rest of them in the first, so that there are always two.
         source last = std::move(s.back());
         s.pop_back();
         return output(weir::zip(weir::zip(std::move(s)), std::move(last)) |
                       weir::map([](std::tuple<ints, int> x) {
                           std::get<0>(x).push_back(std::get<1>(x));
                           return std::get<0>(std::move(x));
                       }));
     },
     zipped},
    {"combine_latest",
     [](std::vector<source> s) { return output(weir::combine_latest(std::move(s))); }, latest},
    {"race", [](std::vector<source> s) { return singly(weir::race(std::move(s))); }, one_of_them},
    {"switch_latest", switch_over, switched},
};

void write_script(script<int>& to, const ints& items, bool fails, seeded_random& dice) {
    std::chrono::milliseconds time(0);
    const auto wait = [&] {
        const auto what = dice.below(4);
        if (what == 0) to.pause();
        if (what == 1) to.at(time += std::chrono::milliseconds(dice.below(4)));
    };
    for (const int x : items) {
        wait();
        to.give(x);
    }
    wait();
    fails ? to.fail() : to.end();
}

/// One run of a join, and all its questions.
void try_join(seeded_context& ctx, const join& j) {
    seeded_random& dice = ctx.random();
    const std::size_t k = 2 + dice.below(3);
    rows inputs(k);
    std::vector<script<int>> scripts(k);
    std::vector<source> streams;
    const std::size_t failing = dice.one_in(3) ? dice.below(k) : k;
    for (std::size_t i = 0; i < k; ++i) {
        for (auto n = dice.below(8); n != 0; --n) {
            inputs[i].push_back(static_cast<int>(100 * i + inputs[i].size()));
        }
        write_script(scripts[i], inputs[i], i == failing, dice);
        streams.push_back(suspend_at_random(strict(scripts[i].stream()), ctx));
    }
    const auto held = [&] {
        int all = 0;
        for (const auto& s : scripts) all += s.held();
        return all;
    };
    const std::uint64_t limit = dice.one_in(3) ? dice.below(8) : 1'000;
    rows seen;
    asio::cancellation_signal stop;
    auto joined = suspend_at_random(strict(j.apply(std::move(streams))), ctx);
    auto collect = weir::for_each([&seen](ints x) { seen.push_back(std::move(x)); });
    auto result =
        start(ctx, std::move(joined) | weir::take(limit) | std::move(collect), stop.slot());
    int held_at_completion = -1;
    result->on_completion = [&] { held_at_completion = held(); };
    if (dice.one_in(4)) {
        for (auto n = dice.below(60); n != 0 && ctx.run_one(); --n) {
        }
        if (!result->done) stop.emit(asio::cancellation_type::terminal);
    }
    ctx.run_until([&] { return result->done; });
    ctx.run();
    const std::string name = j.name;
    const bool whole = !result->error && seen.size() < limit;
    expect(j.right(inputs, seen, whole), name + ": the right items in the right order");
    expect(seen.size() <= limit, name + ": not more than was asked for");
    expect(held_at_completion == 0, name + ": nothing is held at completion");
    expect(ctx.time().sleepers() == 0, name + ": no alarm is left");
    if (result->error && !result->aborted()) expect(failing != k, name + ": nobody has failed");
    for (const auto& s : scripts) expect(s.polls_after_end() == 0, name + ": polled after its end");
}

}  // namespace

TEST_CASE("each join of many streams keeps its promises under 1,000 seeds") {
    for (const join& j : joins) {
        CHECK_NOTHROW(for_seeds(1'000, [&](seeded_context& ctx) { try_join(ctx, j); }));
    }
}
