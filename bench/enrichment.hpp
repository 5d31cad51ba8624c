#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <vector>

// The work of the enrich bench, in one place so that weir and the loops by hand do the same: each
// trade with its instrument, of 10,000 that stand still, and with the account of its user, of
// 100,000, of which one changes with every 1,000 trades. The Rust peer does the same, with its own.
namespace bench {

inline constexpr std::uint64_t trades = 5'000'000;
inline constexpr std::uint32_t instruments = 10'000;
inline constexpr std::uint32_t users = 100'000;
inline constexpr std::uint64_t trades_per_update = 1'000;
inline constexpr std::size_t channel_capacity = 1024;

struct trade {
    std::uint64_t id;
    std::uint32_t instrument;
    std::uint32_t user;
    double price;
    std::uint32_t quantity;
    std::uint32_t side;
};

struct instrument {
    std::uint64_t symbol;  // eight characters
    double tick;
};

struct account {
    double fee;
    std::uint32_t tier;
    std::uint32_t version;
};

// No padding in any of these: GCC then builds an item where it is to lie, and not piece by piece on
// the stack from where it would be copied in larger pieces, which processors are slow at.
struct enriched {
    trade what;
    std::uint64_t symbol;
    double tick;
    double fee;
    std::uint32_t tier;
    std::uint32_t version;
};

using instrument_table = absl::flat_hash_map<std::uint32_t, instrument>;
using account_table = absl::flat_hash_map<std::uint32_t, account>;

inline const std::vector<trade>& all_trades() {
    static const std::vector<trade> made = [] {
        std::vector<trade> list;
        list.reserve(trades);
        for (std::uint64_t i = 0; i != trades; ++i) {
            const std::uint64_t dice = i * 0x9e3779b97f4a7c15;
            list.push_back({i, static_cast<std::uint32_t>((dice >> 33) % instruments),
                            static_cast<std::uint32_t>((dice >> 17) % users), 1.0,
                            static_cast<std::uint32_t>(dice >> 60),
                            static_cast<std::uint32_t>(dice & 1)});
        }
        return list;
    }();
    return made;
}

inline instrument_table all_instruments() {
    instrument_table table;
    for (std::uint32_t i = 0; i != instruments; ++i) {
        table.insert_or_assign(i, instrument{i, static_cast<double>(i)});
    }
    return table;
}

inline account_table all_accounts() {
    account_table table;
    for (std::uint32_t i = 0; i != users; ++i) {
        table.insert_or_assign(i, account{static_cast<double>(i), i % 5, 0});
    }
    return table;
}

// The n-th update: whose account, and what it is from then on.
inline std::uint32_t updated_user(std::uint64_t n) {
    return static_cast<std::uint32_t>(n * trades_per_update * 7 % users);
}
inline account updated_account(std::uint64_t n) {
    return {static_cast<double>(n * trades_per_update), 1, 1};
}

inline double use(const enriched& x) {
    return x.fee * x.tick;
}

}  // namespace bench
