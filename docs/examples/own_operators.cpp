// Three ways to write an operator: as a composition, as a coroutine, and as a step.
#include <weir/operators/batch.hpp>
#include <weir/operators/filter.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/window.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/sources/generator.hpp>

#include <iostream>
#include <numeric>
#include <optional>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

// [composed]
// A function returns an operator. This one is made of two others.
auto moving_average(std::size_t n) {
    auto mean = [](std::span<const double> last) {
        return std::accumulate(last.begin(), last.end(), 0.0) / static_cast<double>(last.size());
    };
    return weir::window(n) | weir::map(mean, "moving average");
}
// [/composed]

// [composed_dedup]
// Passes on items that differ from the one before. The lambda holds the state.
auto changes() {
    return weir::pipe([]<class S>(S upstream) {
        auto is_new = [last = std::optional<weir::item_t<S>>()](const weir::item_t<S>& x) mutable {
            if (last == x) return false;
            last = x;
            return true;
        };
        return std::move(upstream) | weir::filter(std::move(is_new), "changes");
    });
}
// [/composed_dedup]

// [coroutine_batcher]
weir::generator<std::vector<int>> batches(weir::any_stream<int> in, std::size_t size) {
    std::vector<int> batch;
    while (auto x = co_await in.next()) {
        batch.push_back(*x);
        if (batch.size() == size) co_yield std::exchange(batch, std::vector<int>());
    }
    if (!batch.empty()) co_yield std::move(batch);  // the end of `in`: the last may be shorter
}
// [/coroutine_batcher]

// [pipe_coroutine]
auto batches_of(std::size_t size) {
    return weir::pipe([size](weir::any_stream<int> in) { return batches(std::move(in), size); });
}
// [/pipe_coroutine]

struct order {
    int customer;
    double amount;
};

// Stands for a service on the network, and counts its calls.
int questions = 0;
asio::awaitable<std::string> ask_for_name(int customer) {
    ++questions;
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    co_return "customer " + std::to_string(customer);
}

// [coroutine_enrich]
struct named_order {
    named_order(std::string n, double a) : name(std::move(n)), amount(a) {}
    std::string name;
    double amount;
};

// The cache is a local variable: it lives as long as the stream, and only this stream uses it.
weir::generator<named_order> with_names(weir::any_stream<order> orders) {
    std::unordered_map<int, std::string> names;
    while (auto o = co_await orders.next()) {
        auto known = names.find(o->customer);
        if (known == names.end()) {
            auto name =
                co_await ask_for_name(o->customer);  // the stream waits; its thread does not
            known = names.emplace(o->customer, std::move(name)).first;
        }
        co_yield named_order(known->second, o->amount);
    }
}
// [/coroutine_enrich]

// [step_dedup]
template <class S>
class changes_stream : public weir::pullable<changes_stream<S>> {  // gives it next()
public:
    using value_type = weir::item_t<S>;

    explicit changes_stream(S upstream) : upstream_(std::move(upstream)) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        return upstream_.poll(cx, [&](value_type&& x) -> bool {
            if (last_ == x) return true;  // dropped; go on
            last_ = x;
            return sink(std::move(x));  // true: more; false: stop after this one
        });
    }

private:
    S upstream_;
    std::optional<value_type> last_;
};

auto changes_step() {
    return weir::pipe([](auto upstream) { return changes_stream(std::move(upstream)); });
}
// [/step_dedup]

// [step_batcher]
template <class S>
class batcher_stream : public weir::pullable<batcher_stream<S>> {
public:
    using value_type = std::vector<weir::item_t<S>>;

    batcher_stream(S upstream, std::size_t size) : upstream_(std::move(upstream)), size_(size) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        if (ended_) return weir::poll_state::finished;  // do not poll upstream again
        const auto state = upstream_.poll(cx, [&](weir::item_t<S>&& x) -> bool {
            batch_.push_back(std::move(x));
            return batch_.size() < size_ || sink(std::exchange(batch_, value_type()));
        });
        if (state != weir::poll_state::finished) return state;
        ended_ = true;
        if (batch_.empty() || sink(std::exchange(batch_, value_type()))) return state;
        return weir::poll_state::paused;  // the sink wants no more: the end comes next time
    }

private:
    S upstream_;
    std::size_t size_;
    value_type batch_;
    bool ended_ = false;
};

auto batcher(std::size_t size) {
    if (size == 0) throw std::invalid_argument("batcher: the size must be at least 1");
    return weir::pipe([size](auto upstream) {
        weir::check_owned_items<decltype(upstream)>();  // it keeps items
        return batcher_stream<decltype(upstream)>(std::move(upstream), size);
    });
}
// [/step_batcher]

// "[0-4]", or "[10,11]" for two neighbours.
std::string show(const std::vector<int>& batch) {
    const char* between = batch.size() > 2 ? "-" : ",";
    std::string text = "[" + std::to_string(batch.front());
    if (batch.size() > 1) text += between + std::to_string(batch.back());
    return text + "]";
}

template <class Op>
std::string batched(weir::runtime& rt, Op op) {
    auto join = [](std::string all, const std::string& x) {
        return all.empty() ? x : all + " " + x;
    };
    return rt.run(weir::from_range(std::views::iota(0, 12)) | std::move(op) | weir::map(show) |
                  weir::fold(std::string(), join));
}

template <class T>
void expect(const T& found, const T& wanted) {
    if (!(found == wanted)) throw std::logic_error("the example does not do what it says");
}

int main() {
    weir::runtime rt(1);
    const std::string expected = "[0-4] [5-9] [10,11]";
    expect(batched(rt, weir::batch(5)), expected);
    expect(batched(rt, batches_of(5)), expected);
    expect(batched(rt, batcher(5)), expected);

    const std::vector<int> states{1, 1, 2, 2, 2, 1};
    const std::vector<int> changed{1, 2, 1};
    expect(rt.run(weir::from_range(states) | changes() | weir::to<std::vector>()), changed);
    expect(rt.run(weir::from_range(states) | changes_step() | weir::to<std::vector>()), changed);

    const std::vector<double> prices{1, 3, 5, 10};
    const std::vector<double> means{2, 4, 7.5};
    expect(rt.run(weir::from_range(prices) | moving_average(2) | weir::to<std::vector>()), means);

    std::vector<order> orders{{7, 1.5}, {8, 2.5}, {7, 3.5}};
    auto named = rt.run(with_names(weir::from_range(std::move(orders))) | weir::to<std::vector>());
    expect(named.at(2).name, std::string("customer 7"));
    expect(questions, 2);  // the second order of customer 7 came from the cache
    std::cout << expected << ", " << questions << " questions for " << named.size() << " orders\n";
}
