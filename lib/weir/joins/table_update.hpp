/// What a stream of updates says about a table.
#pragma once

#include <weir/core/usable_key.hpp>

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <utility>
#include <variant>

namespace weir {

/// How often a table has changed since its first snapshot was complete: 0 before, 1 with it, and
/// one more with each change after that, whether it is of one entry or of all of them.
using table_version = std::uint64_t;

/// One change of a table of `V` by `K`, or the word that its snapshot is complete.
///
///     using rate_update = weir::table_update<std::string, double>;
///     rate_update::put("EUR", 1.08)      // add or replace
///     rate_update::remove("EUR")         // nothing happens if it is not there
///     rate_update::complete()            // the snapshot is complete: items may pass
///     rate_update::start_over()          // forget all; another snapshot follows
///     rate_update::replace(entries)      // all of it at once, by a snapshot that is complete
///
/// `start_over` is for a feed that was connected anew: what was removed meanwhile must go, and the
/// join waits again until the new snapshot is complete. `replace` is for who has the whole table (a
/// file that was read again): nobody waits, and no item sees half of it.
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
    /// The table and `entries` change places, in no time. What the table held goes with the last
    /// copy of the pointer: keep one until the next `replace`, and freeing a large table is not the
    /// join's work. `std::invalid_argument` for a null pointer.
    static table_update replace(std::shared_ptr<table_type> entries) {
        if (!entries) throw std::invalid_argument("weir::table_update: the table is null");
        return table_update(new_entries{std::move(entries)});
    }

    /// Makes the change. `complete` says on return whether the table's snapshot is. Throws
    /// `unusable_key_error` where a key that is put does not equal itself.
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

    /// Says what the change is, without making it, for who keeps a journal of them: calls one of
    /// `to.put(key, value)`, `to.remove(key)`, `to.complete()`, `to.start_over()` and
    /// `to.replace(entries)`, which is given the table.
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
