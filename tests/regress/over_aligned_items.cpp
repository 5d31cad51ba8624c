// Items that are over-aligned were misaligned in the frames of coroutines. Those are refused at
// compile time (tests/core/compile_errors); everywhere else items are where they should be.

#include <weir/channel/channel.hpp>
#include <weir/channel/shared_channel.hpp>
#include <weir/joins/merge.hpp>
#include <weir/operators/batch.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/map.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <ranges>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

struct alignas(64) wide {
    wide() noexcept { check(); }
    wide(wide&& other) noexcept : x(other.x) { check(); }
    wide& operator=(wide&& other) noexcept {
        x = other.x;
        return *this;
    }
    ~wide() = default;

    void check() const noexcept {
        if (reinterpret_cast<std::uintptr_t>(this) % alignof(wide) != 0) ++misaligned;
    }
    static inline int misaligned = 0;
    int x = 1;
};

using stream = weir::any_stream<wide>;

stream wides() {
    return weir::from_range(std::views::iota(0, 100)) | weir::map([](int) { return wide(); });
}

}  // namespace

TEST_CASE("over-aligned items are aligned in steps, boundaries, channels and type-erased streams") {
    int seen = 0;
    auto count = [&seen](const wide& w) {
        w.check();
        seen += w.x;
    };
    auto count_all = [&seen](const std::vector<wide>& batch) {
        for (const wide& w : batch) w.check();
        seen += static_cast<int>(batch.size());
    };
    run(wides() | weir::buffer(7) | weir::for_each(count));
    run(wides() | weir::batch(3) | weir::for_each(count_all));
    run(weir::merge(wides(), wides()) | weir::for_each(count));
    CHECK(seen == 400);

    auto [tx, rx] = weir::channel<wide>(4);
    auto [to, from] = weir::mpsc_channel<wide>(4);
    CHECK(tx.try_send(wide()));
    CHECK(to.try_send(wide()));
    auto one = rx.try_receive();
    auto other = from.try_receive();
    CHECK(one);
    CHECK(other);
    CHECK(wide::misaligned == 0);
}
