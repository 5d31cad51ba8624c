/// Compressed inputs: recognised by what they begin with, whatever they are called.
#pragma once

#include <filesystem>
#include <string_view>

#include "byte_source.hpp"

namespace weir_load::table_load {

enum class compression { none, gzip, zstd };

/// Tells from the first bytes.
compression compression_of(std::string_view head) noexcept;
std::string_view to_string(compression kind) noexcept;
/// Whether this program was built with what reads it.
bool can_decompress(compression kind) noexcept;

/// What `from` holds, decompressed. Several gzip members or zstd frames one after another are one
/// input, as for zcat and zstdcat. Throws csv::file_error for data that are damaged or end too
/// early: a file that was cut off is never taken for a shorter one.
byte_source_ptr decompressed(compression kind, byte_source_ptr from,
                             const std::filesystem::path& path);

}  // namespace weir_load::table_load
