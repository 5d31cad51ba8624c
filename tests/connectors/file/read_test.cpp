// file::read: files, pipes, standard input.

#include <weir/connectors/file/read.hpp>
#include <weir/core/asio.hpp>
#include <weir/runtime/blocking.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/to.hpp>
#include <weir/testing/drive.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "support.hpp"

using namespace weir::testing;
using blocks = std::vector<std::string>;

namespace {

weir::file::read_options blocks_of(std::size_t size) {
    weir::file::read_options options;
    options.block_size = size;
    return options;
}

/// Puts another descriptor in the place of standard input, and itself back.
class standard_input {
public:
    explicit standard_input(int fd) : before_(::dup(STDIN_FILENO)) { ::dup2(fd, STDIN_FILENO); }
    standard_input(const standard_input&) = delete;
    standard_input& operator=(const standard_input&) = delete;
    ~standard_input() {
        ::dup2(before_, STDIN_FILENO);
        ::close(before_);
    }

private:
    int before_;
};

struct pipe_ends {
    pipe_ends() { REQUIRE(::pipe2(fds, O_CLOEXEC) == 0); }
    ~pipe_ends() {
        ::close(fds[0]);
        close();
    }
    void write(std::string_view text) const {
        REQUIRE(::write(fds[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }
    void close() {
        if (fds[1] >= 0) ::close(std::exchange(fds[1], -1));
    }
    int fds[2];
};

}  // namespace

TEST_CASE("a file comes out in blocks, in order and whole") {
    temporary_directory dir;
    write(dir / "file", "abcdefghij");
    weir::runtime rt(1);
    for (const std::size_t size : {1u, 3u, 5u, 10u, 100u}) {
        const auto got =
            rt.run(weir::file::read(dir / "file", blocks_of(size)) | weir::to<std::vector>());
        std::string all;
        for (const auto& b : got) {
            CHECK_FALSE(b.empty());
            CHECK(b.size() <= size);
            all += b;
        }
        CHECK(all == "abcdefghij");
    }
}

TEST_CASE("an empty file ends at once") {
    temporary_directory dir;
    write(dir / "file", "");
    weir::runtime rt(1);
    CHECK(rt.run(weir::file::read(dir / "file") | weir::to<std::vector>()).empty());
}

TEST_CASE("what cannot be read is named, with the cause") {
    temporary_directory dir;
    weir::runtime rt(1);
    const auto reading = [&](const std::filesystem::path& path) {
        try {
            rt.run(weir::file::read(path) | weir::to<std::vector>());
        } catch (const std::system_error& e) {
            CHECK(std::string(e.what()).find(path.string()) != std::string::npos);
            return std::make_error_condition(static_cast<std::errc>(e.code().value()));
        }
        return std::error_condition();
    };
    CHECK(reading(dir / "none") == std::errc::no_such_file_or_directory);
    CHECK(reading(dir.path()) == std::errc::is_a_directory);
    CHECK_THROWS_AS(static_cast<void>(weir::file::read("x", blocks_of(0))), std::invalid_argument);
}

TEST_CASE("what comes by a pipe comes out at once, and is waited for before there is a writer") {
    temporary_directory dir;
    asio::io_context io;
    weir::set_blocking_executor(io, io.get_executor());  // all on this thread
    const std::string path = (dir / "pipe").string();
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    blocks seen;
    auto store = weir::for_each([&](std::string&& b) { seen.push_back(std::move(b)); });
    auto reading = start(io, weir::file::read(path) | std::move(store));
    settle(io);
    CHECK_FALSE(reading->done);
    const int writer = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    REQUIRE(::write(writer, "one", 3) == 3);
    settle(io);
    CHECK(seen == blocks{"one"});
    REQUIRE(::write(writer, "two", 3) == 3);
    settle(io);
    CHECK(seen == blocks{"one", "two"});
    ::close(writer);
    settle(io);
    CHECK_NOTHROW(reading->get());
}

TEST_CASE("standard input may be a pipe, which stays as it is for others, or a file, read on") {
    asio::io_context io;
    weir::set_blocking_executor(io, io.get_executor());
    {
        pipe_ends ends;
        const standard_input in(ends.fds[0]);
        ends.write("piped");
        auto reading = start(io, weir::file::read("-") | weir::to<std::vector>());
        settle(io);
        CHECK_FALSE(reading->done);
        CHECK((::fcntl(ends.fds[0], F_GETFL) & O_NONBLOCK) == 0);
        ends.close();
        settle(io);
        CHECK(reading->get() == blocks{"piped"});
    }
    temporary_directory dir;
    write(dir / "file", "skipped read");
    const int file = ::open((dir / "file").c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(::lseek(file, 8, SEEK_SET) == 8);
    {
        const standard_input in(file);
        CHECK(run(io, weir::file::read("-") | weir::to<std::vector>()) == blocks{"read"});
    }
    ::close(file);
}

TEST_CASE("a pipe that has given exactly a block, and pauses, keeps no thread waiting") {
    temporary_directory dir;
    const std::string path = (dir / "pipe").string();
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    pipe_ends ends;
    int sockets[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) == 0);
    const auto gives_a_block = [](const std::filesystem::path& from, const auto& open_writer) {
        asio::io_context io;
        weir::set_blocking_executor(io, io.get_executor());
        blocks seen;
        auto store = weir::for_each([&](std::string&& b) { seen.push_back(std::move(b)); });
        auto reading = start(io, weir::file::read(from, blocks_of(4)) | std::move(store));
        settle(io);
        const int writer = open_writer();
        REQUIRE(::write(writer, "exac", 4) == 4);
        settle(io);  // returns
        CHECK(seen == blocks{"exac"});
        CHECK_FALSE(reading->done);
        REQUIRE(::write(writer, "tly", 3) == 3);
        settle(io);
        CHECK(seen == blocks{"exac", "tly"});
        ::close(writer);
        settle(io);
        CHECK_NOTHROW(reading->get());
    };
    gives_a_block(path, [&] { return ::open(path.c_str(), O_WRONLY | O_CLOEXEC); });
    {
        const standard_input in(ends.fds[0]);
        gives_a_block("-", [&] { return std::exchange(ends.fds[1], -1); });
    }
    const standard_input in(sockets[0]);
    ::close(sockets[0]);
    gives_a_block("-", [&] { return sockets[1]; });
    CHECK((::fcntl(STDIN_FILENO, F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("cancelled while it waits for a pipe, it completes and closes it") {
    asio::io_context io;
    weir::set_blocking_executor(io, io.get_executor());
    temporary_directory dir;
    const std::string path = (dir / "pipe").string();
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    asio::cancellation_signal stop;
    auto reading = start(io, weir::file::read(path) | weir::to<std::vector>(), stop.slot());
    settle(io);
    const int writer = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK);
    REQUIRE(writer >= 0);
    stop.emit(asio::cancellation_type::all);
    settle(io);
    CHECK(reading->aborted());
    ::close(writer);
    // Nobody reads it any more: it cannot be opened for writing.
    CHECK(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK) == -1);
}

TEST_CASE("a large file is read on other threads while it is consumed") {
    temporary_directory dir;
    std::string text;
    for (int i = 0; i != 200'000; ++i) text += std::to_string(i) + '\n';
    write(dir / "file", text);
    weir::runtime rt(2);
    const auto add = [](std::string all, const std::string& b) { return all += b; };
    CHECK(rt.run(weir::file::read(dir / "file") | weir::fold(std::string(), add)) == text);
}
