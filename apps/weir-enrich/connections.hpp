/// What is told and counted of the connections of a port.
#pragma once

#include <weir/connectors/tcp/listener.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace weir_enrich {

/// For the books. Any thread adds and reads; the numbers order nothing, so relaxed does.
class connection_counts {
public:
    void refuse() noexcept { refused_.fetch_add(1, std::memory_order_relaxed); }
    void idle() noexcept { idle_.fetch_add(1, std::memory_order_relaxed); }
    void cut_short() noexcept { cut_short_.fetch_add(1, std::memory_order_relaxed); }

    /// Turned away: there were as many as may be.
    std::uint64_t refused() const noexcept { return refused_.load(std::memory_order_relaxed); }
    /// Cut off for being silent, or for taking nothing, when others needed the place.
    std::uint64_t idled() const noexcept { return idle_.load(std::memory_order_relaxed); }
    /// Subscribers that did not take the rest in time, at the end.
    std::uint64_t cut_shorts() const noexcept { return cut_short_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> refused_{0};
    std::atomic<std::uint64_t> idle_{0};
    std::atomic<std::uint64_t> cut_short_{0};
};

/// Messages of which there may be very many: so many a second are let through, and the rest is
/// counted. One thread at a time.
class message_limit {
public:
    explicit message_limit(std::uint64_t a_second) : most_(a_second) {}

    /// True when one more may be told at `time`, in nanoseconds.
    bool admits(std::int64_t time);
    /// How many were not since this was asked before.
    std::uint64_t take_left_out();
    /// True when a second begins at `time` of which nothing was told yet.
    bool begins(std::int64_t time) const noexcept { return second_of(time) != second_; }

private:
    static std::int64_t second_of(std::int64_t time) noexcept { return time / 1'000'000'000; }

    std::uint64_t most_;
    std::int64_t second_ = -1;
    std::uint64_t told_ = 0;  // in this second
    std::uint64_t left_out_ = 0;
};

/// Logs what happens to the connections of one port: ten lines a second at the most, and how many
/// were left out. On the strand of the port.
class connection_log {
public:
    /// `what`: "client", "accounts: client". `tell` is given the lines.
    connection_log(std::string what, std::function<void(const std::string&)> tell);
    connection_log(const connection_log&) = delete;
    connection_log& operator=(const connection_log&) = delete;
    ~connection_log();

    void add(const weir::tcp::endpoint& who, std::string_view change);

private:
    void tell_left_out();

    std::string what_;
    std::function<void(const std::string&)> tell_;
    message_limit limit_{10};
};

}  // namespace weir_enrich
