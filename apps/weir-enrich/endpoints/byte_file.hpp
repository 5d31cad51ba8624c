/// Files as bytes, read and written by plain blocking calls.
#pragma once

#include <weir-enrich/model/endpoint.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir_enrich {

/// A file, or the standard input.
/// Errors: std::system_error, whose text names the file and the cause.
class byte_reader {
public:
    /// Opens it.
    explicit byte_reader(const endpoint& from);
    byte_reader(const byte_reader&) = delete;
    byte_reader& operator=(const byte_reader&) = delete;
    ~byte_reader();

    /// The bytes that are there, at most `most`. None at the end, or after `stop`.
    std::string_view read(std::size_t most);
    /// Ends a `read` that waits for a pipe, within 50 ms. From any thread.
    void stop() noexcept { stopped_.store(true, std::memory_order_relaxed); }

private:
    bool wait() const;
    [[noreturn]] void fail(const char* doing) const;

    std::string name_;
    int file_ = -1;
    std::string block_;
    // A flag that publishes nothing, so relaxed operations are enough.
    std::atomic<bool> stopped_{false};
};

/// A file that is written anew, or the standard output.
/// Errors: std::system_error, whose text names the file and the cause.
class byte_writer {
public:
    /// Opens it. A file keeps its content until `begin`, so a run that cannot open everything
    /// leaves the outputs of an earlier run as they are.
    explicit byte_writer(const endpoint& to);
    byte_writer(byte_writer&& other) noexcept;
    byte_writer& operator=(byte_writer&&) = delete;
    ~byte_writer();

    /// Empties the file. Call it before the first `write`.
    void begin();
    void write(std::string_view bytes);
    /// How many bytes the system has taken, with those of a `write` that failed later.
    std::uint64_t written() const noexcept { return written_; }
    /// Call it at the end: some file systems report only now that the disk is full.
    void close();

private:
    [[noreturn]] void fail(const char* doing) const;

    std::string name_;
    int file_ = -1;
    bool is_standard_ = false;
    std::uint64_t written_ = 0;
};

}  // namespace weir_enrich
