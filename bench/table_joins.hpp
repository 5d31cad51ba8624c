#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>

// The work of the latest_join bench, in one place so that weir and the loop by hand do the same:
// each trade is valued by the terms of its account, in a table of 10,000 that does not change, and
// by the price of its security, in one of 100,000, of which one changes with every 1,000 trades.
namespace bench {

inline constexpr std::uint64_t trades = 20'000'000;
inline constexpr std::uint64_t accounts = 10'000;
inline constexpr std::uint64_t securities = 100'000;
inline constexpr std::uint64_t trades_per_update = 1'000;

using table = absl::flat_hash_map<std::uint64_t, std::uint64_t>;

inline std::uint64_t scatter(std::uint64_t x) {
    x *= 0x9e3779b97f4a7c15;
    return x ^ (x >> 32);
}

struct trade {
    std::uint64_t account;
    std::uint64_t security;
    std::uint64_t amount;
};
inline trade trade_number(std::uint64_t n) {
    const std::uint64_t dice = scatter(n);
    return {dice % accounts, (dice >> 20) % securities, n & 1023};
}

inline table numbered(std::uint64_t size) {
    table t;
    for (std::uint64_t i = 0; i < size; ++i) t.insert_or_assign(i, i + 1);
    return t;
}

inline std::uint64_t changed_security(std::uint64_t update) {
    return scatter(~update) % securities;
}

}  // namespace bench
