/// Tells whether a stream or its consumer threw an exception.
#pragma once

#include <weir/core/stream.hpp>

#include <utility>

namespace weir::detail {

/// A sink that passes items on to another sink and remembers whether that sink threw. Code that
/// catches an exception from `poll` can then tell whether the stream or its consumer failed.
///
///     watched_sink to(sink);
///     try {
///         return upstream.poll(cx, to);
///     } catch (...) {
///         if (to.threw()) throw;  // not ours to mend
///     }
///
/// Lives for one poll. Costs nothing as long as nothing is thrown.
template <class Sink>
class watched_sink {
public:
    explicit watched_sink(Sink& sink) noexcept : sink_(sink) {}
    watched_sink(const watched_sink&) = delete;
    watched_sink& operator=(const watched_sink&) = delete;

    template <class T>
    WEIR_FUSED bool operator()(T&& item) {
        try {
            return sink_(std::forward<T>(item));
        } catch (...) {
            threw_ = true;
            throw;
        }
    }
    bool threw() const noexcept { return threw_; }

private:
    Sink& sink_;
    bool threw_ = false;
};

}  // namespace weir::detail
