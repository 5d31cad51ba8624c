/// As much of a terminal as a live view needs: a screen that is written to.
#pragma once

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace weir_enrich_test {

/// Rows of characters, a cursor, and what has left the screen at the top. It knows the escape
/// sequences CSI A, H, J, K and throws for others; a line that is longer than a row goes on in the
/// next one, as it does on terminals; a line feed returns the carriage, as a tty makes it.
class terminal_model {
public:
    terminal_model(int columns, int rows) : columns_(columns), rows_(rows), screen_(empty_rows()) {}

    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            if (bytes[0] == '\x1b') {
                bytes.remove_prefix(control(bytes));
            } else if (static_cast<unsigned char>(bytes[0]) < ' ') {
                move(bytes[0]);
                bytes.remove_prefix(1);
            } else {
                const std::size_t size = size_of(bytes);
                put(bytes.substr(0, size));
                bytes.remove_prefix(size);
            }
        }
    }

    /// Rows are cut, or have room to the right; those that have no room any more leave at the top.
    void resize(int columns, int rows) {
        columns_ = columns;
        while (static_cast<int>(screen_.size()) > rows) scroll_out();
        rows_ = rows;
        screen_.resize(static_cast<std::size_t>(rows));
        for (auto& row : screen_) row.resize(static_cast<std::size_t>(columns), " ");
        row_ = std::min(row_, rows - 1);
        column_ = std::min(column_, columns - 1);
    }

    /// A row of the screen, without the spaces at its end.
    std::string line(int row) const { return text_of(screen_.at(static_cast<std::size_t>(row))); }
    /// The rows of the screen up to the last that is not empty.
    std::vector<std::string> lines() const {
        std::vector<std::string> all;
        for (const auto& row : screen_) all.push_back(text_of(row));
        while (!all.empty() && all.back().empty()) all.pop_back();
        return all;
    }
    /// What has left at the top, and then the rows.
    std::vector<std::string> all_lines() const {
        std::vector<std::string> all = gone_;
        for (const std::string& l : lines()) all.push_back(l);
        return all;
    }
    int row() const { return row_; }
    int column() const { return column_; }

private:
    using cells = std::vector<std::string>;  // the second of a wide character is empty

    std::vector<cells> empty_rows() const {
        return std::vector<cells>(std::size_t(rows_), blank());
    }
    cells blank() const { return cells(static_cast<std::size_t>(columns_), " "); }
    static std::string text_of(const cells& row) {
        std::string text;
        for (const std::string& c : row) text += c;
        text.erase(text.find_last_not_of(' ') + 1);
        return text;
    }

    static std::size_t size_of(std::string_view bytes) {
        const auto first = static_cast<unsigned char>(bytes[0]);
        const std::size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        return std::min(size, bytes.size());
    }
    // Those that the tests have.
    static int width_of(std::string_view character) {
        return character >= "\u3040" && character <= "\u9fff" ? 2 : 1;
    }

    void put(std::string_view character) {
        const int width = width_of(character);
        if (column_ + width > columns_) {
            column_ = 0;
            line_feed();
        }
        auto& row = screen_[static_cast<std::size_t>(row_)];
        row[static_cast<std::size_t>(column_)] = character;
        if (width == 2) row[static_cast<std::size_t>(column_) + 1].clear();
        column_ += width;  // at the most behind the last: then the next character wraps
    }
    void move(char c) {
        if (c == '\r') column_ = 0;
        if (c != '\n') return;
        column_ = 0;
        line_feed();
    }
    void line_feed() {
        if (row_ + 1 != rows_) {
            ++row_;
            return;
        }
        scroll_out();
        --row_;
        screen_.push_back(blank());
        ++row_;
    }
    void scroll_out() {
        gone_.push_back(text_of(screen_.front()));
        screen_.erase(screen_.begin());
    }

    /// Returns how long the sequence is.
    std::size_t control(std::string_view bytes) {
        const std::size_t end = bytes.find_first_not_of("[0123456789;", 1);
        if (end == bytes.npos) throw std::runtime_error("a sequence without an end");
        const std::string digits(bytes.substr(2, end - 2));
        const int n = digits.empty() ? 0 : std::stoi(digits);
        switch (bytes[end]) {
            case 'A':
                if (n > row_) throw std::runtime_error("above the screen");
                row_ -= std::max(1, n);
                break;
            case 'H':
                row_ = column_ = 0;
                break;
            case 'J':
                erase_rows(n);
                break;
            case 'K':
                erase_in_row(n);
                break;
            default:
                throw std::runtime_error("not known: " + std::string(bytes.substr(1, end)));
        }
        return end + 1;
    }
    void erase_rows(int n) {
        if (n == 0) erase_in_row(0);
        const int first = n == 0 ? row_ + 1 : 0;
        for (int r = first; r < rows_; ++r) screen_[static_cast<std::size_t>(r)] = blank();
    }
    void erase_in_row(int n) {
        auto& row = screen_[static_cast<std::size_t>(row_)];
        const int first = n == 0 ? std::min(column_, columns_) : 0;
        std::fill(row.begin() + first, row.end(), " ");
    }

    int columns_;
    int rows_;
    std::vector<cells> screen_;
    std::vector<std::string> gone_;
    int row_ = 0;
    int column_ = 0;
};

}  // namespace weir_enrich_test
