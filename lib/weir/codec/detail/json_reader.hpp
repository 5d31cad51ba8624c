/// \file
/// Reads one JSON object into the fields of a struct. Only this file and its source use simdjson.
#pragma once

#include <weir/codec/detail/json_slot.hpp>
#include <weir/codec/fault.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace weir::codec::detail {

/// One line of the input.
struct json_line {
    /// Without its LF, which follows the text. Up to `json_reader::padding` bytes behind it may be
    /// read.
    std::string_view text;
    std::uint64_t offset = 0;  ///< of its first byte
    std::uint64_t number = 0;  ///< from 1
};

/// Reads objects. Its working memory is reused for each object.
class json_reader {
public:
    /// The number of bytes that must be readable behind a line.
    static constexpr std::size_t padding = 64;

    /// A reader for a struct of these fields. They must outlive it (usually they are static).
    explicit json_reader(std::span<const json_slot> slots);
    ~json_reader();
    json_reader(json_reader&&) noexcept;
    json_reader& operator=(json_reader&&) noexcept;

    /// Reads `line` into `*record`, or returns a fault; the record is then half filled. Views in
    /// the record point into the line or, if text was unescaped, into the reader. They are valid
    /// until the next call.
    fault read(const json_line& line, void* record);

private:
    struct tools;

    fault read_fields(const json_line& line, void* record);

    std::span<const json_slot> slots_;
    std::unique_ptr<tools> tools_;
};

}  // namespace weir::codec::detail
