#include <weir/connectors/csv/foreign.hpp>

#include <array>

namespace weir::csv {
namespace {

using namespace std::string_view_literals;

struct format {
    std::string_view begin;
    std::string_view what;
};

constexpr auto utf16 =
    "this is UTF-16 and must be UTF-8: convert it first, with iconv -f UTF-16 -t UTF-8 say"sv;

// Little-endian UTF-32 begins with the same bytes as UTF-16, so it is listed before UTF-16.
constexpr std::array formats = {
    format{"\x1f\x8b"sv,
           "this is compressed by gzip and no CSV: decompress it first, with zcat say"},
    format{"PK\x03\x04"sv, "this is a zip archive, or a workbook, and no CSV: export it as CSV"},
    format{"\xfd"
           "7zXZ"sv,
           "this is compressed by xz and no CSV: decompress it first, with xzcat say"},
    format{"\x28\xb5\x2f\xfd"sv,
           "this is compressed by zstd and no CSV: decompress it first, with zstdcat say"},
    format{"BZh91AY"sv,
           "this is compressed by bzip2 and no CSV: decompress it first, with bzcat say"},
    format{"\xff\xfe\0\0"sv, "this is UTF-32 and must be UTF-8: convert it first, with iconv say"},
    format{"\xff\xfe"sv, utf16},
    format{"\xfe\xff"sv, utf16},
};

}  // namespace

std::string_view foreign_format(std::string_view head) noexcept {
    for (const format& f : formats) {
        if (head.starts_with(f.begin)) return f.what;
    }
    return {};
}

}  // namespace weir::csv
