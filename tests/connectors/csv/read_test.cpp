#include <weir/connectors/csv/read.hpp>
#include <weir/core/asio.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/split_errors.hpp>
#include <weir/operators/take.hpp>
#include <weir/operators/try_map.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/to.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "support.hpp"

using namespace csv_test;
namespace fs = std::filesystem;

namespace {

// A directory that is gone after the test.
class scratch {
public:
    scratch() {
        std::string name = (fs::temp_directory_path() / "weir-csv-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;
    ~scratch() { fs::remove_all(path_); }

    fs::path file(std::string_view text) const {
        fs::path path = path_ / "people.csv";
        std::ofstream out{path, std::ios::binary};
        out << text;
        return path;
    }
    const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

std::string numbered(int rows) {
    std::string text{"name,number\n"};
    for (int i = 0; i != rows; ++i) text += "row," + std::to_string(i) + "\n";
    return text;
}

// Runs a pipeline on this thread and gives its error. (Not with runtime::run: TSan cannot see how
// libstdc++ counts the owners of an exception, and takes its end on another thread for a race.)
template <class Operation>
std::exception_ptr error_of(
    Operation operation, asio::cancellation_slot slot = {},
    const std::function<void()>& after_first_poll = [] {}) {
    asio::io_context context;
    std::exception_ptr result;
    auto handler = [&result](std::exception_ptr error, std::size_t) { result = std::move(error); };
    std::move(operation).start(context.get_executor(),
                               asio::bind_cancellation_slot(slot, std::move(handler)));
    asio::post(context, after_first_poll);
    context.run();
    return result;
}

// What running `read` over the file throws, as text.
template <class Error>
std::string fault_of(const fs::path& path) {
    const std::exception_ptr error = error_of(csv::read(path) | weir::count());
    if (!error) return "no error";
    try {
        std::rethrow_exception(error);
    } catch (const Error& e) {
        return e.what();
    }
}

std::string second_field(const csv::record& r) {
    return std::string{r[1]};
}

}  // namespace

TEST_CASE("csv read: records come in order, whatever the block size") {
    const scratch dir;
    const fs::path path = dir.file(numbered(1'000));
    std::vector<std::string> expected;
    for (int i = 0; i != 1'000; ++i) expected.push_back(std::to_string(i));
    weir::runtime rt{2};
    for (const std::size_t size : {std::size_t{1}, std::size_t{7}, std::size_t{1} << 20}) {
        csv::read_options options;
        options.block_size = size;
        auto numbers = csv::read(path, options) | weir::try_map(second_field) |
                       weir::split_errors([](const absl::Status&) { CHECK(false); }) |
                       weir::to<std::vector>();
        CHECK(rt.run(std::move(numbers)) == expected);
    }
}

TEST_CASE("csv read: a bad record is a status at its place, and reading goes on") {
    const scratch dir;
    const fs::path path = dir.file("a,b\n1,2\n3\n\"4\"x,5\n6,7\n");
    weir::runtime rt{1};
    std::vector<std::string> seen;
    rt.run(csv::read(path) | weir::for_each([&](const absl::StatusOr<csv::record>& r) {
               seen.push_back(r.ok() ? std::string{(*r)[1]} : std::string{r.status().message()});
           }));
    CHECK(seen == std::vector<std::string>{
                      "2", "line 3, byte 8: 1 field, expected 2",
                      "line 4, byte 10: text after the closing quote of field 1", "7"});
}

TEST_CASE("csv read: batches own their records and tile the file") {
    const scratch dir;
    const std::string text = numbered(500);
    const fs::path path = dir.file(text);
    csv::read_options options;
    options.block_size = 100;
    weir::runtime rt{2};
    const auto batches = rt.run(csv::read_batches(path, options) | weir::to<std::vector>());
    csv::position reached;
    int number = 0;
    for (const csv::batch& b : batches) {
        CHECK(b.covers().begin == reached);
        reached = b.covers().end;
        for (const csv::entry e : b) CHECK(e.record()[1] == std::to_string(number++));
    }
    CHECK(number == 500);
    CHECK(weir::record_count_of(batches) ==
          500);  // in a pipeline's ledger records count, not batches
    CHECK(reached == csv::position{502, text.size()});
}

TEST_CASE("csv read: a load that stopped after some batches goes on with the next record") {
    const scratch dir;
    const fs::path path = dir.file(numbered(500));
    csv::read_options options;
    options.block_size = 100;
    weir::runtime rt{1};
    const auto some =
        rt.run(csv::read_batches(path, options) | weir::take(3) | weir::to<std::vector>());
    REQUIRE(some.size() == 3);
    std::size_t first = 0;
    for (const csv::batch& b : some) first += b.size();
    options.resume = csv::resume_point{some.back().covers().end, some.back().columns()};
    const auto rest =
        rt.run(csv::read(path, options) | weir::try_map(second_field) |
               weir::split_errors([](const absl::Status&) {}) | weir::to<std::vector>());
    REQUIRE(rest.size() == 500 - first);
    CHECK(rest.front() == std::to_string(first));
}

TEST_CASE("csv read: to go on at the end of the file gives nothing and is no error") {
    const scratch dir;
    const std::string text = numbered(3);
    const fs::path path = dir.file(text);
    csv::read_options options;
    options.resume = csv::resume_point{{5, text.size()}, csv::columns{{"name", "number"}}};
    weir::runtime rt{1};
    CHECK(rt.run(csv::read(path, options) | weir::count()) == 0);
}

TEST_CASE("csv read: next() gives a record that can be looked at until the next call") {
    const scratch dir;
    const fs::path path = dir.file(numbered(100));
    weir::runtime rt{2};
    const auto pull = [](fs::path file) -> asio::awaitable<int> {
        csv::read_options options;
        options.block_size = 64;
        auto records = csv::read(std::move(file), options);
        int count = 0;
        while (auto r = co_await records.next()) {
            CHECK((**r)[1] == std::to_string(count));
            ++count;
        }
        co_return count;
    };
    CHECK(rt.run(pull(path)) == 100);
}

TEST_CASE("csv read: a consumer that stops early leaves nothing running") {
    const scratch dir;
    const fs::path path = dir.file(numbered(10'000));
    csv::read_options options;
    options.block_size = 64;
    weir::runtime rt{2};
    for (int i = 0; i != 50; ++i) {
        CHECK(rt.run(csv::read(path, options) | weir::take(20) | weir::count()) == 20);
    }
}

TEST_CASE("csv read: an endless line can be cancelled") {
    // /dev/zero never ends a line, so only cancellation ends this.
    csv::read_options options;
    options.dialect.max_record_size = 1'000;
    options.resume = csv::resume_point{{1, 0}, csv::columns{std::size_t{1}}};
    asio::cancellation_signal cancel;
    const std::exception_ptr error =
        error_of(csv::read("/dev/zero", options) | weir::count(), cancel.slot(),
                 [&] { cancel.emit(asio::cancellation_type::terminal); });
    REQUIRE(error);
    CHECK_THROWS_AS(std::rethrow_exception(error), asio::system_error);
}

TEST_CASE("csv read: what cannot be read is one line that names the file and the cause") {
    const scratch dir;
    const fs::path missing = dir.path() / "missing.csv";
    CHECK(fault_of<std::system_error>(missing) ==
          "cannot open " + missing.string() + ": No such file or directory");
    CHECK(fault_of<std::system_error>(dir.path()) ==
          "cannot read " + dir.path().string() + ": Is a directory");
    const auto file_fault = [&](std::string_view text) {
        const fs::path path = dir.file(text);
        const std::string what = fault_of<csv::file_error>(path);
        REQUIRE(what.starts_with(path.string() + ": "));
        return what.substr(path.string().size() + 2);
    };
    CHECK(file_fault("") == "the file is empty");
    CHECK(file_fault("\n") == "line 2, byte 1: the input ends before a header");
    CHECK(file_fault("name,age\n") == "the file has no records");
    CHECK(file_fault("name,\"age\n") ==
          "line 1, byte 0: the header cannot be read: the quote of field 2 is never closed");
}

TEST_CASE("csv read: what is compressed or UTF-16 is refused, with what it is") {
    const scratch dir;
    const auto fault = [&](std::string_view text) {
        const fs::path path = dir.file(text);
        return fault_of<csv::file_error>(path).substr(path.string().size());
    };
    using namespace std::string_view_literals;
    CHECK(fault("\x1f\x8b\x08\0\n,\n"sv).starts_with(": this is compressed by gzip"));
    CHECK(fault("\xff\xfe"
                "a\0,\0b\0\n\0"sv)
              .starts_with(": this is UTF-16"));
    CHECK(fault("\xfe\xff\0a\0\n"sv).starts_with(": this is UTF-16"));
    CHECK(fault("PK\x03\x04"sv).starts_with(": this is a zip archive"));
    csv::read_options bytewise;
    bytewise.block_size = 1;
    csv::file_reader reader{dir.file("\x1f\x8b\x08\n"), bytewise};
    CHECK_THROWS_AS(static_cast<void>(reader.next()), csv::file_error);
    // Other bytes that are no text pass, as they always have.
    weir::runtime rt{1};
    CHECK(rt.run(csv::read(dir.file("\x1f"
                                    "a\n\xff\n"sv)) |
                 weir::count()) == 1);
}

TEST_CASE("csv read: - is standard input from where it stands, be it a file, a pipe or a socket") {
    const scratch dir;
    const std::string text = "skipped\na,b\n1,2\n";
    const auto records = [] {
        std::vector<std::string> all;
        csv::file_reader reader{"-"};
        while (const auto batch = reader.next()) {
            for (const csv::entry e : *batch) all.emplace_back(e.record()[1]);
        }
        return all;
    };
    const auto from = [&](int fd) {
        const int before = ::dup(STDIN_FILENO);
        ::dup2(fd, STDIN_FILENO);
        ::close(fd);
        auto all = records();
        ::dup2(before, STDIN_FILENO);
        ::close(before);
        return all;
    };
    const int file = ::open(dir.file(text).c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(::lseek(file, 8, SEEK_SET) == 8);
    CHECK(from(file) == std::vector<std::string>{"2"});
    const std::string rest = text.substr(8);
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    REQUIRE(::write(ends[1], rest.data(), rest.size()) > 0);
    ::close(ends[1]);
    CHECK(from(ends[0]) == std::vector<std::string>{"2"});
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    REQUIRE(::write(ends[1], rest.data(), rest.size()) > 0);
    ::close(ends[1]);
    CHECK(from(ends[0]) == std::vector<std::string>{"2"});
}

TEST_CASE("csv read: a context may be destroyed while a FIFO without a writer is waited for") {
    const scratch dir;
    const fs::path path = dir.path() / "fifo";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    {
        asio::io_context context;
        auto reading = csv::read(path) | weir::count();
        std::move(reading).start(context.get_executor(), [](std::exception_ptr, std::size_t) {});
        context.poll();
    }
    {
        weir::runtime rt{1};
        auto reading = csv::read(path) | weir::count();
        std::move(reading).start(rt.executor(), [](std::exception_ptr, std::size_t) {});
        // Opened for reading now: so it is being waited for.
        while (::close(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC)) != 0) {
            std::this_thread::yield();
        }
        rt.stop();
    }
}

TEST_CASE("csv read: a file without records is fine when that was said") {
    const scratch dir;
    csv::read_options options;
    options.allow_no_records = true;
    weir::runtime rt{1};
    CHECK(rt.run(csv::read(dir.file("name,age\n"), options) | weir::count()) == 0);
}

TEST_CASE("csv read: options that make no sense are refused before anything runs") {
    csv::read_options options;
    options.block_size = 0;
    CHECK_THROWS_AS(csv::read("people.csv", options), std::invalid_argument);
    options = {};
    options.dialect.quote = ',';
    CHECK_THROWS_AS(csv::read_batches("people.csv", options), std::invalid_argument);
}

TEST_CASE("csv read: views into a batch are marked as such") {
    static_assert(weir::is_borrowed<weir::item_t<decltype(csv::read("x"))>>);
    static_assert(!weir::is_borrowed<weir::item_t<decltype(csv::read_batches("x"))>>);
    static_assert(weir::stream<csv::record_stream> && weir::stream<csv::batch_stream>);
}
