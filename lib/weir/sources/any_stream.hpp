/// A stream whose type says only what it yields.
#pragma once

#include <weir/runtime/pull.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace weir {

/// Owns a stream of `T` of any type. For class members, function signatures and containers of
/// streams, where the long type of a pipeline is in the way.
///
///     weir::any_stream<trade> open(const source& s);
///
/// Cost: one allocation when made; while it runs, one virtual call a poll and one indirect call an
/// item (the fusion of steps stops here). Behaves in all else as the stream it owns.
/// Errors: polling an empty (default-made or moved-from) one is a precondition violation.
template <class T>
class any_stream : public pullable<any_stream<T>> {
    // A reference to whatever sink polls us: what crosses the virtual call.
    struct sink_ref {
        void* object;
        bool (*call)(void*, T&&);
        bool operator()(T&& x) const { return call(object, std::move(x)); }
    };

    struct concept_ {
        virtual ~concept_() = default;
        virtual poll_state poll(poll_context& cx, sink_ref sink) = 0;
    };

    template <class S>
    struct model final : concept_ {
        explicit model(S s) : stream(std::move(s)) {}
        poll_state poll(poll_context& cx, sink_ref sink) override { return stream.poll(cx, sink); }
        S stream;
    };

public:
    using value_type = T;

    any_stream() = default;

    template <class S>
        requires(!std::same_as<std::remove_cvref_t<S>, any_stream>)
    any_stream(S&& s)  // NOLINT(google-explicit-constructor): a pipeline is an any_stream
        : stream_(std::make_unique<model<std::remove_cvref_t<S>>>(std::forward<S>(s))) {
        static_assert(!std::is_lvalue_reference_v<S>,
                      "weir: an any_stream takes over its stream; use std::move");
        check_stream<std::remove_cvref_t<S>>();
    }

    explicit operator bool() const noexcept { return stream_ != nullptr; }

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        using sink_type = std::remove_reference_t<Sink>;
        auto call = [](void* object, T&& x) -> bool {
            return (*static_cast<sink_type*>(object))(std::move(x));
        };
        void* object = const_cast<void*>(static_cast<const void*>(std::addressof(sink)));
        return stream_->poll(cx, sink_ref{object, call});
    }

private:
    std::unique_ptr<concept_> stream_;
};

}  // namespace weir
