#include <weir/connectors/file/block_reader.hpp>

#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <utility>

namespace weir::file {

block_reader::block_reader(std::filesystem::path path, const read_options& options)
    : path_(std::move(path)), block_size_(options.block_size) {
    if (block_size_ == 0) {
        throw std::invalid_argument("weir::file::read: block_size must be at least 1");
    }
}

void block_reader::open() {
    in_.open(path_);
}

std::string block_reader::next() {
    std::string block(block_size_, '\0');
    block.resize(in_.read(block, stopped_));
    return block;
}

int block_reader::wait_set() const {
    const int set = ::epoll_create1(EPOLL_CLOEXEC);
    epoll_event readable{};
    readable.events = EPOLLIN;
    if (set < 0 || ::epoll_ctl(set, EPOLL_CTL_ADD, in_.get(), &readable) != 0) {
        const int cause = errno;
        if (set >= 0) ::close(set);
        in_.fail("wait for", cause);
    }
    return set;
}

std::optional<std::size_t> block_reader::read_now(std::span<char> to) const {
    const auto got = weir::read_now(in_.get(), to);
    if (!got && errno != EAGAIN) in_.fail("read", errno);
    return got;
}

}  // namespace weir::file
