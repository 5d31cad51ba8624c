/// \file
/// Cuts bytes into lines, however the bytes are split. Users meet `json_lines` only.
#pragma once

#include <weir/codec/detail/json_reader.hpp>
#include <weir/codec/fault.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace weir::codec::detail {

/// Delivers the lines that are not blank, each with padding behind it. A line that lies whole in
/// the bytes, but not at their very end, is not copied. Other lines are assembled in a buffer that
/// is at most as large as the longest line.
class line_cutter {
public:
    enum class found : std::uint8_t {
        nothing,   ///< all bytes are consumed; more are needed
        line,      ///< `line()` is the next line
        too_long,  ///< `too_long()` says which line
    };

    explicit line_cutter(std::size_t max_line) noexcept : max_line_(max_line) {}

    /// Continues in `bytes` at `at`, and moves `at` past the bytes it consumed.
    found next(std::string_view bytes, std::size_t& at);

    /// The same at the end of the input: the last line needs no line end.
    found end();

    const json_line& line() const noexcept { return line_; }
    fault too_long() const noexcept { return {cause::line_too_long, line_.offset, line_.number}; }

    /// The number of bytes held of an incomplete line.
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
    std::uint64_t next_offset_ = 0;  // of the next line
    std::uint64_t next_number_ = 1;
    std::uint64_t skipped_ = 0;  // bytes of a line that is too long
    json_line line_;
};

}  // namespace weir::codec::detail
