/// table_update: one change of a table, as an item of a stream.
#pragma once

#include <weir/core/usable_key.hpp>

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <utility>
#include <variant>

namespace weir {

/// The version of a table: 0 before its first snapshot is complete, 1 after that, and one more with
/// each later change. A change is of one entry or of the whole table.
using table_version = std::uint64_t;

/// One change of a table of `V` by `K`, or the signal that its snapshot is complete.
///
///     using rate_update = weir::table_update<std::string, double>;
///     rate_update::put("EUR", 1.08)      // add or replace
///     rate_update::remove("EUR")         // nothing happens if it is not there
///     rate_update::complete()            // the snapshot is complete: items may pass
///     rate_update::start_over()          // forget all; another snapshot follows
///     rate_update::replace(entries)      // all of it at once, by a snapshot that is complete
///
/// `start_over` is for a feed that has reconnected: entries removed meanwhile must go, so the join
/// waits again until the new snapshot is complete. `replace` is for a source that has the whole
/// table, such as a file that was read again: the join does not wait, and no item sees a
/// half-filled table.
template <class K, class V>
class table_update {
    struct put_entry {
        K key;
        V value;
    };
    struct remove_entry {
        K key;
    };
    struct snapshot_complete {};
    struct new_snapshot {};

public:
    using key_type = K;
    using mapped_type = V;
    using table_type = absl::flat_hash_map<K, V>;

    static table_update put(K key, V value) {
        return table_update(put_entry{std::move(key), std::move(value)});
    }
    static table_update remove(K key) { return table_update(remove_entry{std::move(key)}); }
    static table_update complete() { return table_update(snapshot_complete{}); }
    static table_update start_over() { return table_update(new_snapshot{}); }
    /// Swaps the table and `entries`, which is fast. The old table is freed with the last copy of
    /// the pointer. If you keep a copy until the next `replace`, the join does not spend time
    /// freeing a large table. `std::invalid_argument` for a null pointer.
    static table_update replace(std::shared_ptr<table_type> entries) {
        if (!entries) throw std::invalid_argument("weir::table_update: the table is null");
        return table_update(new_entries{std::move(entries)});
    }

    /// Makes the change. On return, `complete` tells whether the table's snapshot is complete.
    /// Throws `unusable_key_error` if a `put` has a key that does not equal itself.
    void apply(table_type& table, bool& complete) && {
        if (auto* put = std::get_if<put_entry>(&change_)) {
            check_usable(put->key);
            table.insert_or_assign(std::move(put->key), std::move(put->value));
        } else if (const auto* remove = std::get_if<remove_entry>(&change_)) {
            table.erase(remove->key);
        } else if (const auto* replace = std::get_if<new_entries>(&change_)) {
            table.swap(*replace->entries);
            complete = true;
        } else {
            complete = std::holds_alternative<snapshot_complete>(change_);
            if (!complete) table.clear();
        }
    }

    /// Describes the change without making it, for example to write a journal. Calls one of
    /// `to.put(key, value)`, `to.remove(key)`, `to.complete()`, `to.start_over()` and
    /// `to.replace(entries)`, which gets the table.
    template <class Listener>
    void tell(Listener&& to) const {
        if (const auto* put = std::get_if<put_entry>(&change_)) {
            to.put(put->key, put->value);
        } else if (const auto* remove = std::get_if<remove_entry>(&change_)) {
            to.remove(remove->key);
        } else if (const auto* replace = std::get_if<new_entries>(&change_)) {
            to.replace(std::as_const(*replace->entries));
        } else if (std::holds_alternative<snapshot_complete>(change_)) {
            to.complete();
        } else {
            to.start_over();
        }
    }

private:
    struct new_entries {
        std::shared_ptr<table_type> entries;
    };
    using change =
        std::variant<put_entry, remove_entry, snapshot_complete, new_snapshot, new_entries>;

    explicit table_update(change c) : change_(std::move(c)) {}

    change change_;
};

}  // namespace weir
