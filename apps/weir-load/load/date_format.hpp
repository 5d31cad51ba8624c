/// Dates that are written otherwise than ISO 8601 has it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace weir_load::table_load {

/// Whether the calendar has this day.
bool is_day(int year, int month, int day) noexcept;

/// A day, and a time of day where the text has one.
struct date_time {
    int year = 0;
    int month = 1;
    int day = 1;
    int hour = 0;
    int minute = 0;
    int second = 0;
    std::string_view fraction = {};  ///< digits of a second, as they stand
    bool has_time = false;
};

/// `--date-format`: `%d.%m.%Y`. Of strptime's letters it knows %Y, %y (69 to 99 are 19..), %m, %d,
/// %H, %M, %S, %f (a fraction of a second), %b (Jan) and %%; all other characters stand for
/// themselves. %d, %m, %H, %M and %S take one digit or two.
class date_format {
public:
    /// Throws usage_error for a letter that it does not know, or a format that gives no day.
    explicit date_format(std::string format);

    /// Nothing for what is not written so, or is no day.
    std::optional<date_time> parse(std::string_view text) const noexcept;

    const std::string& text() const noexcept { return format_; }
    bool has_time() const noexcept { return has_time_; }

private:
    std::string format_;
    bool has_time_ = false;
};

/// Writes `2026-12-01`, or with the time `2026-12-01 13:45:00`. Returns how many bytes.
std::size_t write_iso(const date_time& time, bool with_time, std::span<char> to);

}  // namespace weir_load::table_load
