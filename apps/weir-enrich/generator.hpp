/// Trades and tables out of nothing, the same for the same seed.
#pragma once

#include <cstdint>
#include <memory>

#include "rows.hpp"
#include "texts.hpp"
#include "trade.hpp"

namespace weir_enrich {

/// Random numbers: splitmix64. Not for secrets.
class dice {
public:
    explicit dice(std::uint64_t seed) noexcept : state_(seed) {}
    std::uint64_t next() noexcept {
        std::uint64_t x = state_ += 0x9e3779b97f4a7c15;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }
    std::uint32_t below(std::uint32_t n) noexcept {
        return static_cast<std::uint32_t>((next() >> 32) * n >> 32);
    }
    /// From 0 on, below 1.
    double fraction() noexcept { return static_cast<double>(next() >> 11) * 0x1p-53; }

private:
    std::uint64_t state_;
};

/// How large the built-in tables are.
inline constexpr std::uint32_t built_in_instruments = 10'000;
inline constexpr std::uint32_t built_in_accounts = 100'000;

/// Makes trades, one after the other: a few instruments and users have most of them, as by Zipf's
/// law, and the price of each instrument walks. Event times start in 2026 and are `gap` apart.
class trade_generator {
public:
    trade_generator(std::uint64_t seed, std::int64_t gap);

    trade next();
    std::uint64_t made() const noexcept { return made_; }

private:
    dice dice_;
    std::int64_t gap_;
    std::uint64_t made_ = 0;
};

std::shared_ptr<instrument_table> make_instruments(std::uint64_t seed, texts& texts);
std::shared_ptr<account_table> make_accounts(std::uint64_t seed, texts& texts);
std::shared_ptr<rate_table> make_rates(texts& texts);

/// An account that the generator has made, as it becomes: with another tier and fee.
account changed_account(account a, dice& d, texts& texts);

}  // namespace weir_enrich
