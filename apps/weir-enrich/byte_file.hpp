/// Files as bytes, read and written by plain blocking calls.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "place.hpp"

namespace weir_enrich {

/// A file, or the standard input.
/// Errors: std::system_error, whose text names the file and the cause.
class byte_reader {
public:
    /// Opens it.
    explicit byte_reader(const place& from);
    byte_reader(const byte_reader&) = delete;
    byte_reader& operator=(const byte_reader&) = delete;
    ~byte_reader();

    /// Up to `most` bytes, as many as there are; none at the end, or when it was stopped.
    std::string_view read(std::size_t most);
    /// Makes a `read` that waits for a pipe end within 50 ms. From any thread.
    void stop() noexcept { stopped_.store(true, std::memory_order_relaxed); }

private:
    bool wait() const;
    [[noreturn]] void fail(const char* doing) const;

    std::string name_;
    int file_ = -1;
    std::string block_;
    // Only says "give up"; nothing is published through it, so relaxed does.
    std::atomic<bool> stopped_{false};
};

/// A file that is written anew, or the standard output.
/// Errors: std::system_error, whose text names the file and the cause.
class byte_writer {
public:
    /// Opens it. What is in a file stays there until `begin`: a run that cannot open all it needs
    /// leaves the outputs of the run before as they are.
    explicit byte_writer(const place& to);
    byte_writer(byte_writer&& other) noexcept;
    byte_writer& operator=(byte_writer&&) = delete;
    ~byte_writer();

    /// Empties the file. To be called before the first `write`.
    void begin();
    void write(std::string_view bytes);
    /// How many bytes the system has taken, also of a `write` that failed.
    std::uint64_t written() const noexcept { return written_; }
    /// To be called at the end: some file systems tell only now that the disk is full.
    void close();

private:
    [[noreturn]] void fail(const char* doing) const;

    std::string name_;
    int file_ = -1;
    bool is_standard_ = false;
    std::uint64_t written_ = 0;
};

}  // namespace weir_enrich
