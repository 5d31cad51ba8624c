/// The rows of the table people, and batches of them.
#pragma once

#include <weir/connectors/csv/position.hpp>
#include <weir/connectors/sqlite/row.hpp>
#include <weir/connectors/sqlite/table.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "uuid.hpp"

namespace weir_load {

/// A record of the input: views of its fields.
struct person_fields {
    std::string_view first_name;
    std::string_view last_name;
    std::string_view age;
};

/// The age in a record.
struct read_age {
    enum class form { whole, none, unreadable };

    form what;
    std::int64_t years = 0;
};

/// Reads a whole number of at most 64 bits, with or without a sign (`42`, `+42`, `-1`, `007`);
/// zeros may follow a decimal point (`42.0`). An empty text is no age. Everything else is
/// unreadable, blanks too.
read_age parse_age(std::string_view text) noexcept;

/// A row of people. Its texts are in the memory of its batch, and they overlap: the email begins
/// with the first name, and contains the last name as in the input.
class person {
public:
    std::string_view first_name() const noexcept { return {text_, first_size_}; }
    /// In upper case.
    std::string_view last_name() const noexcept { return {text_ + email_size_, upper_size_}; }
    /// `first.last_age@somemail.com`, or `first.last@somemail.com` without an age. The names are as
    /// in the input.
    std::string_view email() const noexcept { return {text_, email_size_}; }
    std::optional<std::int64_t> age() const noexcept {
        return has_age_ ? std::optional(age_) : std::nullopt;
    }
    const uuid& id() const noexcept { return id_; }
    /// The line of the input on which its record starts.
    std::uint64_t line() const noexcept { return line_; }
    /// The fields from which it was made.
    person_fields source() const noexcept {
        return {first_name(),
                {text_ + first_size_ + 1, last_size_},
                {text_ + email_size_ + upper_size_, age_size_}};
    }

private:
    friend class people_batch;

    uuid id_;
    const char* text_;  // the email, the last name in upper case, the age as in the input
    std::uint32_t first_size_;
    std::uint32_t last_size_;
    std::uint32_t email_size_;
    std::uint32_t upper_size_;
    std::uint32_t age_size_;
    bool has_age_;
    std::int64_t age_;
    std::uint64_t line_;
};

inline void bind_row(weir::sqlite::row_binder& row, const person& p) {
    row(p.id(), p.first_name(), p.last_name(), p.age(), p.email());
}

/// The table for people.
weir::sqlite::table people_table();

/// People and the memory of their texts. Movable; a move does not move the people in memory. Used
/// by one thread at a time.
class people_batch {
public:
    /// The number of people, and of bytes of text, that make a batch full.
    static constexpr std::size_t full_count = 5'000;
    static constexpr std::size_t full_text = std::size_t{2} << 20;

    /// Makes a row of the fields and appends it. `age` is the value of `fields.age`; an age that is
    /// not a whole number becomes NULL. Cost: no allocation, except for a batch's first rows and
    /// for giant ones.
    void add(const person_fields& fields, const read_age& age, const uuid& id, std::uint64_t line);

    bool full() const noexcept { return people_.size() >= full_count || text_size_ >= full_text; }
    std::size_t size() const noexcept { return people_.size(); }
    bool empty() const noexcept { return people_.empty(); }
    auto begin() const noexcept { return people_.begin(); }
    auto end() const noexcept { return people_.end(); }

    /// The position in the input of the first record that is in neither this batch nor an earlier
    /// one.
    weir::csv::position next;

private:
    char* room(std::size_t size);

    std::vector<person> people_;
    std::vector<std::unique_ptr<char[]>> chunks_;
    char* free_ = nullptr;
    std::size_t left_ = 0;
    std::size_t text_size_ = 0;
};

}  // namespace weir_load
