/// What a stream is.
///
/// A stream is any movable type with a `value_type` and
///
///     template <class Sink> poll_state poll(poll_context& cx, Sink&& sink);
///
/// `poll` hands every item that is ready now to `sink` as `value_type&&`. The sink returns a bool:
/// false means it took that item and wants no more for the moment. An item that was handed over
/// has been taken; nothing is ever handed back.
///
/// Rules for writers of streams:
/// - Return `paused` as soon as the sink said no, `pending` when nothing is ready (after arranging
///   for a wake-up with *this* poll's context: the latest one wins), `finished` at the end.
/// - Never block. A source that is always ready asks `cx.grant` how far it may go.
/// - Throw for a fault of the plumbing; a stream that threw, or finished, is not polled again.
/// - The destructor cancels what is in flight and does not wait for it; hold `cx.hold()` where the
///   pipeline must not complete before it is over.
/// - `poll` is called by one thread at a time, on the segment's strand.
/// - A stream that was moved from must not be polled. `|`, the joins, `any_stream` and `next()` say
///   so of every stream that is `pullable` (see `taken_over`).
#pragma once

#include <weir/core/gcc12.hpp>
#include <weir/core/poll.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

/// Marks the `poll` and the sink of a step that only passes items on. Inlined whatever the compiler
/// thinks of its size, and early: then a chain of steps is one loop. (Left to itself, GCC 12
/// inlines late and keeps track in each turn of whether the fold has stored its result: a tenth
/// more time.)
#define WEIR_FUSED __attribute__((always_inline))

namespace weir {

/// What a stream hands to its sink.
template <class S>
using item_t = typename std::remove_cvref_t<S>::value_type;

namespace detail {

/// A sink that accepts anything: what the stream concept tries `poll` with.
template <class T>
struct any_sink {
    bool operator()(T&&) { return true; }
};

template <class S>
concept has_value_type = requires {
    typename S::value_type;
} && std::is_object_v<typename S::value_type> && std::movable<typename S::value_type>;

template <class S>
concept has_poll =
    has_value_type<S> && requires(S& s, poll_context& cx, any_sink<typename S::value_type>& sink) {
        { s.poll(cx, sink) } -> std::same_as<poll_state>;
    };

}  // namespace detail

/// A type that obeys the protocol above. Requires no base class.
template <class S>
concept stream = std::move_constructible<S> && detail::has_poll<S>;

/// A stream that can be asked to end: it takes in nothing new, hands on what it has received, and
/// is finished. `drain()` may be called more than once, between polls, and the stream is to be
/// polled after it. Those that stop a source from outside (`take_until`, `pipeline::source`) let a
/// stream that is none end at once.
template <class S>
concept drainable_stream = stream<S> && requires(S& s) { s.drain(); };

namespace detail {

/// What `size_hint` says of a stream that does not know.
inline constexpr std::size_t unknown_count = std::size_t(-1);

}  // namespace detail

/// The largest number of items that `s` may still hand over, so that a consumer can reserve memory.
/// A stream that knows has a member `std::size_t size_hint() const`; one that knows nothing has
/// none.
template <class S>
std::size_t size_hint(const S& s) {
    if constexpr (requires { s.size_hint(); }) {
        return s.size_hint();
    } else {
        return detail::unknown_count;
    }
}

/// True for items that are only valid until the sink that took them returns, such as a view into a
/// reader's block. What keeps items (`batch`, `buffer`, `to`) refuses them at compile time: map
/// them to something that owns its data first. Specialise it for your own view types.
template <class T>
inline constexpr bool is_borrowed = false;

namespace detail {

/// The base of what a terminal makes of a stream: no operator can follow it.
struct ended_pipeline {};

/// What can be iterated over, and is no stream.
template <class S>
concept range_like = !stream<S> && requires(S& s) {
    s.begin();
    s.end();
};

}  // namespace detail

/// Tells a stream that an operator, a join or a terminal takes it over. Everything that does calls
/// this first. A stream that wants to know has a member `void note_taken()`; one that is `pullable`
/// throws `std::logic_error` there if it was moved from before.
template <class S>
void taken_over([[maybe_unused]] S& stream) {
    if constexpr (requires { stream.note_taken(); }) stream.note_taken();
}

namespace detail {

/// Fails to compile, and says why, where `S` is not a stream. Operators call it first, so that the
/// error names the rule that was broken and not the inside of a template.
template <class S>
consteval void check_stream() {
    if constexpr (std::derived_from<S, ended_pipeline>) {
        static_assert(!std::derived_from<S, ended_pipeline>,
                      "weir: this pipeline has its terminal already, and gives no stream: put the "
                      "operator before the terminal.");
    } else if constexpr (range_like<S>) {
        static_assert(!range_like<S>,
                      "weir: this is a range, not a stream; write weir::from_range(range) | ...");
    } else if constexpr (!has_value_type<S>) {
        static_assert(has_value_type<S>,
                      "weir: this is not a stream: it has no `value_type` that is a movable object "
                      "type. Wrap a range with weir::from_range(...).");
    } else {
        static_assert(has_poll<S>,
                      "weir: this is not a stream: it needs a member `template <class Sink> "
                      "weir::poll_state poll(weir::poll_context&, Sink&&)`.");
        static_assert(std::move_constructible<S>, "weir: a stream must be movable.");
    }
}

}  // namespace detail

/// Fails to compile where items of `S` may not be kept beyond the call they came in.
template <class S>
consteval void check_owned_items() {
    static_assert(!is_borrowed<item_t<S>>,
                  "weir: these items are views that die when the sink returns; map them to a type "
                  "that owns its data before you batch, buffer or collect them.");
}

}  // namespace weir
