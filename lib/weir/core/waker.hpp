/// Wakers: how something that became ready asks for the stream waiting on it to be polled again.
///
/// A `wakeable` is whatever polls (a segment). A `waker` is a counted handle to one, safe to keep,
/// copy and call from any thread. A `waker_slot` holds at most one waker, for the single party
/// that waits on a thing: a channel's consumer, a timer's stream.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace weir {

/// What a `counted_ptr` points to. Derive with the own type, `class queue :
/// reference_counted<queue>`, and make this class a friend if the destructor is private. The count
/// starts at 1: the caller of `new` owns that reference.
template <class Derived>
class reference_counted {
public:
    void retain() noexcept { count_.fetch_add(1, std::memory_order_relaxed); }
    void release() noexcept {
        // Release orders this owner's last use before the delete; acquire lets the deleter see
        // every other owner's.
        if (count_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete static_cast<Derived*>(this);
    }

private:
    friend Derived;  // so that no other class derives
    reference_counted() = default;
    reference_counted(const reference_counted&) = delete;
    reference_counted& operator=(const reference_counted&) = delete;
    ~reference_counted() = default;

    std::atomic<std::uint32_t> count_{1};
};

/// Something that can be asked, from any thread, to poll again. Reference counted: wakers keep it
/// alive. Implemented by segments; tests implement it to count wake-ups.
class wakeable : public reference_counted<wakeable> {
public:
    wakeable() = default;

    /// Asks for a poll soon. Calls that come before that poll are coalesced into one.
    /// Thread-safe; never polls inline, so it may be called with any lock-free state half-way.
    virtual void wake() noexcept = 0;

    /// The same, for a caller that is about to return to its executor. The poll may then run next
    /// on this thread, so no other thread is woken.
    virtual void wake_next() noexcept { wake(); }
    /// True when a segment that this one wakes with `wake_next` may really run next.
    virtual bool hands_over() const noexcept { return false; }

protected:
    friend reference_counted<wakeable>;
    virtual ~wakeable() = default;
};

/// A counted pointer to a reference-counted object (`retain()`/`release()`).
/// Not thread-safe itself, like any smart pointer; what it points at is.
template <class T>
class counted_ptr {
public:
    counted_ptr() = default;
    /// Takes over the reference that `new` made.
    static counted_ptr adopt(T* fresh) noexcept {
        counted_ptr p;
        p.object_ = fresh;
        return p;
    }
    /// Takes a further reference.
    static counted_ptr share(T* object) noexcept {
        if (object) object->retain();
        return adopt(object);
    }
    counted_ptr(const counted_ptr& other) noexcept : object_(other.object_) {
        if (object_) object_->retain();
    }
    counted_ptr(counted_ptr&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    counted_ptr& operator=(counted_ptr other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~counted_ptr() {
        if (object_) object_->release();
    }
    T* get() const noexcept { return object_; }
    T* operator->() const noexcept { return object_; }
    T& operator*() const noexcept { return *object_; }
    explicit operator bool() const noexcept { return object_ != nullptr; }
    void reset() noexcept { *this = counted_ptr(); }

private:
    T* object_ = nullptr;
};

/// A handle with which a leaf wakes the segment that waits for it. Copyable; `wake()` on the
/// pointed-to segment is thread-safe.
using waker = counted_ptr<wakeable>;

/// Room for the one waker of a single waiting party.
///
/// The protocol that loses no wake-up: the waiter arms the slot, *then* looks at the condition
/// again; the notifier makes the condition true, *then* calls `wake()`. All operations on the slot
/// are sequentially consistent, and so must be the condition's store and load on those two paths:
/// then one of the two sees the other.
class waker_slot {
public:
    waker_slot() = default;
    waker_slot(const waker_slot&) = delete;
    waker_slot& operator=(const waker_slot&) = delete;
    ~waker_slot() { disarm(); }

    /// Leaves `waiter` to be woken once. Replaces (and forgets) an earlier waiter.
    void arm(wakeable& waiter) noexcept {
        waiter.retain();
        drop(waiting_.exchange(&waiter));
    }
    /// Takes the waiter back: it will not be woken by a later `wake()`.
    void disarm() noexcept { drop(waiting_.exchange(nullptr)); }
    /// True when a waiter is armed.
    bool armed() const noexcept { return waiting_.load() != nullptr; }
    /// Wakes the waiter, if one is armed. Cheap when none is: one load.
    void wake() noexcept {
        if (armed()) notify([](wakeable& waiter) { waiter.wake(); });
    }
    /// The same, for a caller that is about to wait itself; see `wakeable::wake_next`.
    void wake_next() noexcept {
        if (armed()) notify([](wakeable& waiter) { waiter.wake_next(); });
    }

private:
    // The side that exchanges the pointer out owns its reference, so exactly one side wakes the
    // waiter.
    template <class How>
    void notify(How how) noexcept {
        if (wakeable* waiter = waiting_.exchange(nullptr)) {
            how(*waiter);
            waiter->release();
        }
    }
    static void drop(wakeable* waiter) noexcept {
        if (waiter) waiter->release();
    }
    std::atomic<wakeable*> waiting_{nullptr};  // null: no waiter; else an owned reference
};

}  // namespace weir
