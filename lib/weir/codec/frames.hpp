/// \file
/// Frames of bytes in, structs out.
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
/// of `max_payload` bytes. For frames of several structs in one input see `frames_of`.
template <described T>
class frames : public frames_of<T> {
public:
    using value_type = T;

    using frames_of<T>::frames_of;
};

}  // namespace weir::codec
