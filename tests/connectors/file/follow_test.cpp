// file::follow: files that grow, are cut off, and are replaced.

#include <weir/connectors/file/follow.hpp>
#include <weir/core/asio.hpp>
#include <weir/operators/take_while.hpp>
#include <weir/runtime/blocking.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "support.hpp"

using namespace weir::testing;
using weir::file::file_break;
using weir::file::followed_block;
using namespace std::chrono_literals;

namespace {

void append(const std::filesystem::path& path, std::string_view text) {
    std::ofstream(path, std::ios::binary | std::ios::app) << text;
}

/// A file that is followed, and what was said of it: bytes, and `<t>` and `<r>` where it was
/// truncated and replaced.
struct followed {
    explicit followed(
        std::string_view text, std::size_t block_size = 1 << 16,
        const std::function<void(const std::filesystem::path&)>& prepare = [](const auto&) {})
        : path(dir / "f") {
        weir::set_clock(io, time);
        weir::set_blocking_executor(io, io.get_executor());  // all on this thread
        write(path, text);
        prepare(path);
        weir::file::follow_options options;
        options.block_size = block_size;
        auto note = weir::for_each([this](followed_block&& b) {
            if (b.before == file_break::truncated) seen += "<t>";
            if (b.before == file_break::replaced) seen += "<r>";
            seen += b.bytes;
        });
        running = start(io, weir::file::follow(path, options) | std::move(note), stop.slot());
    }
    std::string take() {
        settle(io);
        return std::exchange(seen, {});
    }
    void move_over(std::string_view text) {
        write(dir / "new", text);
        std::filesystem::rename(dir / "new", path);
    }

    temporary_directory dir;
    std::filesystem::path path;
    std::shared_ptr<virtual_clock> time = std::make_shared<virtual_clock>();
    asio::io_context io;
    asio::cancellation_signal stop;
    std::string seen;
    std::shared_ptr<outcome<void>> running;
};

}  // namespace

TEST_CASE("what is in a file comes out, and then what is appended, as it is") {
    for (const std::size_t block : {1u, 3u, 100u}) {
        followed f("one,", block);
        CHECK(f.take() == "one,");
        append(f.path, "two,");
        CHECK(f.take() == "two,");
        std::ofstream open(f.path, std::ios::app);
        open << "three," << std::flush;
        CHECK(f.take() == "three,");
        open << "four," << std::flush;
        open << "five" << std::flush;
        CHECK(f.take() == "four,five");
        CHECK(f.take().empty());
        CHECK_FALSE(f.running->done);
    }
}

TEST_CASE("an empty file is waited for") {
    followed f("");
    CHECK(f.take().empty());
    append(f.path, "x");
    CHECK(f.take() == "x");
}

TEST_CASE("a file that is truncated begins anew, which is said even before there is more") {
    followed f("0123456789");
    CHECK(f.take() == "0123456789");
    std::filesystem::resize_file(f.path, 0);
    CHECK(f.take() == "<t>");
    append(f.path, "abc");
    CHECK(f.take() == "abc");
    write(f.path, "de");
    CHECK(f.take() == "<t>de");
}

TEST_CASE("a file that another is moved over is read to its end, and then the other") {
    followed f("one");
    CHECK(f.take() == "one");
    append(f.path, "more");
    f.move_over("a longer one than before");
    CHECK(f.take() == "more<r>a longer one than before");
    append(f.path, "!");
    CHECK(f.take() == "!");
    f.move_over("");
    CHECK(f.take() == "<r>");
}

TEST_CASE("a file that is deleted is waited for") {
    followed f("one");
    CHECK(f.take() == "one");
    std::filesystem::remove(f.path);
    CHECK(f.take().empty());
    write(f.path, "two");
    CHECK(f.take() == "<r>two");
    std::filesystem::rename(f.path, f.dir / "elsewhere");
    append(f.dir / "elsewhere", "of no interest");
    CHECK_FALSE(f.running->done);
}

TEST_CASE(
    "a file that is moved away is read on, until it has been quiet with another in its place") {
    followed f("one,");
    CHECK(f.take() == "one,");
    std::ofstream writer(f.path, std::ios::app);
    std::filesystem::rename(f.path, f.dir / "f.1");
    writer << "two," << std::flush;
    CHECK(f.take() == "two,");
    write(f.path, "new,");
    CHECK(f.take().empty());
    f.time->advance(900ms);
    writer << "three," << std::flush;
    CHECK(f.take() == "three,");
    f.time->advance(900ms);
    CHECK(f.take().empty());
    f.time->advance(100ms);
    CHECK(f.take() == "<r>new,");
    writer << "too late," << std::flush;
    append(f.path, "newer,");
    CHECK(f.take() == "newer,");
}

TEST_CASE("once its writer has closed it, a file that was moved away is left soon") {
    followed f("one,");
    CHECK(f.take() == "one,");
    std::ofstream writer(f.path, std::ios::app);
    std::filesystem::rename(f.path, f.dir / "f.1");
    write(f.path, "new,");
    writer << "two," << std::flush;
    CHECK(f.take() == "two,");
    writer.close();
    CHECK(f.take().empty());
    f.time->advance(100ms);
    CHECK(f.take() == "<r>new,");
}

TEST_CASE("a file that was moved away is followed, and so is its name when it comes back") {
    followed f("one,");
    CHECK(f.take() == "one,");
    std::filesystem::rename(f.path, f.dir / "f.1");
    append(f.dir / "f.1", "two,");
    CHECK(f.take() == "two,");
    std::filesystem::rename(f.dir / "f.1", f.path);
    append(f.path, "three,");
    CHECK(f.take() == "three,");
    std::filesystem::rename(f.path, f.dir / "f.1");
    std::filesystem::remove(f.dir / "f.1");
    CHECK(f.take().empty());
    write(f.path, "new,");
    CHECK(f.take() == "<r>new,");
}

TEST_CASE("a file behind links is followed, and so is another that they lead to") {
    temporary_directory dir;
    const auto publish = [&dir](const std::string& version, std::string_view text) {
        std::filesystem::create_directory(dir / version);
        write(dir / version / "f", text);
        std::filesystem::create_directory_symlink(version, dir / "..new");
        std::filesystem::rename(dir / "..new", dir / "..data");
    };
    publish("1", "one,");
    followed f("", 100, [&](const std::filesystem::path& path) {
        std::filesystem::remove(path);
        std::filesystem::create_symlink(dir / "..data" / "f", path);
    });
    CHECK(f.take() == "one,");
    append(dir / "1" / "f", "two,");
    CHECK(f.take() == "two,");
    publish("2", "new,");
    CHECK(f.take().empty());
    f.time->advance(1s);
    CHECK(f.take() == "<r>new,");
    append(dir / "2" / "f", "newer,");
    CHECK(f.take() == "newer,");
}

TEST_CASE("other files of the directory are of no interest to who follows one") {
    followed f("one");
    CHECK(f.take() == "one");
    write(f.dir / "f2", "x");
    append(f.dir / "new", "x");
    CHECK(f.take().empty());
}

TEST_CASE("what cannot be followed is named, with the cause") {
    temporary_directory dir;
    const auto following = [](const std::filesystem::path& path) {
        try {
            static_cast<void>(weir::file::follow(path));
        } catch (const std::system_error& e) {
            CHECK(std::string(e.what()).find(path.string()) != std::string::npos);
            return std::make_error_condition(static_cast<std::errc>(e.code().value()));
        }
        return std::error_condition();
    };
    CHECK(following(dir / "none") == std::errc::no_such_file_or_directory);
    weir::file::follow_options nothing;
    nothing.block_size = 0;
    write(dir / "f", "");
    CHECK_THROWS_AS(static_cast<void>(weir::file::follow(dir / "f", nothing)),
                    std::invalid_argument);
    // A directory can be opened, but not read.
    asio::io_context io;
    weir::set_blocking_executor(io, io.get_executor());
    std::filesystem::create_directory(dir / "sub");
    auto reading =
        start(io, weir::file::follow(dir / "sub") | weir::for_each([](followed_block&&) {}));
    settle(io);
    CHECK_THROWS_WITH_AS(reading->get(), doctest::Contains("sub: Is a directory"),
                         std::system_error);
}

TEST_CASE("a directory that goes ends what follows a file in it") {
    followed f("one");
    f.take();
    std::filesystem::remove_all(f.dir.path());
    settle(f.io);
    CHECK_THROWS_AS(f.running->get(), std::system_error);
}

TEST_CASE("a directory that goes is told of, also when the file had been moved away in it") {
    followed f("one");
    f.take();
    std::filesystem::rename(f.path, f.dir / "f.1");
    f.take();
    std::filesystem::remove_all(f.dir.path());
    settle(f.io);
    CHECK_THROWS_WITH_AS(f.running->get(), doctest::Contains(f.dir.path().c_str()),
                         std::system_error);
}

TEST_CASE("what is no file is not followed, and nothing waits for its other end") {
    followed f("one");
    f.take();
    std::filesystem::remove(f.path);
    REQUIRE(::mkfifo(f.path.c_str(), 0600) == 0);
    settle(f.io);
    CHECK_THROWS_WITH_AS(f.running->get(), doctest::Contains("which is a pipe"), std::system_error);
    CHECK_THROWS_WITH_AS(static_cast<void>(weir::file::follow(f.path)),
                         doctest::Contains("which is a pipe"), std::system_error);
    CHECK_THROWS_WITH_AS(static_cast<void>(weir::file::follow("/dev/null")),
                         doctest::Contains("which is a device"), std::system_error);
}

TEST_CASE("cancelled while it waits for more, it completes") {
    followed f("one");
    f.take();
    f.stop.emit(asio::cancellation_type::all);
    settle(f.io);
    CHECK(f.running->aborted());
}

TEST_CASE("nothing is lost between a writer and who follows on other threads") {
    temporary_directory dir;
    write(dir / "f", "");
    constexpr std::size_t size = 300'000;
    std::thread writer([&dir] {
        std::ofstream out(dir / "f", std::ios::app);
        for (std::size_t i = 0; i != size; ++i) {
            out << static_cast<char>('a' + i % 26);
            if (i % 1'000 == 0) out << std::flush;
        }
    });
    weir::runtime rt(2);
    std::size_t got = 0;
    bool right = true;
    auto until_all = weir::take_while([&](const followed_block& b) {
        for (const char c : b.bytes) right = right && c == static_cast<char>('a' + got++ % 26);
        return got != size;
    });
    rt.run(weir::file::follow(dir / "f") | std::move(until_all) |
           weir::for_each([](const followed_block&) {}));
    writer.join();
    CHECK(right);
    CHECK(got == size);
}
