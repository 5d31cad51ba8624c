/// What waits in a queue to be run once.
#pragma once

#include <weir/core/asio.hpp>

#include <memory>
#include <utility>

namespace weir::detail {

/// Something to run, which brings its own place in a queue along.
class task {
public:
    task() = default;
    task(const task&) = delete;
    task& operator=(const task&) = delete;

    /// Called by the queue it is in no more: it may go, or be queued again.
    virtual void run() = 0;
    /// Instead of `run`, when its context goes.
    virtual void drop() noexcept = 0;

    /// The one after it in the list it is in; that list's.
    task*& link() noexcept { return link_; }

protected:
    virtual ~task() = default;

private:
    task* link_ = nullptr;
};

/// A function as a task, in Asio's cache of the thread: what one frees, the next one gets.
template <class F>
class function_task final : public task {
    using allocator = asio::recycling_allocator<function_task>;
    using traits = std::allocator_traits<allocator>;

public:
    /// Deletes itself when it is run or dropped.
    template <class G>
    static function_task* make(G&& f) {
        allocator memory;
        auto* const place = traits::allocate(memory, 1);
        try {
            return std::construct_at(place, std::in_place, std::forward<G>(f));
        } catch (...) {
            traits::deallocate(memory, place, 1);
            throw;
        }
    }
    template <class G>
    function_task(std::in_place_t /*tag*/, G&& f) : f_(std::forward<G>(f)) {}

    void run() override {
        F f(std::move(f_));
        drop();  // its memory is there for what `f` starts
        std::move(f)();
    }
    void drop() noexcept override {
        allocator memory;
        std::destroy_at(this);
        traits::deallocate(memory, this, 1);
    }

private:
    F f_;
};

}  // namespace weir::detail
