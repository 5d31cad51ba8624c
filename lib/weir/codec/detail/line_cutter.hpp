/// \file
/// Cuts bytes into lines, whatever pieces they come in. Users meet `json_lines` only.
#pragma once

#include <weir/codec/detail/json_reader.hpp>
#include <weir/codec/fault.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace weir::codec::detail {

/// Hands out the lines that are not blank, each with padding behind it. A line that lies whole in
/// the bytes and is not at their very end is handed out where it is; others are put together in a
/// buffer of at most the longest line's size.
class line_cutter {
public:
    enum class found : std::uint8_t {
        nothing,   ///< all bytes are taken; more are needed
        line,      ///< `line()` is the next one
        too_long,  ///< `too_long()` says where
    };

    explicit line_cutter(std::size_t max_line) noexcept : max_line_(max_line) {}

    /// Goes on in `bytes` at `at`, and moves `at` past what it took.
    found next(std::string_view bytes, std::size_t& at);

    /// The same at the end of the input: a last line needs no line end.
    found end();

    const json_line& line() const noexcept { return line_; }
    fault too_long() const noexcept { return {cause::line_too_long, line_.offset, line_.number}; }

    /// How many bytes it holds.
    std::size_t held() const noexcept { return kept_size_; }

private:
    bool keep(std::string_view part);
    std::string_view take_kept();
    bool begin_line(std::string_view text);

    std::size_t max_line_;
    std::unique_ptr<char[]> kept_;
    std::size_t kept_size_ = 0;
    std::size_t kept_capacity_ = 0;
    bool skipping_ = false;
    std::uint64_t next_offset_ = 0;  // where the line begins that comes next
    std::uint64_t next_number_ = 1;
    std::uint64_t skipped_ = 0;  // of a line too long
    json_line line_;
};

}  // namespace weir::codec::detail
