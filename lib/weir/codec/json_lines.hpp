/// \file
/// Reads structs from JSON lines.
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

/// The limits of a `json_lines`.
struct json_lines_options {
    /// A line longer than this many bytes (without its LF) is a fault and is skipped.
    std::size_t max_line = std::size_t{1} << 20;
};

/// Reads one JSON object a line into a `T`, whose fields `weir_fields` describes.
///
///     codec::json_lines<trade> lines;
///     lines.feed(bytes, [&](trade&& t) { book(t); },
///                [&](const codec::fault& f) { log(f.message()); });
///     lines.end(on_value, on_fault);   // a last line that has no line end
///
/// What comes out: each line's value or its fault, in order, however the bytes are cut. After a
/// fault, reading continues with the next line. Blank lines are skipped, as is a UTF-8 byte order
/// mark at the very start. LF and CRLF end a line.
///
/// Fields may come in any order. Fields that `T` does not have are ignored; of their contents only
/// brackets and quotes are checked. A field that is no std::optional must be present and not null.
/// An optional that is absent or null keeps its value in `T{}`. A field that occurs twice is a
/// fault, as is an integer with a fraction or an exponent, and a number that the field cannot hold.
/// Doubles and floats are read to the nearest value. The line must be UTF-8.
///
/// std::string_view fields point into `bytes` or into the decoder. They are valid until the
/// callback returns.
///
/// A callback may return `bool`: false stops `feed` behind that value. An exception of a callback
/// passes through; its value or fault counts as consumed.
///
/// Errors: none of its own but std::bad_alloc. Thread-safety: one thread at a time.
/// Cost: a line is parsed in place in `bytes`. A line is copied only if it was cut, or ends within
/// 64 bytes of the end of `bytes`. Nothing is allocated once the longest line was seen. It holds at
/// most a line of `max_line` bytes; the parser holds about 5 times the longest line seen.
template <described T>
class json_lines {
public:
    using value_type = T;

    explicit json_lines(json_lines_options options = {})
        : cutter_(options.max_line), reader_(detail::json_slots<T>) {}

    /// Decodes `bytes`, and calls back with the values and faults that they complete.
    /// \return how many bytes were consumed: all of them, unless a callback returned false. Then
    ///         feed the rest again.
    template <class OnValue, class OnFault>
    std::size_t feed(std::string_view bytes, OnValue&& on_value, OnFault&& on_fault) {
        std::size_t at = 0;
        for (;;) {
            const auto found = cutter_.next(bytes, at);
            if (found == detail::line_cutter::found::nothing) return at;
            if (!tell(found, on_value, on_fault)) return at;
        }
    }

    /// Reports the end of the input.
    /// \return false when a callback returned false (everything was delivered nevertheless)
    template <class OnValue, class OnFault>
    bool end(OnValue&& on_value, OnFault&& on_fault) {
        const auto found = cutter_.end();
        return found == detail::line_cutter::found::nothing || tell(found, on_value, on_fault);
    }

    /// The position of the value that was delivered last, as a fault without a cause. Use it to
    /// report a value that could be read but makes no sense.
    fault place() const noexcept {
        return {cause::none, cutter_.line().offset, cutter_.line().number};
    }

    /// The number of bytes held of an incomplete line.
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
