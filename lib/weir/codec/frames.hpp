/// \file
/// Frames of bytes in, structs out.
#pragma once

#include <weir/codec/fault.hpp>
#include <weir/codec/fields.hpp>
#include <weir/codec/frame_cutter.hpp>
#include <weir/codec/frame_layout.hpp>
#include <weir/codec/payload_reader.hpp>
#include <weir/codec/told.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace weir::codec {

/// The bounds of a `frames`.
struct frames_options {
    /// A frame whose payload is larger than this many bytes is a fault, and not read.
    std::size_t max_payload = std::size_t{1} << 20;
};

/// Reads frames, as `append_frame` writes them, into `T`s.
///
///     codec::frames<trade> in;
///     in.feed(bytes, [&](trade&& t) { book(t); },
///             [&](const codec::fault& f) { log(f.message()); });
///     if (in.broken()) connection.close();
///     in.end(on_value, on_fault);   // a frame that is not whole is a fault
///
/// What comes out: each frame's value or its fault, in order, the same however the bytes are cut. A
/// frame that is whole but not a `T` (`other_schema`, `unknown_value`, `wrong_size`) is passed
/// over. After any other fault it is not known where the next frame begins: the decoder is
/// `broken()` and ignores all that follows.
///
/// std::string_view fields point into `bytes`, or into the decoder for a frame that came in pieces,
/// and die when the callback returns. Nothing is copied to read them.
///
/// A callback that returns `bool` may say no: false stops `feed` behind that value. An exception of
/// a callback passes through; the value or fault it was given is taken.
///
/// Errors: none of its own but std::bad_alloc. Thread-safety: one thread at a time.
/// Cost: a frame is read where it stands; only one that was cut is copied. Holds at most one frame
/// of `max_payload` bytes.
template <described T>
class frames {
public:
    using value_type = T;

    explicit frames(frames_options options = {}) noexcept
        : cutter_(schema_id<T>, options.max_payload) {}

    /// Takes in `bytes`, and hands on what they complete.
    /// \return how many bytes were taken: all of them, unless a callback said no; feed it the rest
    ///         then.
    template <class OnValue, class OnFault>
    std::size_t feed(std::string_view bytes, OnValue&& on_value, OnFault&& on_fault) {
        std::size_t at = 0;
        for (;;) {
            const auto found = cutter_.next(bytes, at);
            if (found == frame_cutter::found::nothing) return at;
            if (!tell(found, on_value, on_fault)) return at;
        }
    }

    /// Says that no more will come.
    /// \return false when a callback said no (it was told all there was, though)
    template <class OnValue, class OnFault>
    bool end(OnValue&& on_value, OnFault&& on_fault) {
        const auto found = cutter_.end();
        return found == frame_cutter::found::nothing || tell(found, on_value, on_fault);
    }

    /// True when it cannot go on, and ignores further bytes.
    bool broken() const noexcept { return cutter_.broken(); }

    /// How many bytes of an incomplete frame it holds.
    std::size_t held() const noexcept { return cutter_.held(); }

private:
    template <class OnValue, class OnFault>
    bool tell(frame_cutter::found found, OnValue& on_value, OnFault& on_fault) {
        if (found == frame_cutter::found::fault) return told(on_fault, cutter_.wrong());
        T value{};
        const fault wrong = read_payload(cutter_.payload(), cutter_.payload_offset(), value);
        if (wrong.why != cause::none) return told(on_fault, wrong);
        return told(on_value, std::move(value));
    }

    frame_cutter cutter_;
};

}  // namespace weir::codec
