// Reads a table again when its file changes, and follows a log.
#include <weir/connectors/file/follow.hpp>
#include <weir/connectors/file/read.hpp>
#include <weir/connectors/file/watch.hpp>
#include <weir/core/asio.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/fold.hpp>

#include <asio.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <utility>

namespace {

// [read]
asio::awaitable<std::string> text_of(std::filesystem::path path) {
    auto join = [](std::string all, std::string block) { return std::move(all) + block; };
    auto reading = weir::file::read(std::move(path)) | weir::fold(std::string(), join);
    co_return co_await std::move(reading);
}
// [/read]

// [watch]
asio::awaitable<std::string> wait_for(std::filesystem::path path, std::string wanted) {
    auto changes = weir::file::watch(path);     // watch first,
    std::string text = co_await text_of(path);  // read after it: no change is missed
    while (text != wanted) {
        const auto change = co_await changes.next();
        if (change == weir::file::change::written) text = co_await text_of(path);
    }
    co_return text;
}
// [/watch]

// [follow]
asio::awaitable<std::string> follow_until(std::filesystem::path path, std::string last) {
    auto blocks = weir::file::follow(path);
    std::string text;
    while (!text.ends_with(last)) {
        const auto block = co_await blocks.next();
        if (block->before != weir::file::file_break::none) text.clear();  // another file begins
        text += block->bytes;
    }
    co_return text;
}
// [/follow]

}  // namespace

int main() {
    std::string name = (std::filesystem::temp_directory_path() / "weir-example-XXXXXX").string();
    if (!::mkdtemp(name.data())) return 1;
    const std::filesystem::path dir = name;
    std::ofstream(dir / "table") << "old";

    weir::runtime rt(2);
    auto waiting = asio::co_spawn(rt.executor(), wait_for(dir / "table", "new"), asio::use_future);
    std::ofstream(dir / "table.new") << "new";
    std::filesystem::rename(dir / "table.new", dir / "table");
    bool good = waiting.get() == "new";

    std::ofstream log(dir / "log");
    log << "begin, " << std::flush;
    auto heard = asio::co_spawn(rt.executor(), follow_until(dir / "log", "end"), asio::use_future);
    log << "end" << std::flush;
    good = heard.get() == "begin, end" && good;
    std::filesystem::remove_all(dir);
    if (!good) std::cerr << "the table or the log is wrong\n";
    return good ? 0 : 1;
}
