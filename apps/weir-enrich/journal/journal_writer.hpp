/// Writing of journals.
#pragma once

#include <weir/codec/frame_write.hpp>

#include <weir-enrich/endpoints/byte_file.hpp>
#include <weir-enrich/journal/journal.hpp>
#include <weir-enrich/model/now.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace weir_enrich {

/// A journal that is being written. Used by one thread at a time.
/// Errors: std::system_error, which names the file and the cause.
class journal_writer {
public:
    /// Opens the file; `begin` empties it.
    journal_writer(const std::filesystem::path& file, on_missing missing);

    /// Adds a trade whose result is decided.
    void add(const trade& t);
    void add(const instrument& row) { append(row); }
    void add(const account& row) { append(row); }
    void add(const rate& row) { append(row); }
    void add(const table_event& e) { append(e); }
    /// Adds all rows of a table, which replace its content.
    template <class Table>
    void add_snapshot(table_name name, const Table& rows) {
        add({name, table_change::snapshot, rows.size()});
        for (const auto& [key, row] : rows) add(row);
    }

    /// Call it before the first `flush`, and before anything is added.
    void begin() { to_.begin(); }
    /// Writes what was added. Costs nothing if there is nothing.
    void flush();
    /// Call it at the end. Without it a reader takes the journal for a truncated one.
    void close();

private:
    static constexpr std::size_t enough = std::size_t{64} << 10;

    template <class T>
    void append(const T& what) {
        weir::codec::append_frame(waiting_, what);
        if (waiting_.size() >= enough) flush();
    }

    byte_writer to_;
    std::string waiting_;
    std::int64_t began_ = now();
    std::uint64_t trades_ = 0;
};

/// Adds a `table_update` to the journal.
class table_recorder {
public:
    table_recorder(journal_writer& to, table_name table) : to_(to), table_(table) {}

    template <class Key, class Row>
    void put(const Key& /*in the row*/, const Row& row) {
        to_.add(row);
    }
    void remove(std::uint64_t key) { to_.add({table_, table_change::remove, key}); }
    void complete() { to_.add({table_, table_change::complete, 0}); }
    void start_over() { to_.add({table_, table_change::start_over, 0}); }
    template <class Table>
    void replace(const Table& rows) {
        to_.add_snapshot(table_, rows);
    }

private:
    journal_writer& to_;
    table_name table_;
};

}  // namespace weir_enrich
