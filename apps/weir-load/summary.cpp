#include "summary.hpp"

#include <fmt/format.h>
#include <shared/printable.hpp>

#include "text.hpp"

namespace weir_load {

std::string summary(const load_result& result, const load_state& state, const load_counts& counts) {
    if (result.interrupted && result.rows == 0) {
        return fmt::format("{}: interrupted before a row was loaded; the table people is as it was",
                           result.database.string());
    }
    std::string text = fmt::format("{}: {}{} in {}", result.database.string(),
                                   result.interrupted ? "interrupted after " : "",
                                   counted(result.rows, "row", "rows"), duration(state.seconds));
    // A rate means nothing for a very short load.
    if (state.seconds > 0.1) {
        text += fmt::format(" ({} rows/s)",
                            grouped(static_cast<std::uint64_t>(state.rows_per_second())));
    }
    if (const auto rejected = counts.rejected(); rejected != 0) {
        text += fmt::format("; {} rejected, kept in {}", counted(rejected, "record", "records"),
                            result.rejects.string());
    }
    if (const auto ages = load_counts::get(counts.unread_ages); ages != 0) {
        text += fmt::format("; {} not a whole number, loaded as NULL",
                            counted(ages, "age was", "ages were"));
    }
    if (result.interrupted) {
        text += fmt::format("; {} goes on at line {} (byte {}), and the table people is incomplete",
                            result.input.string(), result.next.line, result.next.offset);
    }
    return weir_apps::printable(text);
}

std::string json_summary(const load_result& result, const load_state& state,
                         const load_counts& counts) {
    const auto rejected = counts.rejected();
    const char* outcome = result.interrupted  ? "interrupted"
                          : counts.complete() ? "complete"
                                              : "rejects";
    return fmt::format(
        R"({{"event":"end","outcome":"{}","input":{},"database":{},{},"bad_records":{},)"
        R"("refused_rows":{},"unread_ages":{},"rejects_file":{},"next_line":{},"next_byte":{},)"
        R"("failed_after":{}}})",
        outcome, json_string(result.input.string()), json_string(result.database.string()),
        json_members(state), load_counts::get(counts.bad_records),
        load_counts::get(counts.refused_rows), load_counts::get(counts.unread_ages),
        rejected ? json_string(result.rejects.string()) : "null", result.next.line,
        result.next.offset,
        result.failed_after.empty() ? "null" : json_string(result.failed_after));
}

std::string json_interrupted(std::string_view why) {
    return fmt::format(R"({{"event":"end","outcome":"interrupted","rows":0,"error":{}}})",
                       json_string(why));
}

std::string json_failure(std::string_view error) {
    return fmt::format(R"({{"event":"end","outcome":"failed","error":{}}})", json_string(error));
}

}  // namespace weir_load
