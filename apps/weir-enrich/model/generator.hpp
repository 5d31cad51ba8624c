/// Generated trades and tables. The same seed gives the same ones.
#pragma once

#include <weir-enrich/model/rows.hpp>
#include <weir-enrich/model/string_pool.hpp>
#include <weir-enrich/model/trade.hpp>

#include <cstdint>
#include <memory>

namespace weir_enrich {

/// Random numbers: splitmix64. Not fit for secrets.
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
    /// From 0 to below 1.
    double fraction() noexcept { return static_cast<double>(next() >> 11) * 0x1p-53; }

private:
    std::uint64_t state_;
};

/// How large the built-in tables are.
inline constexpr std::uint32_t built_in_instruments = 10'000;
inline constexpr std::uint32_t built_in_accounts = 100'000;

/// Makes one trade after the other. By Zipf's law a few instruments and users have most of them.
/// The price of each instrument is a random walk. Event times start in 2026 and are `gap` apart.
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

std::shared_ptr<instrument_table> make_instruments(std::uint64_t seed, string_pool& strings);
std::shared_ptr<account_table> make_accounts(std::uint64_t seed, string_pool& strings);
std::shared_ptr<rate_table> make_rates(string_pool& strings);

/// A generated account with another tier and fee.
account changed_account(account a, dice& d, string_pool& strings);

}  // namespace weir_enrich
