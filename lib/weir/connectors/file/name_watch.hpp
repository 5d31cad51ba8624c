/// \file
/// What the system says of one name in a directory (inotify). `watch` and `follow` are made of it.
#pragma once

#include <weir/connectors/file/owned_fd.hpp>
#include <weir/core/asio.hpp>
#include <weir/core/poll.hpp>
#include <weir/runtime/async_operation.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace weir::file {

/// Notes of what happens to a name, from construction on. The name need not exist, its directory
/// must. Part of a stream; not thread-safe.
class name_watch {
public:
    /// `of_interest`: what is noted, IN_CLOSE_WRITE and the like.
    /// Errors: `std::system_error` that names the directory, when it cannot be watched;
    /// `std::invalid_argument` for a path without a name.
    name_watch(const std::filesystem::path& path, std::uint32_t of_interest);

    /// The next note that has come. IN_Q_OVERFLOW says that some were lost.
    /// Errors: `std::system_error` when the directory is gone.
    std::optional<std::uint32_t> next(poll_context& cx);
    /// When there was none: true when one may have come meanwhile, else a wake-up is arranged.
    bool wait(poll_context& cx);

private:
    bool read();
    [[noreturn]] void fail(int cause) const;

    std::string directory_;
    std::string name_;  // in it
    owned_fd notes_;    // inotify's, until there is an executor
    std::optional<asio::posix::stream_descriptor> input_;
    async_operation<asio::error_code> waiting_;
    std::array<char, 4096> block_{};  // notes that were read, and where they are looked at
    std::size_t at_ = 0;
    std::size_t end_ = 0;
};

}  // namespace weir::file
