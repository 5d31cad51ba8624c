/// \file
/// What the system says of the file at a path (inotify). `watch` and `follow` are made of it.
#pragma once

#include <weir/connectors/file/detail/inotify_hub.hpp>
#include <weir/core/asio.hpp>
#include <weir/core/poll.hpp>
#include <weir/runtime/async_operation.hpp>

#include <asio/posix/stream_descriptor.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir::file::detail {

/// Asks for notes of a file that was opened, by any name. Thread-safe.
class inode_watch {
public:
    inode_watch(std::shared_ptr<inotify_hub> hub, inotify_hub::listener_ptr who, std::uint32_t mask)
        : hub_(std::move(hub)), who_(std::move(who)), mask_(mask) {}

    /// From now on of this file, and of the one before no more; -1: of none.
    void set(int fd);

private:
    std::shared_ptr<inotify_hub> hub_;
    inotify_hub::listener_ptr who_;
    std::uint32_t mask_;
    std::uint32_t generation_ = 0;
};

/// Notes of what happens to the file that a path leads to, from construction on: to its name, and
/// to the links and directories on the way. When one of those becomes another the new way is
/// watched. The file need not exist, its directory must. Part of a stream; not thread-safe.
class name_watch {
public:
    /// `of_interest`: what is noted of the name besides its coming and going: IN_CLOSE_WRITE and
    /// the like.
    /// Errors: `std::system_error` that names the directory, when it cannot be watched;
    /// `std::invalid_argument` for a path without a name.
    name_watch(const std::filesystem::path& path, std::uint32_t of_interest);
    name_watch(name_watch&&) noexcept = default;
    name_watch& operator=(name_watch&&) = delete;
    ~name_watch();

    /// The next note that has come. One of the way, or IN_Q_OVERFLOW, says that anything may have
    /// happened: the way was looked at again, and the file is to be.
    /// Errors: `std::system_error` when the directory is gone.
    std::optional<file_note> next();
    /// When there was none: true when one may have come meanwhile, else a wake-up is arranged.
    bool wait(poll_context& cx);

    /// For the file that is opened there. It may outlive this, and is told of nothing then.
    std::shared_ptr<inode_watch> watch_inode(std::uint32_t mask);

private:
    class walk;

    void follow_way();
    bool is_of_way(const file_note& note) const;
    [[noreturn]] void fail(int cause) const;

    std::filesystem::path path_;
    std::string directory_;
    std::string end_;  // where the way ends: the file's own name, behind all links
    std::uint32_t of_interest_;
    std::shared_ptr<inotify_hub> hub_;
    inotify_hub::listener_ptr told_ = std::make_shared<inotify_hub::listener>();
    std::uint32_t generation_ = 0;  // of the way that is watched
    std::optional<asio::posix::stream_descriptor> input_;
    weir::async_operation<asio::error_code> waiting_;
    std::vector<file_note> notes_;  // that were taken, and where they are looked at
    std::size_t at_ = 0;
};

}  // namespace weir::file::detail
