/// Where the bytes of an input come from, one stage on top of another: the file, what decompresses
/// it, what decodes its text.
#pragma once

#include <weir/runtime/input_file.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace weir_load::table_load {

/// Gives bytes until there are no more. Blocks. Used by one thread at a time.
/// Throws std::system_error and csv::file_error, whose text names the file and the cause.
class byte_source {
public:
    byte_source() = default;
    byte_source(const byte_source&) = delete;
    byte_source& operator=(const byte_source&) = delete;
    virtual ~byte_source() = default;

    /// Fills the front of `to`, which is not empty. Returns how many bytes; 0 at the end.
    virtual std::size_t read(std::span<char> to) = 0;
};

using byte_source_ptr = std::unique_ptr<byte_source>;

/// Reads until `to` holds `size` bytes or the source ends. False: it has ended.
bool read_up_to(byte_source& from, std::string& to, std::size_t size);

/// What all sources of one load share.
struct reading_state {
    /// Makes every read that waits for a pipe end within 50 ms, as if the input had ended.
    std::atomic<bool> stopped{false};
    /// Bytes that were read of the files, compressed as they are.
    std::atomic<std::uint64_t> bytes{0};
};

/// A file, or the standard input for "-".
class file_source : public byte_source {
public:
    file_source(const std::filesystem::path& path, reading_state& state)
        : path_(path), state_(&state) {
        file_.open(path);
    }

    /// Throws csv::file_error also for a file that became shorter while it was read.
    std::size_t read(std::span<char> to) override;

    const weir::input_file& file() const noexcept { return file_; }

private:
    std::filesystem::path path_;
    weir::input_file file_;
    reading_state* state_;
    std::uint64_t read_ = 0;
};

/// Bytes that were read ahead, and then what follows them.
class prefixed_source : public byte_source {
public:
    prefixed_source(std::string begin, byte_source_ptr rest)
        : begin_(std::move(begin)), rest_(std::move(rest)) {}

    std::size_t read(std::span<char> to) override;

private:
    std::string begin_;
    std::size_t given_ = 0;
    byte_source_ptr rest_;
};

}  // namespace weir_load::table_load
