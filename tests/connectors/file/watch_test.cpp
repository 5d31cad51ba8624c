// file::watch: what programs and people do to files.

#include <weir/connectors/file/watch.hpp>
#include <weir/core/asio.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/testing/drive.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "support.hpp"

using namespace weir::testing;
using weir::file::change;

namespace {

/// A file that is watched, and what was said of it. Notes are there as soon as the call that makes
/// them has returned, so `settle` brings all of them.
struct watched {
    explicit watched(std::string_view name = "table.csv") : path(dir / name) {}

    void start_watching() {
        auto note = weir::for_each([this](change c) { seen.push_back(c); });
        running = start(io, weir::file::watch(path) | std::move(note), stop.slot());
        settle(io);
    }
    std::vector<change> take() {
        settle(io);
        return std::exchange(seen, {});
    }

    temporary_directory dir;
    std::filesystem::path path;
    asio::io_context io;
    asio::cancellation_signal stop;
    std::vector<change> seen;
    std::shared_ptr<outcome<void>> running;
};

using changes = std::vector<change>;

}  // namespace

TEST_CASE("a file that is written and closed has changed, and not before") {
    watched w;
    write(w.path, "a");
    w.start_watching();
    CHECK(w.take().empty());
    std::ofstream out(w.path);
    out << "b" << std::flush;
    CHECK(w.take().empty());
    out.close();
    CHECK(w.take() == changes{change::written});
}

TEST_CASE("a file need not exist yet; it has changed when it is complete") {
    watched w;
    w.start_watching();
    std::ofstream out(w.path);
    CHECK(w.take().empty());
    out << "a";
    out.close();
    CHECK(w.take() == changes{change::written});
}

TEST_CASE("a file that another is moved over has changed") {
    watched w;
    write(w.path, "a");
    w.start_watching();
    for (const char* text : {"b", "c"}) {
        write(w.dir / "new", text);
        CHECK(w.take().empty());
        std::filesystem::rename(w.dir / "new", w.path);
        CHECK(w.take() == changes{change::written});
    }
}

TEST_CASE("what an editor does is one change: moved away, written anew, the old one deleted") {
    watched w;
    write(w.path, "a");
    w.start_watching();
    std::filesystem::rename(w.path, w.dir / "table.csv~");
    write(w.path, "b");
    std::filesystem::remove(w.dir / "table.csv~");
    CHECK(w.take() == changes{change::written});
}

TEST_CASE("a file that is deleted or moved away is removed, and changed when it is made again") {
    watched w;
    write(w.path, "a");
    w.start_watching();
    std::filesystem::remove(w.path);
    CHECK(w.take() == changes{change::removed});
    write(w.path, "b");
    CHECK(w.take() == changes{change::written});
    std::filesystem::rename(w.path, w.dir / "elsewhere");
    CHECK(w.take() == changes{change::removed});
}

TEST_CASE("a file that is linked in its place has changed") {
    watched w;
    write(w.dir / "one", "1");
    w.start_watching();
    std::filesystem::create_hard_link(w.dir / "one", w.path);
    CHECK(w.take() == changes{change::written});
    std::filesystem::remove(w.path);
    std::filesystem::create_symlink(w.dir / "one", w.path);
    CHECK(w.take() == changes{change::written});
}

TEST_CASE("a file that is linked in its place has changed, also when its other name is gone") {
    watched w;
    w.start_watching();
    for (int i = 0; i != 50; ++i) {
        write(w.dir / "one", std::to_string(i));
        std::filesystem::create_hard_link(w.dir / "one", w.path);
        std::filesystem::remove(w.dir / "one");
        CHECK(w.take() == changes{change::written});
        std::filesystem::remove(w.path);
        CHECK(w.take() == changes{change::removed});
    }
}

TEST_CASE("a file that is made and read before it is whole has not changed") {
    watched w;
    w.start_watching();
    std::ofstream out(w.path);
    out << "half" << std::flush;
    CHECK(w.take().empty());
    out << "whole";
    out.close();
    CHECK(w.take() == changes{change::written});
}

TEST_CASE("two files that are exchanged have changed") {
    watched w;
    write(w.path, "a");
    write(w.dir / "new", "b");
    w.start_watching();
    const auto exchange = [&w] {
        return ::syscall(SYS_renameat2, AT_FDCWD, (w.dir / "new").c_str(), AT_FDCWD, w.path.c_str(),
                         1u << 1);
    };
    if (exchange() != 0) return;  // not on this file system
    CHECK(w.take() == changes{change::written});
    REQUIRE(exchange() == 0);
    CHECK(w.take() == changes{change::written});
}

TEST_CASE("what a link points at has changed when it is written, replaced or removed") {
    watched w("link.csv");
    std::filesystem::create_directory(w.dir / "sub");
    write(w.dir / "sub" / "real", "a");
    std::filesystem::create_symlink("sub/real", w.path);
    w.start_watching();
    write(w.dir / "sub" / "real", "b");
    CHECK(w.take() == changes{change::written});
    write(w.dir / "sub" / "new", "c");
    std::filesystem::rename(w.dir / "sub" / "new", w.dir / "sub" / "real");
    CHECK(w.take() == changes{change::written});
    std::filesystem::remove(w.dir / "sub" / "real");
    CHECK(w.take() == changes{change::removed});
    write(w.dir / "sub" / "real", "d");
    CHECK(w.take() == changes{change::written});
    // Another link in its place, to what is not there yet.
    std::filesystem::create_symlink("later/real", w.dir / "next");
    std::filesystem::rename(w.dir / "next", w.path);
    CHECK(w.take() == changes{change::removed});
    std::filesystem::create_directory(w.dir / "later");
    CHECK(w.take().empty());
    write(w.dir / "later" / "real", "e");
    CHECK(w.take() == changes{change::written});
    write(w.dir / "sub" / "real", "of no interest");
    CHECK(w.take().empty());
}

TEST_CASE("a link on the way that is swapped, as Kubernetes does, is a change, time and again") {
    watched w("table.csv");
    const auto publish = [&w](const std::string& version, std::string_view text) {
        std::filesystem::create_directory(w.dir / version);
        write(w.dir / version / "table.csv", text);
        std::filesystem::create_directory_symlink(version, w.dir / "..data_tmp");
        std::filesystem::rename(w.dir / "..data_tmp", w.dir / "..data");
    };
    publish("1", "one");
    std::filesystem::create_symlink("..data/table.csv", w.path);
    w.start_watching();
    for (const std::string version : {"2", "3", "4"}) {
        publish(version, version);
        CHECK(w.take() == changes{change::written});
    }
    std::filesystem::remove_all(w.dir / "2");
    CHECK(w.take().empty());
    write(w.dir / "4" / "table.csv", "in place");
    CHECK(w.take() == changes{change::written});
}

TEST_CASE("a directory that another takes the place of is gone on with") {
    watched w;
    std::filesystem::create_directory(w.dir / "sub");
    w.path = w.dir / "sub" / "f";
    write(w.path, "a");
    w.start_watching();
    std::filesystem::create_directory(w.dir / "new");
    write(w.dir / "new" / "f", "b");
    REQUIRE(::syscall(SYS_renameat2, AT_FDCWD, (w.dir / "new").c_str(), AT_FDCWD,
                      (w.dir / "sub").c_str(), 1u << 1) == 0);
    CHECK(w.take() == changes{change::written});
    write(w.path, "c");
    CHECK(w.take() == changes{change::written});
}

TEST_CASE("many watches take one inotify instance, and each hears its own") {
    // The limit of instances is 128 a user, where it was not raised.
    constexpr int many = 300;
    temporary_directory dir;
    asio::io_context io;
    std::vector<weir::file::change_stream> streams;
    for (int i = 0; i != many; ++i) {
        streams.push_back(weir::file::watch(dir / ("f" + std::to_string(i))));
    }
    std::vector<std::shared_ptr<outcome<std::optional<change>>>> next;
    for (auto& s : streams) next.push_back(start_next(io, s));
    settle(io);
    for (int i = 0; i < many; i += 3) write(dir / ("f" + std::to_string(i)), "x");
    settle(io);
    for (int i = 0; i != many; ++i) {
        CHECK(next[static_cast<std::size_t>(i)]->done == (i % 3 == 0));
    }
    streams.clear();
    settle(io);
}

TEST_CASE("a note that another context has read is not lost") {
    temporary_directory dir;
    asio::io_context one;
    asio::io_context other;
    auto first = weir::file::watch(dir / "a");
    auto second = weir::file::watch(dir / "b");
    auto next_first = start_next(one, first);
    auto next_second = start_next(other, second);
    settle(one);
    settle(other);
    write(dir / "b", "x");
    write(dir / "a", "x");
    settle(one);  // reads both
    CHECK(next_first->done);
    settle(other);
    CHECK(next_second->done);
}

TEST_CASE("many changes while nobody looks are one, the latest") {
    watched w;
    auto stream = weir::file::watch(w.path);
    for (int i = 0; i != 1'000; ++i) write(w.path, std::to_string(i));
    auto first = start_next(w.io, stream);
    settle(w.io);
    CHECK(first->get() == change::written);
    write(w.path, "again");
    std::filesystem::remove(w.path);
    auto second = start_next(w.io, stream);
    settle(w.io);
    CHECK(second->get() == change::removed);
    auto third = start_next(w.io, stream);
    settle(w.io);
    CHECK_FALSE(third->done);
}

TEST_CASE("so many changes that notes are lost are a change all the same") {
    watched w;
    auto stream = weir::file::watch(w.path);
    write(w.path, "x");
    // More than the system keeps for us (16,384 by default); each is of another file than the last.
    for (int i = 0; i != 20'000; ++i) {
        write(w.dir / (i % 2 == 0 ? "a" : "b"), "");
    }
    write(w.path, "y");
    auto first = start_next(w.io, stream);
    settle(w.io);
    CHECK(first->get() == change::written);
}

TEST_CASE("other files of the directory are of no interest") {
    watched w;
    w.start_watching();
    write(w.dir / "table.cs", "a");
    write(w.dir / "table.csv.new", "a");
    std::filesystem::create_directory(w.dir / "sub");
    std::filesystem::remove(w.dir / "table.cs");
    CHECK(w.take().empty());
}

TEST_CASE("a directory that is not there is named; one that goes ends the stream") {
    watched w;
    try {
        static_cast<void>(weir::file::watch(w.dir / "none" / "file"));
        FAIL("there is no such directory");
    } catch (const std::system_error& e) {
        CHECK(e.code() == std::errc::no_such_file_or_directory);
        CHECK(std::string(e.what()).find((w.dir / "none").string()) != std::string::npos);
    }
    CHECK_THROWS_AS(static_cast<void>(weir::file::watch(w.dir.path() / "")), std::invalid_argument);
    w.start_watching();
    std::filesystem::remove_all(w.dir.path());
    settle(w.io);
    CHECK_THROWS_AS(w.running->get(), std::system_error);
}

TEST_CASE("cancelled while it waits, it completes; a context may go away under it") {
    watched w;
    w.start_watching();
    w.stop.emit(asio::cancellation_type::all);
    settle(w.io);
    CHECK(w.running->aborted());

    auto io = std::make_unique<asio::io_context>();
    auto waiting = start(*io, weir::file::watch(w.path) | weir::for_each([](change) {}));
    settle(*io);
    io.reset();
    CHECK_FALSE(waiting->done);
}
