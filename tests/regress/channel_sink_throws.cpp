// A ring counted from the items it had been told were taken, not from those that were. When a
// consumer threw in the middle of a run, the items it had taken were destroyed once more with the
// ring. (Seen when the code was read.)

#include <weir/channel/channel.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/testing/drive.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <utility>

using namespace weir::testing;

namespace {

// Knows how many of its kind are there; a destroyed one that is destroyed again counts twice.
class counted {
public:
    explicit counted(int& alive) : alive_(&alive) { ++*alive_; }
    counted(counted&& other) noexcept : alive_(other.alive_) { ++*alive_; }
    counted& operator=(counted&&) noexcept = default;
    ~counted() { --*alive_; }

private:
    int* alive_;
};

}  // namespace

TEST_CASE("items are destroyed once, also when the consumer throws between two of them") {
    int alive = 0;
    {
        auto [tx, rx] = weir::channel<counted>(16);
        for (int i = 0; i < 12; ++i) CHECK(tx.try_send(counted(alive)));
        CHECK(alive == 12);
        int seen = 0;
        auto fail = weir::for_each([&seen](const counted&) {
            if (++seen == 3) throw std::runtime_error("enough");
        });
        CHECK_THROWS(run(std::move(rx) | std::move(fail)));
    }
    CHECK(alive == 0);
}
