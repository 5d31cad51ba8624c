/// Counts and log lines about the connections of a port.
#pragma once

#include <weir/connectors/tcp/listener.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace weir_enrich {

/// Any thread adds and reads. The numbers order nothing, so relaxed operations are enough.
class connection_counts {
public:
    void refuse() noexcept { refused_.fetch_add(1, std::memory_order_relaxed); }
    void idle() noexcept { idle_.fetch_add(1, std::memory_order_relaxed); }
    void cut_short() noexcept { cut_short_.fetch_add(1, std::memory_order_relaxed); }

    /// Turned away because the port had its maximum of connections.
    std::uint64_t refused() const noexcept { return refused_.load(std::memory_order_relaxed); }
    /// Cut off because they sent or took nothing while others wanted to connect.
    std::uint64_t idled() const noexcept { return idle_.load(std::memory_order_relaxed); }
    /// Subscribers that did not take their last bytes in time when the run ended.
    std::uint64_t cut_shorts() const noexcept { return cut_short_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> refused_{0};
    std::atomic<std::uint64_t> idle_{0};
    std::atomic<std::uint64_t> cut_short_{0};
};

/// Limits frequent messages: lets some through each second and counts the rest. One thread at a
/// time.
class message_limit {
public:
    explicit message_limit(std::uint64_t a_second) : most_(a_second) {}

    /// True when one more message may be logged at `time`, in nanoseconds.
    bool admits(std::int64_t time);
    /// How many messages were left out since the last call.
    std::uint64_t take_left_out();
    /// True when no message was logged yet in the second of `time`.
    bool begins(std::int64_t time) const noexcept { return second_of(time) != second_; }

private:
    static std::int64_t second_of(std::int64_t time) noexcept { return time / 1'000'000'000; }

    std::uint64_t most_;
    std::int64_t second_ = -1;
    std::uint64_t told_ = 0;  // in this second
    std::uint64_t left_out_ = 0;
};

/// Logs the events of one port's connections: at most ten lines a second, and how many were left
/// out. Used on the strand of the port.
class connection_log {
public:
    /// `what`: "client", "accounts: client". `tell` is called with each line.
    connection_log(std::string what, std::function<void(const std::string&)> tell);
    connection_log(const connection_log&) = delete;
    connection_log& operator=(const connection_log&) = delete;
    ~connection_log();

    void add(const weir::tcp::endpoint& peer, std::string_view change);

private:
    void tell_left_out();

    std::string what_;
    std::function<void(const std::string&)> tell_;
    message_limit limit_{10};
};

}  // namespace weir_enrich
