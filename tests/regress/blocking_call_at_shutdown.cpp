// A context that was destroyed waited for its blocking threads, and nothing told these to stop: a
// read of a pipe that nobody wrote to hung the destructor for ever.

#include <weir/core/asio.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/blocking_call.hpp>
#include <weir/runtime/pull.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/count.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <utility>

namespace {

/// Waits until it is told to stop.
class patient {
public:
    int wait() {
        std::unique_lock lock(mutex_);
        waiting_ = true;
        changed_.notify_all();
        changed_.wait(lock, [this] { return stopped_; });
        return 0;
    }
    void stop() noexcept {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        changed_.notify_all();
    }
    void wait_until_it_waits() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return waiting_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool waiting_ = false;
    bool stopped_ = false;
};

class patient_stream : public weir::pullable<patient_stream> {
public:
    using value_type = int;

    explicit patient_stream(std::shared_ptr<patient> owner) : owner_(std::move(owner)) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&&) {
        if (!call_.started()) {
            weir::start_blocking(call_, cx, owner_, [](patient& p) { return p.wait(); });
        }
        return call_.poll(cx) ? weir::poll_state::finished : weir::poll_state::pending;
    }

private:
    std::shared_ptr<patient> owner_;
    weir::blocking_call<int> call_;
};

void start(const asio::any_io_executor& executor, const std::shared_ptr<patient>& owner) {
    auto counting = patient_stream(owner) | weir::count();
    std::move(counting).start(executor, [](std::exception_ptr, std::size_t) {});
}

}  // namespace

TEST_CASE("a context that is destroyed tells blocking calls to stop before it waits for them") {
    const auto owner = std::make_shared<patient>();
    asio::io_context io;
    start(io.get_executor(), owner);
    io.poll();
    owner->wait_until_it_waits();
}

TEST_CASE("a runtime that is stopped and destroyed does likewise") {
    const auto owner = std::make_shared<patient>();
    weir::runtime rt(1);
    start(rt.executor(), owner);
    owner->wait_until_it_waits();
    rt.stop();
}
