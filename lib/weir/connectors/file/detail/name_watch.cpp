#include <weir/connectors/file/detail/name_watch.hpp>
#include <weir/core/asio.hpp>

#include <asio/posix/stream_descriptor.hpp>
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <deque>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace weir::file::detail {

namespace {

constexpr std::uint32_t coming_and_going = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;
constexpr std::uint32_t of_directories = IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

bool is_link(const std::string& path) {
    struct stat status{};
    return ::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
}

}  // namespace

void inode_watch::set(int fd) {
    const auto held = hub_->hold();
    ++generation_;
    if (fd >= 0) {
        // Without /proc, changes of the file itself are not noted, only those of its name.
        const std::string path = "/proc/self/fd/" + std::to_string(fd);
        hub_->add(who_, path.c_str(), mask_, {}, watched::inode, generation_);
    }
    hub_->remove_older(who_, true, generation_);
}

/// Goes along the path name by name, as the kernel does. It asks for notes of each name before it
/// looks at that name, so no change on the way is missed.
class name_watch::walk {
public:
    explicit walk(name_watch& of) : of_(of), at_(of.path_.is_absolute() ? "/" : ".") {
        push_front(of.path_);
    }

    /// Returns 0, also if the file or the target of a link is missing; or errno if a directory
    /// cannot be watched. Unreadable directories on the way are passed through.
    int to_the_end() {
        constexpr int most_links = 40;
        for (int links = 0; links <= most_links;) {
            const std::string name = left_.front();
            left_.pop_front();
            const std::string here = at_ == "/" ? at_ + name : at_ + '/' + name;
            const bool last = left_.empty();
            const int failed = ask_for(name, last && !is_link(here));
            if (last) of_.end_ = here;
            if (failed != 0 && !(failed == EACCES && !last))
                return links == 0 ? failed : lost(failed);
            if (is_link(here)) {
                ++links;
                if (!go_by_link(here)) return 0;
            } else if (last || ::access(here.c_str(), F_OK) != 0) {
                return 0;
            } else {
                at_ = here;
            }
        }
        return ELOOP;
    }

private:
    /// A link may lead to a directory that does not exist yet.
    static int lost(int failed) { return failed == ENOENT || failed == ENOTDIR ? 0 : failed; }
    int ask_for(const std::string& name, bool last) {
        std::uint32_t mask = coming_and_going | of_directories;
        if (last) mask |= of_.of_interest_;
        return of_.hub_->add(of_.told_, at_.c_str(), mask, name,
                             last ? watched::name : watched::way, of_.generation_);
    }
    bool go_by_link(const std::string& link) {
        std::error_code error;
        const auto target = std::filesystem::read_symlink(link, error);
        if (error || target.empty()) return false;
        if (target.is_absolute()) at_ = "/";
        push_front(target);
        return !left_.empty();
    }
    void push_front(const std::filesystem::path& names) {
        std::deque<std::string> parts;
        for (const auto& part : names) {
            if (part != "/" && part != "." && !part.empty()) parts.push_back(part.string());
        }
        left_.insert(left_.begin(), parts.begin(), parts.end());
    }

    name_watch& of_;
    std::string at_;
    std::deque<std::string> left_;
};

name_watch::name_watch(const std::filesystem::path& path, std::uint32_t of_interest)
    : path_(path),
      directory_(path.has_parent_path() ? path.parent_path().string() : "."),
      of_interest_(of_interest) {
    const auto name = path.filename();
    if (name.empty() || name == "." || name == "..") {
        throw std::invalid_argument("weir::file: '" + path.string() + "' names no file");
    }
    try {
        hub_ = inotify_hub::shared();
    } catch (const std::system_error& e) {
        fail(e.code().value());
    }
    follow_way();
}

name_watch::~name_watch() {
    if (!hub_) return;  // moved from
    hub_->remove(told_);
    told_->waiting.disarm();
}

void name_watch::follow_way() {
    struct stat status{};
    {
        const auto held = hub_->hold();
        ++generation_;
        const int failed = walk(*this).to_the_end();
        hub_->remove_older(told_, false, generation_);
        if (failed != 0) fail(failed);
    }
    if (::stat(directory_.c_str(), &status) != 0) fail(errno);
    if (!S_ISDIR(status.st_mode)) fail(ENOTDIR);
}

std::optional<file_note> name_watch::next() {
    if (at_ == notes_.size()) {
        notes_.clear();
        at_ = 0;
        if (!hub_->take(*told_, notes_)) return std::nullopt;
    }
    const file_note note = notes_[at_++];
    if (!is_of_way(note)) return note;
    follow_way();
    return file_note{note.mask, watched::way};
}

/// A link that replaces the file extends the way.
bool name_watch::is_of_way(const file_note& note) const {
    if (note.of == watched::way) return true;
    const bool came = (note.mask & (IN_CREATE | IN_MOVED_TO)) != 0;
    return note.of == watched::name && came && is_link(end_);
}

bool name_watch::wait(poll_context& cx) {
    if (!input_) {
        owned_fd own(::fcntl(hub_->handle(), F_DUPFD_CLOEXEC, 0));
        if (!own) fail(errno);
        input_.emplace(cx.executor(), own.get());
        own.release();
    }
    told_->waiting.arm(cx.poller());
    if (hub_->take(*told_, notes_)) {  // meanwhile, perhaps because another thread read them
        told_->waiting.disarm();
        return true;
    }
    if (!waiting_.started()) {
        const auto initiate = [this](auto handler) {
            input_->async_wait(asio::posix::stream_descriptor::wait_read, std::move(handler));
        };
        waiting_.start(cx, initiate);
    }
    return waiting_.poll(cx).has_value();
}

std::shared_ptr<inode_watch> name_watch::watch_inode(std::uint32_t mask) {
    return std::make_shared<inode_watch>(hub_, told_, mask);
}

void name_watch::fail(int cause) const {
    throw std::system_error(cause, std::generic_category(),
                            "cannot watch the directory " + directory_);
}

}  // namespace weir::file::detail
