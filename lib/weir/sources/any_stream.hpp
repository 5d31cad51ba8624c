/// any_stream: a stream with a type that names only its items.
#pragma once

#include <weir/runtime/pull.hpp>
#include <weir/sources/detail/item_chunk.hpp>

#include <concepts>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// The stream that an `any_stream` owns, behind a virtual call that brings a chunk of items.
template <class T>
class erased_stream {
public:
    using receiver = item_chunk<T>;

    virtual ~erased_stream() = default;

    template <class Sink>
    poll_state poll(poll_context& cx, Sink& sink) {
        if (state_ == poll_state::pending) state_ = poll_state::paused;  // from an earlier poll
        for (;;) {
            while (!chunk_.empty()) {
                if (!sink(chunk_.take())) return poll_state::paused;
            }
            // The state that came with the last chunk, now that its items are handed on.
            if (state_ != poll_state::paused) {
                if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
                return state_;
            }
            chunk_.begin();
            try {
                state_ = fill(cx, chunk_);
            } catch (...) {
                failure_ = std::current_exception();
                state_ = poll_state::finished;
            }
        }
    }

    /// Takes an item of the last chunk, if one is left.
    bool take_waiting(std::optional<T>& item) {
        if (chunk_.empty()) return false;
        item.emplace(chunk_.take());
        return true;
    }

private:
    virtual poll_state fill(poll_context& cx, receiver& chunk) = 0;

    item_chunk<T> chunk_;
    poll_state state_ = poll_state::paused;  // paused: there may be more at once
    std::exception_ptr failure_;
};

/// The same for borrowed items, which must not be stored: each item crosses by its own indirect
/// call.
template <class T>
    requires is_borrowed<T>
class erased_stream<T> {
public:
    virtual ~erased_stream() = default;

    template <class Sink>
    poll_state poll(poll_context& cx, Sink& sink) {
        auto call = [](void* object, T&& x) -> bool {
            return (*static_cast<Sink*>(object))(std::move(x));
        };
        void* object = const_cast<void*>(static_cast<const void*>(std::addressof(sink)));
        receiver ref(object, call);
        return fill(cx, ref);
    }

    class receiver {
    public:
        receiver(void* object, bool (*call)(void*, T&&)) : object_(object), call_(call) {}
        bool put(T&& x) { return call_(object_, std::move(x)); }

    private:
        void* object_;
        bool (*call_)(void*, T&&);
    };

private:
    virtual poll_state fill(poll_context& cx, receiver& sink) = 0;
};

}  // namespace detail

/// Owns a stream of `T` of any type. For class members, function signatures and containers of
/// streams, where the long type of a pipeline is inconvenient.
///
///     weir::any_stream<trade> open(const source& s);
///
/// Items cross in chunks, so hiding the type costs time per chunk and not per item. A chunk holds
/// the items that the inner stream has ready, up to 64 items or 4 KiB. It is handed on before
/// anything else is done. Chunks start with one item and double. So if the consumer stops, the
/// items pulled ahead are never more than it had taken before, plus one. They wait here for the
/// next poll. Borrowed items (`is_borrowed`) cannot wait, so they cross one by one.
///
/// Cost: one allocation of up to 4 KiB when it is made; while it runs, one virtual call per chunk,
/// about a nanosecond per item (docs/benchmarks.md).
/// Errors: those of the inner stream, after the items that came before; and exceptions of moving an
/// item. An empty any_stream (default-made or moved from) has no items.
/// Cancellation: as the inner stream.
template <class T>
class any_stream : public pullable<any_stream<T>> {
    template <class S>
    class model final : public detail::erased_stream<T> {
    public:
        explicit model(S s) : stream_(std::move(s)) {}

    private:
        poll_state fill(poll_context& cx,
                        typename detail::erased_stream<T>::receiver& to) override {
            return stream_.poll(cx, [&to](T&& x) -> bool { return to.put(std::move(x)); });
        }

        S stream_;
    };

public:
    using value_type = T;

    any_stream() = default;

    template <class S>
        requires(!std::same_as<std::remove_cvref_t<S>, any_stream>)
    any_stream(S&& s)  // NOLINT(google-explicit-constructor): a pipeline is an any_stream
        : stream_(erase(std::forward<S>(s))) {
        static_assert(!std::is_lvalue_reference_v<S>,
                      "weir: an any_stream takes over its stream; use std::move");
        detail::check_stream<std::remove_cvref_t<S>>();
    }

    explicit operator bool() const noexcept { return stream_ != nullptr; }

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        if (!stream_) return poll_state::finished;
        return stream_->poll(cx, sink);
    }

    /// For `next()`: takes an item that needs no poll.
    bool take_waiting(std::optional<T>& item)
        requires(!is_borrowed<T>)
    {
        return stream_ && stream_->take_waiting(item);
    }

private:
    template <class S>
    static auto erase(S&& s) {
        taken_over(s);
        return std::make_unique<model<std::remove_cvref_t<S>>>(std::forward<S>(s));
    }

    std::unique_ptr<detail::erased_stream<T>> stream_;
};

}  // namespace weir
