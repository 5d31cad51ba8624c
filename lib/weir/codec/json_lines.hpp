/// \file
/// JSON lines in, structs out.
#pragma once

#include <weir/codec/deliver.hpp>
#include <weir/codec/detail/json_reader.hpp>
#include <weir/codec/detail/json_slot.hpp>
#include <weir/codec/detail/line_cutter.hpp>
#include <weir/codec/fault.hpp>
#include <weir/codec/fields.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace weir::codec {

/// The bounds of a `json_lines`.
struct json_lines_options {
    /// A line longer than this many bytes (LF not counted) is a fault, and skipped.
    std::size_t max_line = std::size_t{1} << 20;
};

/// Reads one JSON object a line into a `T`, whose fields are described by `weir_fields`.
///
///     codec::json_lines<trade> lines;
///     lines.feed(bytes, [&](trade&& t) { book(t); },
///                [&](const codec::fault& f) { log(f.message()); });
///     lines.end(on_value, on_fault);   // a last line that has no line end
///
/// What comes out: each line's value or its fault, in order, the same however the bytes are cut.
/// Reading goes on at the next line after a fault. Blank lines are passed over, as is a UTF-8 byte
/// order mark at the very start; LF and CRLF end a line.
///
/// Fields may come in any order. Fields that `T` does not have are ignored, and what is in them is
/// not looked at beyond its brackets and quotes. A field that is no std::optional must be there and
/// not null; an absent or null optional is left as `T{}` has it. A field that stands twice is a
/// fault, as is an integer with a fraction or an exponent, and a number that the field cannot hold.
/// Doubles and floats are read to the nearest value. The line must be UTF-8.
///
/// std::string_view fields point into `bytes` or into the decoder, and die when the callback
/// returns.
///
/// A callback that returns `bool` may say no: false stops `feed` behind that value. An exception of
/// a callback passes through; the value or fault it was given is taken.
///
/// Errors: none of its own but std::bad_alloc. Thread-safety: one thread at a time.
/// Cost: a line is parsed where it stands in `bytes`; only one that was cut, or ends within 64
/// bytes of the end of `bytes`, is copied. Nothing is allocated once the longest line was seen.
/// Holds at most a line of `max_line` bytes, and about 5 times the longest line seen for the
/// parser.
template <described T>
class json_lines {
public:
    using value_type = T;

    explicit json_lines(json_lines_options options = {})
        : cutter_(options.max_line), reader_(detail::json_slots<T>) {}

    /// Takes in `bytes`, and hands on what they complete.
    /// \return how many bytes were taken: all of them, unless a callback said no; feed it the rest
    ///         then.
    template <class OnValue, class OnFault>
    std::size_t feed(std::string_view bytes, OnValue&& on_value, OnFault&& on_fault) {
        std::size_t at = 0;
        for (;;) {
            const auto found = cutter_.next(bytes, at);
            if (found == detail::line_cutter::found::nothing) return at;
            if (!tell(found, on_value, on_fault)) return at;
        }
    }

    /// Says that no more will come.
    /// \return false when a callback said no (it was told all there was, though)
    template <class OnValue, class OnFault>
    bool end(OnValue&& on_value, OnFault&& on_fault) {
        const auto found = cutter_.end();
        return found == detail::line_cutter::found::nothing || tell(found, on_value, on_fault);
    }

    /// Where the value stands that was handed on last, as a fault without a cause: for who finds
    /// that it was read, but makes no sense.
    fault place() const noexcept {
        return {cause::none, cutter_.line().offset, cutter_.line().number};
    }

    /// How many bytes of an incomplete line it holds.
    std::size_t held() const noexcept { return cutter_.held(); }

private:
    template <class OnValue, class OnFault>
    bool tell(detail::line_cutter::found found, OnValue& on_value, OnFault& on_fault) {
        if (found == detail::line_cutter::found::too_long)
            return deliver(on_fault, cutter_.too_long());
        T value{};
        const fault wrong = reader_.read(cutter_.line(), &value);
        if (wrong.why != cause::none) return deliver(on_fault, wrong);
        return deliver(on_value, std::move(value));
    }

    detail::line_cutter cutter_;
    detail::json_reader reader_;
};

}  // namespace weir::codec
