// An item whose move throws was never destroyed when it came out of an `any_stream`.

#include <weir/operators/map.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>

#include <doctest/doctest.h>

#include <ranges>
#include <stdexcept>

using namespace weir::testing;

namespace {

// Its n-th move throws; counts lives.
struct bomb {
    static inline int live = 0;
    static inline int fuse = -1;

    explicit bomb(int) { ++live; }
    bomb(bomb&&) {  // NOLINT(performance-noexcept-move-constructor)
        if (fuse >= 0 && fuse-- == 0) throw std::runtime_error("boom");
        ++live;
    }
    bomb& operator=(bomb&&) noexcept { return *this; }
    ~bomb() { --live; }
};

auto bombs(int n) {
    return weir::from_range(std::views::iota(0, n)) | weir::map([](int i) { return bomb(i); });
}

}  // namespace

TEST_CASE("an item whose move throws on its way out of an any_stream is destroyed") {
    int failed = 0;
    for (int fuse = 0; fuse < 60; ++fuse) {
        CAPTURE(fuse);
        asio::io_context io;
        {
            auto all = weir::any_stream<bomb>(bombs(12)) | weir::count();
            bomb::fuse = fuse;
            auto counted = start(io, std::move(all));
            settle(io);
            bomb::fuse = -1;
            CHECK(counted->done);
            failed += counted->error != nullptr;
        }
        CHECK(bomb::live == 0);
        bomb::live = 0;
    }
    CHECK(failed > 10);
}

TEST_CASE("an item whose move throws as next() takes it is destroyed") {
    for (int fuse = 0; fuse < 12; ++fuse) {
        CAPTURE(fuse);
        {
            asio::io_context io;
            weir::any_stream<bomb> items(bombs(3));
            for (int i = 0; i < 3; ++i) {
                bomb::fuse = fuse;
                auto item = start_next(io, items);
                try {
                    settle(io);
                } catch (const std::runtime_error&) {
                    // What is handed to a handler is moved there, too.
                }
                bomb::fuse = -1;
            }
        }
        CHECK(bomb::live == 0);
        bomb::live = 0;
    }
}
