#include <weir/core/asio.hpp>
#include <weir/runtime/detail/executor_target.hpp>
#include <weir/runtime/detail/outstanding_work.hpp>
#include <weir/runtime/detail/pool_queue.hpp>
#include <weir/runtime/detail/segment.hpp>
#include <weir/runtime/detail/segment_registry.hpp>

#include <asio/thread_pool.hpp>

#include <utility>

namespace weir::detail {

namespace {

segment_registry& registry_of(const asio::any_io_executor& executor) {
    return asio::use_service<segment_registry>(asio::query(executor, asio::execution::context));
}

/// The strands whose inner executor can be had back. Others are wrapped once more, which is
/// correct and only a little slower.
template <class Visitor>
bool visit_strand(const asio::any_io_executor& executor, Visitor visit) {
    using io = asio::io_context::executor_type;
    using pool = asio::thread_pool::executor_type;
    if (auto* s = executor_target<asio::strand<asio::any_io_executor>>(executor))
        return visit(*s), true;
    if (auto* s = executor_target<asio::strand<io>>(executor)) return visit(*s), true;
    if (auto* s = executor_target<asio::strand<pool>>(executor)) return visit(*s), true;
    return false;
}

/// What a strand runs on; anything else is that itself.
asio::any_io_executor without_strand(const asio::any_io_executor& executor) {
    if (auto* own = executor_target<serial_executor>(executor)) return own->queue()->inner();
    asio::any_io_executor inner = executor;
    visit_strand(executor, [&](const auto& strand) { inner = strand.get_inner_executor(); });
    return inner;
}

}  // namespace

asio::any_io_executor make_segment_executor(const asio::any_io_executor& executor) {
    return serial_executor(serial_queue::make(without_strand(executor)));
}

void outstanding_work::start(const asio::any_io_executor& executor) {
    using io = asio::io_context::executor_type;
    using pool = asio::thread_pool::executor_type;
    const auto inner = without_strand(executor);
    if (auto* e = executor_target<io>(inner)) {
        guard_.emplace<guard<io>>(*e);
    } else if (auto* p = executor_target<pool>(inner)) {
        guard_.emplace<guard<pool>>(*p);
    } else {
        guard_.emplace<guard<asio::any_io_executor>>(inner);
    }
}

bool is_strand(const asio::any_io_executor& executor) {
    return executor_target<serial_executor>(executor) ||
           executor_target<pool_queue::executor>(executor) ||
           visit_strand(executor, [](const auto&) {});
}

segment::segment(asio::any_io_executor executor, poll_budget budget)
    : executor_(std::move(executor)), way_in_(registry_of(executor_).entrance()), budget_(budget) {
    if (auto* own = executor_target<serial_executor>(executor_)) {
        queue_ = own->queue();
    } else {
        // Asked for once: asking allocates, and a wake-up should not.
        poster_ = asio::require(executor_, asio::execution::blocking.never);
    }
}

segment::~segment() = default;

void segment::enlist() {
    registry_of(executor_).add(*this);
    enlisted_ = true;
}

void segment::start() {
    enlist();
    wake();
}

void segment::wake(way_to_push how) noexcept {
    status seen = state_.load(std::memory_order_acquire);
    for (;;) {
        const status next = seen == status::idle      ? status::scheduled
                            : seen == status::running ? status::notified
                                                      : seen;
        // Even when nothing changes, the exchange publishes what was written before the wake-up.
        if (state_.compare_exchange_weak(seen, next, std::memory_order_acq_rel,
                                         std::memory_order_acquire)) {
            if (seen == status::idle) post_turn(how);
            return;
        }
    }
}

void segment::post_turn(way_to_push how) {
    const gate::pass pass(*way_in_);
    if (!pass) return;  // the context is going
    if (queue_) {
        retain();
        // A copy: the turn may run, and close the segment, before this returns.
        const auto queue = queue_;
        return (queue.get()->*how)(turn_);
    }
    const auto poster = poster_;  // likewise
    auto go = [self = counted_ptr<segment>::share(this)] {
        self->take_turn();
        self->after_turn();
    };
    poster.execute(std::move(go));
}

void segment::turn::run() {
    const auto self = counted_ptr<segment>::adopt(&owner_);
    self->take_turn();
    self->after_turn();
}

void segment::take_turn() noexcept {
    status expected = status::scheduled;
    if (!state_.compare_exchange_strong(expected, status::running, std::memory_order_acq_rel)) {
        return;  // closed meanwhile
    }
    if (advance()) {
        close();
        return;
    }
    expected = status::running;
    if (state_.compare_exchange_strong(expected, status::idle, std::memory_order_acq_rel)) return;
    if (expected == status::closed) return;
    state_.store(status::scheduled, std::memory_order_release);
    post_turn(&serial_queue::push);
}

void segment::cancel() noexcept {
    cancelled_.store(true, std::memory_order_release);
    wake();
}

void segment::close() noexcept {
    auto self = counted_ptr<segment>::share(this);  // the registry's may be the last reference
    if (state_.exchange(status::closed, std::memory_order_acq_rel) == status::closed) return;
    if (std::exchange(enlisted_, false)) registry_of(executor_).remove(*this);
    release_resources();
    leave_context();
}

void segment::abandon() noexcept {
    auto self = counted_ptr<segment>::share(this);
    if (state_.exchange(status::closed, std::memory_order_acq_rel) == status::closed) return;
    enlisted_ = false;
    release_resources();
    leave_context();
}

// A strand must not outlive its context; a segment may, because wakers hold references to it.
void segment::leave_context() noexcept {
    queue_.reset();
    poster_ = asio::any_io_executor();
    executor_ = asio::any_io_executor();
}

std::shared_ptr<gate> gate_of(asio::execution_context& context) {
    return asio::use_service<segment_registry>(context).entrance();
}

asio::execution_context::id segment_registry::id;

void segment_registry::add(segment& member) {
    const std::lock_guard lock(mutex_);
    members_.insert(&member);
    member.retain();
}

void segment_registry::remove(segment& member) noexcept {
    {
        const std::lock_guard lock(mutex_);
        if (members_.erase(&member) == 0) return;
    }
    member.release();
}

void segment_registry::shutdown() noexcept {
    gate_->close();
    // One at a time: abandoning one may end others.
    for (;;) {
        segment* member = nullptr;
        {
            const std::lock_guard lock(mutex_);
            if (members_.empty()) return;
            member = *members_.begin();
            members_.erase(members_.begin());
        }
        member->abandon();
        member->release();
    }
}

}  // namespace weir::detail
