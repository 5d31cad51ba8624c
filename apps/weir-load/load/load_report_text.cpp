#include "load_report_text.hpp"

#include <fmt/format.h>
#include <shared/printable.hpp>
#include <weir-load/text.hpp>

namespace weir_load::table_load {

std::string end_text(const options& o, const load_end& end, const load_state& state,
                     const load_counts& counts) {
    const std::string table = fmt::format("{}: table {}", o.database.string(), o.table);
    if (end.interrupted && end.rows == 0) {
        return weir_apps::printable(table + ": interrupted; the table is as it was");
    }
    std::string text =
        fmt::format("{}: {}{} in {}", table, end.interrupted ? "interrupted after " : "",
                    counted(end.rows, "row", "rows"), duration(state.seconds));
    // A rate says nothing of a load that is over at once.
    if (state.seconds > 0.1) {
        const auto rate = static_cast<std::uint64_t>(state.rows_per_second());
        text += fmt::format(" ({} rows/s; most of the time went to {})", grouped(rate),
                            end.reading_share > 0.8 ? "reading the input" : "the database");
    }
    if (end.ignored != 0) {
        text +=
            fmt::format("; {} left out, whose key was taken", counted(end.ignored, "row", "rows"));
    }
    if (const auto rejected = counts.rejected(); rejected != 0) {
        text += fmt::format("; {} rejected, kept in {}, the reasons in {}.reasons.csv",
                            counted(rejected, "record", "records"), end.rejects.string(),
                            end.rejects.string());
    }
    if (end.interrupted) {
        text += fmt::format("; {} goes on at line {} (byte {})", end.next_file, end.next.line,
                            end.next.offset);
    }
    return weir_apps::printable(text);
}

std::string end_json(const options& o, const load_end& end, const load_state& state,
                     const load_counts& counts) {
    const char* const outcome = end.interrupted          ? "interrupted"
                                : counts.rejected() != 0 ? "rejects"
                                                         : "complete";
    return fmt::format(
        R"({{"event":"end","outcome":"{}","database":{},"table":{},"loaded":{},"ignored":{},{},)"
        R"("bad_records":{},"refused_rows":{},"rejects_file":{},"next_file":{},"next_line":{},)"
        R"("next_byte":{},"reading_share":{:.2f},"failed_after":{}}})",
        outcome, json_string(o.database.string()), json_string(o.table), end.rows, end.ignored,
        json_members(state), load_counts::get(counts.bad_records),
        load_counts::get(counts.refused_rows),
        counts.rejected() != 0 ? json_string(end.rejects.string()) : "null",
        end.interrupted ? json_string(end.next_file) : "null", end.next.line, end.next.offset,
        end.reading_share, end.failed_after.empty() ? "null" : json_string(end.failed_after));
}

}  // namespace weir_load::table_load
