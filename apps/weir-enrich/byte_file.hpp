/// Files as bytes, read and written by plain blocking calls.
#pragma once

#include <atomic>
#include <cstddef>
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
    explicit byte_writer(const place& to);
    byte_writer(byte_writer&& other) noexcept;
    byte_writer& operator=(byte_writer&&) = delete;
    ~byte_writer();

    void write(std::string_view bytes);
    /// To be called at the end: some file systems tell only now that the disk is full.
    void close();

private:
    [[noreturn]] void fail(const char* doing) const;

    std::string name_;
    int file_ = -1;
};

}  // namespace weir_enrich
