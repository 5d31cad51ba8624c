/// \file
/// Reads structs from frames of bytes.
#pragma once

#include <weir/codec/fields.hpp>
#include <weir/codec/frames_of.hpp>

namespace weir::codec {

/// Reads frames, as `append_frame` writes them, into `T`s.
///
///     codec::frames<trade> in;
///     in.feed(bytes, [&](trade&& t) { book(t); },
///             [&](const codec::fault& f) { log(f.message()); });
///     if (in.broken()) connection.close();
///     in.end(on_value, on_fault);   // a frame that is not whole is a fault
///
/// What comes out: each frame's value or its fault, in order, however the bytes are cut. A frame
/// that is complete but not a `T` (`other_schema`, `unknown_value`, `wrong_size`) is skipped after
/// its fault. After any other fault the start of the next frame is unknown: the decoder is
/// `broken()` and ignores all further bytes.
///
/// std::string_view fields point into `bytes`, or into the decoder if the frame came in pieces.
/// They are valid until the callback returns. Reading them copies nothing.
///
/// A callback may return `bool`: false stops `feed` behind that value. An exception of a callback
/// passes through; its value or fault counts as consumed.
///
/// Errors: none of its own but std::bad_alloc. Thread-safety: one thread at a time. Cost: a frame
/// is read in place; only a frame that was cut is copied. It holds at most one frame of
/// `max_payload` bytes. For frames of several structs in one input see `frames_of`.
template <described T>
class frames : public frames_of<T> {
public:
    using value_type = T;

    using frames_of<T>::frames_of;
};

}  // namespace weir::codec
