/// \file
/// Reads one JSON object into the fields of some struct. The only place that knows simdjson.
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
    /// Without its LF, which stands behind it. `json_reader::padding` bytes behind it may be read.
    std::string_view text;
    std::uint64_t offset = 0;  ///< of its first byte
    std::uint64_t number = 0;  ///< from 1
};

/// Reads objects. Keeps its working memory from one to the next.
class json_reader {
public:
    /// How many bytes behind a line must be readable.
    static constexpr std::size_t padding = 64;

    /// A reader for a struct of these fields, which must outlive it (they are static, as a rule).
    explicit json_reader(std::span<const json_slot> slots);
    ~json_reader();
    json_reader(json_reader&&) noexcept;
    json_reader& operator=(json_reader&&) noexcept;

    /// Reads `line` into `*record`, or says what is wrong: then the record is half filled. Views in
    /// the record point into the line or, where text had to be unescaped, into the reader: they
    /// live until its next call.
    fault read(const json_line& line, void* record);

private:
    struct tools;

    fault read_fields(const json_line& line, void* record);

    std::span<const json_slot> slots_;
    std::unique_ptr<tools> tools_;
};

}  // namespace weir::codec::detail
