/// Time that is moved by hand.
#pragma once

#include <weir/runtime/clock.hpp>

#include <list>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace weir::testing {

/// A clock that stands still until `advance` is called.
///
///     auto time = weir::testing::virtual_clock::install(io);
///     time->advance(50ms);   // wakes all whose deadline that reaches, in order of deadline
///
/// Thread-safe. Sleepers are woken on the calling thread; what they then do runs on theirs.
class virtual_clock final : public clock {
    struct request {
        time_point deadline;
        waker sleeper;
    };
    // Shared with the appointments, which may outlive the clock.
    struct book {
        std::mutex mutex;
        time_point now{};
        std::list<request> requests;
    };
    using place = std::list<request>::iterator;

    class booked final : public appointment {
    public:
        booked(std::shared_ptr<book> b, place p) : book_(std::move(b)), place_(p) {}
        ~booked() override {
            waker dropped;  // let go of outside the lock
            const std::lock_guard lock(book_->mutex);
            dropped = std::move(place_->sleeper);
            book_->requests.erase(place_);
        }

    private:
        std::shared_ptr<book> book_;
        place place_;
    };

public:
    /// Makes one and puts it in the place of the context's clock.
    static std::shared_ptr<virtual_clock> install(asio::execution_context& context) {
        auto made = std::make_shared<virtual_clock>();
        set_clock(context, made);
        return made;
    }

    time_point now() const noexcept override {
        const std::lock_guard lock(book_->mutex);
        return book_->now;
    }

    std::unique_ptr<appointment> wake_at(time_point deadline, const asio::any_io_executor&,
                                         waker sleeper) override {
        const std::lock_guard lock(book_->mutex);
        if (deadline <= book_->now) std::exchange(sleeper, {})->wake();
        auto& requests = book_->requests;
        auto later = requests.begin();
        while (later != requests.end() && later->deadline <= deadline) ++later;
        const auto at = requests.insert(later, request{deadline, std::move(sleeper)});
        return std::make_unique<booked>(book_, at);
    }

    /// Moves time forward and wakes those whose time has come.
    void advance(duration by) {
        std::vector<waker> due;  // woken, and let go of, outside the lock
        {
            const std::lock_guard lock(book_->mutex);
            book_->now += by;
            for (request& r : book_->requests) {
                if (r.deadline > book_->now) break;
                if (r.sleeper) due.push_back(std::exchange(r.sleeper, {}));
            }
        }
        for (const waker& sleeper : due) sleeper->wake();
    }

    /// How many are waiting for a time that has not come.
    std::size_t sleepers() const {
        const std::lock_guard lock(book_->mutex);
        std::size_t n = 0;
        for (const request& r : book_->requests) n += r.sleeper ? 1 : 0;
        return n;
    }

private:
    std::shared_ptr<book> book_ = std::make_shared<book>();
};

}  // namespace weir::testing
