// Broken elsewhere: a merge that is abandoned while its inputs are still at work touches what is
// gone when one of them wakes it. Here inputs wake it after it was destroyed, on any thread.

#include <weir/channel/channel.hpp>
#include <weir/joins/combine_latest.hpp>
#include <weir/joins/merge.hpp>
#include <weir/joins/merge_preferred.hpp>
#include <weir/joins/merge_sorted.hpp>
#include <weir/joins/race.hpp>
#include <weir/joins/switch_latest.hpp>
#include <weir/joins/zip.hpp>
#include <weir/operators/take.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/from_range.hpp>

#include <doctest/doctest.h>
#include <support/polled.hpp>

#include <cstddef>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

/// A leaf whose waker stays with a party outside, which uses it when it likes.
class careless : public weir::pullable<careless> {
public:
    using value_type = int;

    explicit careless(std::vector<weir::waker>& wakers) : wakers_(&wakers) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&&) {
        wakers_->push_back(cx.get_waker());
        return weir::poll_state::pending;
    }

private:
    std::vector<weir::waker>* wakers_;
};

/// Polls what `join` makes of careless leaves, destroys it, and has them wake it then.
template <class Join>
void woken_too_late(Join join) {
    std::vector<weir::waker> wakers;
    poll_by_hand poll;
    {
        std::vector<careless> leaves(3, careless(wakers));
        auto joined = join(std::move(leaves));
        CHECK(poll(joined).first == weir::poll_state::pending);
        CHECK(!wakers.empty());
    }
    for (auto& w : wakers) w->wake();
    CHECK(poll.woken() == 0);
}

}  // namespace

TEST_CASE("a join that is gone is not woken any more, and nothing of it is touched") {
    woken_too_late([](auto s) { return weir::merge(std::move(s)); });
    woken_too_late([](auto s) { return weir::merge_preferred(std::move(s)); });
    woken_too_late(
        [](auto s) { return weir::merge_sorted([](int x) { return x; }, std::move(s)); });
    woken_too_late([](auto s) { return weir::zip(std::move(s)); });
    woken_too_late([](auto s) { return weir::combine_latest(std::move(s)); });
    woken_too_late([](auto s) { return weir::race(std::move(s)); });
    woken_too_late([](auto s) { return weir::from_range(std::move(s)) | weir::switch_latest(); });
}

TEST_CASE("merges are abandoned at any moment while other threads send into them") {
    constexpr int rounds = 300;
    constexpr std::size_t inputs = 4;
    weir::runtime threads(2);
    for (int round = 0; round < rounds; ++round) {
        std::vector<weir::sender<int>> senders;
        std::vector<weir::receiver<int>> receivers;
        for (std::size_t i = 0; i < inputs; ++i) {
            auto ends = weir::channel<int>(2);
            senders.push_back(std::move(ends.sender));
            receivers.push_back(std::move(ends.receiver));
        }
        auto send = [&senders](std::size_t first) {
            // Until both are abandoned, whoever takes what is sent.
            for (bool any = true; any;) {
                any = false;
                for (std::size_t i : {first, first + 1}) {
                    senders[i].try_send(1);
                    any = any || !senders[i].is_closed();
                }
            }
        };
        std::thread left(send, 0);
        std::thread right(send, 2);
        int seen = 0;
        auto count = weir::for_each([&seen](int x) { seen += x; });
        const auto wanted = static_cast<std::uint64_t>(round % 50);
        threads.run(weir::merge(std::move(receivers)) | weir::take(wanted) | std::move(count));
        left.join();
        right.join();
        CHECK(seen == round % 50);
    }
}
