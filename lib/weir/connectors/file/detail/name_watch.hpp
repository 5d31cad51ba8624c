/// \file
/// Notes of the system about the file at a path (inotify). `watch` and `follow` use it.
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

/// Asks for notes of an open file, under any of its names. Thread-safe.
class inode_watch {
public:
    inode_watch(std::shared_ptr<inotify_hub> hub, inotify_hub::listener_ptr target,
                std::uint32_t mask)
        : hub_(std::move(hub)), who_(std::move(target)), mask_(mask) {}

    /// Watches this file from now on, and the previous one no more; -1: no file.
    void set(int fd);

private:
    std::shared_ptr<inotify_hub> hub_;
    inotify_hub::listener_ptr who_;
    std::uint32_t mask_;
    std::uint32_t generation_ = 0;
};

/// Notes of changes of the file to which a path leads, from construction on: of its name, and of
/// the links and directories on the way. When one of those is replaced, the new way is watched. The
/// file need not exist; its directory must. Part of a stream; not thread-safe.
class name_watch {
public:
    /// `of_interest`: the notes wanted of the name besides its appearing and disappearing:
    /// IN_CLOSE_WRITE and so on. Errors: `std::system_error` that names the directory, when it
    /// cannot be watched; `std::invalid_argument` for a path without a name.
    name_watch(const std::filesystem::path& path, std::uint32_t of_interest);
    name_watch(name_watch&&) noexcept = default;
    name_watch& operator=(name_watch&&) = delete;
    ~name_watch();

    /// The next note. A note of the way, or IN_Q_OVERFLOW, means that anything may have changed:
    /// the way was checked again, and the caller must check the file again. Errors:
    /// `std::system_error` when the directory was removed.
    std::optional<file_note> next();
    /// Called when there was no note: true when one may have come meanwhile; otherwise a wake-up is
    /// arranged.
    bool wait(poll_context& cx);

    /// A watch for the file that is opened at the path. It may outlive this object, and then
    /// reports nothing.
    std::shared_ptr<inode_watch> watch_inode(std::uint32_t mask);

private:
    class walk;

    void follow_way();
    bool is_of_way(const file_note& note) const;
    [[noreturn]] void fail(int cause) const;

    std::filesystem::path path_;
    std::string directory_;
    std::string end_;  // the end of the way: the file's own name, behind all links
    std::uint32_t of_interest_;
    std::shared_ptr<inotify_hub> hub_;
    inotify_hub::listener_ptr told_ = std::make_shared<inotify_hub::listener>();
    std::uint32_t generation_ = 0;  // of the watched way
    std::optional<asio::posix::stream_descriptor> input_;
    weir::async_operation<asio::error_code> waiting_;
    std::vector<file_note> notes_;  // taken from the hub; `at_` is the next one
    std::size_t at_ = 0;
};

}  // namespace weir::file::detail
