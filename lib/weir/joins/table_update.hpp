/// What a stream of updates says about a table.
#pragma once

#include <utility>
#include <variant>

namespace weir {

/// One change of a table of `V` by `K`, or the word that its snapshot is complete.
///
///     using rate_update = weir::table_update<std::string, double>;
///     rate_update::put("EUR", 1.08)      // add or replace
///     rate_update::remove("EUR")         // nothing happens if it is not there
///     rate_update::complete()            // the snapshot is complete: items may pass
///     rate_update::start_over()          // forget all; another snapshot follows
///
/// `start_over` is for a feed that was connected anew: what was removed meanwhile must go, and the
/// join waits again until the new snapshot is complete.
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
    using change = std::variant<put_entry, remove_entry, snapshot_complete, new_snapshot>;

public:
    using key_type = K;
    using mapped_type = V;

    static table_update put(K key, V value) {
        return table_update(put_entry{std::move(key), std::move(value)});
    }
    static table_update remove(K key) { return table_update(remove_entry{std::move(key)}); }
    static table_update complete() { return table_update(snapshot_complete{}); }
    static table_update start_over() { return table_update(new_snapshot{}); }

    /// Makes the change. `complete` says on return whether the table's snapshot is.
    template <class Table>
    void apply(Table& table, bool& complete) && {
        if (auto* put = std::get_if<put_entry>(&change_)) {
            table.insert_or_assign(std::move(put->key), std::move(put->value));
        } else if (const auto* remove = std::get_if<remove_entry>(&change_)) {
            table.erase(remove->key);
        } else {
            complete = std::holds_alternative<snapshot_complete>(change_);
            if (!complete) table.clear();
        }
    }

private:
    explicit table_update(change c) : change_(std::move(c)) {}

    change change_;
};

}  // namespace weir
