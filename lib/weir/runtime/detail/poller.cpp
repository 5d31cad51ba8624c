#include <weir/runtime/detail/poller.hpp>

namespace weir::detail {

counted_ptr<poller> poller::at(counted_ptr<poller>& place, const asio::any_io_executor& executor) {
    if (!place) {
        place = counted_ptr<poller>::adopt(
            new poller(is_strand(executor) ? executor : make_segment_executor(executor)));
        place->enlist();
    }
    return place;
}

void poller::wait(std::shared_ptr<operation> op, bool started) {
    if (op->cancelled) return end(std::move(op), asio::error::operation_aborted);
    waiting_ = std::move(op);
    work_.start(executor());
    if (!started) wake();
}

void poller::cancel_soon(const std::weak_ptr<operation>& op) {
    if (closed()) return;  // the context may be gone, and its executor with it
    auto self = counted_ptr<poller>::share(this);
    asio::dispatch(executor(), [self, op] {
        auto aborted = op.lock();
        if (!aborted) return;  // it has its answer
        aborted->cancelled = true;
        if (self->waiting_ != aborted) return;  // it is not here yet, and will find out
        self->waiting_.reset();
        self->end(std::move(aborted), asio::error::operation_aborted);
    });
}

// In a turn to come: a handler is not called from within what cancels it, or starts it.
void poller::end(std::shared_ptr<operation> op, asio::error::basic_errors why) {
    op->error = std::make_exception_ptr(asio::system_error(why));
    done_ = std::move(op);
    wake();
}

void poller::new_turn() {
    turn_.emplace(*this, executor(), scope_, budget());
    one_at_a_time_.emplace(*turn_);
}

bool poller::advance() noexcept {
    if (cancelled()) return true;
    if (!waiting_) return false;
    new_turn();
    if (waiting_->poll(*turn_)) done_ = std::move(waiting_);
    return false;
}

// An exception of the handler goes to the caller of the executor's `run`, as everywhere in Asio.
void poller::after_turn() {
    if (!done_) return;
    auto op = std::exchange(done_, nullptr);
    work_.stop();
    auto* const completed = op.get();
    completed->complete(std::move(op));
}

void poller::release_resources() noexcept {
    waiting_.reset();
    done_.reset();
    work_.stop();
}

}  // namespace weir::detail
