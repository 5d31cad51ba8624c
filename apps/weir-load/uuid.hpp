/// Ids: UUIDs of version 7 and 4 as RFC 9562 defines them.
///
/// Implemented here because no library that Debian 12 packages creates version 7.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace weir_load {

/// A UUID as the 16 bytes of the RFC, in big-endian order.
using uuid = std::array<unsigned char, 16>;

/// `017f22e2-79b0-7cc3-98c4-dc0c0c07398f`
std::string to_string(const uuid& id);

/// Random bits of the operating system, fetched in blocks. Not thread-safe. Cost: a system call
/// every 32 calls. Throws std::system_error when the system has none.
class random_source {
public:
    std::uint64_t next();

private:
    // The maximum that one call of getentropy returns.
    std::array<std::uint64_t, 32> block_{};
    std::size_t used_ = 32;
};

/// Milliseconds since 1970, as the timestamp of version 7 counts them.
std::uint64_t unix_milliseconds();

/// Makes UUIDs of version 7: each is greater than the one before, bytewise, however the clock
/// moves. Not thread-safe.
///
/// A UUID has a timestamp of 48 bits, a counter of 26 and 48 random bits. The counter follows RFC
/// 9562 section 6.2, method 1: each millisecond it starts at a random value whose top bit is zero,
/// and it spans rand_a and the first 14 bits of rand_b. If the clock stands still or goes back, the
/// counter continues; if the counter overflows, it borrows the next millisecond.
class uuid7_source {
public:
    using clock = std::uint64_t (*)();

    explicit uuid7_source(clock now = unix_milliseconds) : now_(now) {}

    uuid next();

private:
    static constexpr unsigned counter_bits = 26;
    static constexpr std::uint64_t counter_end = std::uint64_t{1} << counter_bits;

    clock now_;
    random_source random_;
    std::uint64_t milliseconds_ = 0;
    std::uint64_t counter_ = counter_end - 1;
};

/// Makes UUIDs of version 4: 122 random bits. Not thread-safe.
class uuid4_source {
public:
    uuid next();

private:
    random_source random_;
};

}  // namespace weir_load
