#include <weir/runtime/saturating.hpp>
#include <weir/testing/virtual_clock.hpp>
#include <weir/testing/virtual_timer.hpp>

#include <algorithm>
#include <list>
#include <mutex>
#include <utility>
#include <vector>

namespace weir::testing {

namespace {

/// The clocks that exist, the newest last, because `virtual_time::now()` has no context to ask.
struct living_clocks {
    std::mutex mutex;
    std::vector<const virtual_clock*> clocks;
};
living_clocks& living() {
    static living_clocks all;
    return all;
}

}  // namespace

struct virtual_clock::book {
    struct request {
        time_point deadline;
        waker sleeper;  // empty once woken
    };
    std::mutex mutex;
    time_point now{};
    std::list<request> requests;  // in order of their deadlines
};

class virtual_clock::booked final : public appointment {
public:
    using place = std::list<book::request>::iterator;

    booked(std::shared_ptr<book> b, place p) : book_(std::move(b)), place_(p) {}
    booked(const booked&) = delete;
    booked& operator=(const booked&) = delete;
    ~booked() override {
        waker dropped;  // released outside the lock
        const std::lock_guard lock(book_->mutex);
        dropped = std::move(place_->sleeper);
        book_->requests.erase(place_);
    }

private:
    std::shared_ptr<book> book_;
    place place_;
};

virtual_clock::virtual_clock() : book_(std::make_shared<book>()) {
    const std::lock_guard lock(living().mutex);
    living().clocks.push_back(this);
}

virtual_clock::~virtual_clock() {
    const std::lock_guard lock(living().mutex);
    std::erase(living().clocks, this);
}

std::shared_ptr<virtual_clock> virtual_clock::install(asio::execution_context& context) {
    auto made = std::make_shared<virtual_clock>();
    set_clock(context, made);
    return made;
}

clock::time_point virtual_clock::now() const noexcept {
    const std::lock_guard lock(book_->mutex);
    return book_->now;
}

std::unique_ptr<clock::appointment> virtual_clock::wake_at(time_point deadline,
                                                           const asio::any_io_executor&,
                                                           waker sleeper) {
    if (deadline == time_point::max()) return std::make_unique<appointment>();
    waker due;  // woken and released outside the lock
    const auto book_it = [&] {
        const std::lock_guard lock(book_->mutex);
        if (deadline <= book_->now) due = std::exchange(sleeper, {});
        auto& requests = book_->requests;
        const auto later = std::find_if(requests.begin(), requests.end(),
                                        [&](const auto& r) { return r.deadline > deadline; });
        const auto at = requests.insert(later, book::request{deadline, std::move(sleeper)});
        return std::make_unique<booked>(book_, at);
    };
    auto made = book_it();
    if (due) due->wake();
    return made;
}

void virtual_clock::advance(duration by) {
    advance_to(deadline_after(now(), by));
}

void virtual_clock::advance_to(time_point t) {
    std::vector<waker> due;  // woken and released outside the lock
    {
        const std::lock_guard lock(book_->mutex);
        book_->now = std::max(book_->now, t);
        for (book::request& r : book_->requests) {
            if (r.deadline > book_->now) break;
            if (r.sleeper) due.push_back(std::exchange(r.sleeper, {}));
        }
    }
    for (const waker& sleeper : due) sleeper->wake();
}

std::size_t virtual_clock::sleepers() const {
    const std::lock_guard lock(book_->mutex);
    return static_cast<std::size_t>(std::count_if(book_->requests.begin(), book_->requests.end(),
                                                  [](const auto& r) { return bool(r.sleeper); }));
}

std::optional<clock::time_point> virtual_clock::next_deadline() const {
    const std::lock_guard lock(book_->mutex);
    for (const book::request& r : book_->requests) {
        if (r.sleeper) return r.deadline;
    }
    return std::nullopt;
}

virtual_time::time_point virtual_time::now() {
    const std::lock_guard lock(living().mutex);
    if (living().clocks.empty()) return time_point();
    return time_point(living().clocks.back()->now().time_since_epoch());
}

}  // namespace weir::testing
