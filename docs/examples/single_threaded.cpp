// Runs weir on a program's own io_context, on one thread.
#include <weir/core/asio.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/inspect.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>

#include <exception>
#include <iostream>
#include <ranges>
#include <thread>
#include <utility>

namespace {

const auto this_program = std::this_thread::get_id();  // its only thread
bool elsewhere = false;

auto numbers(int first, int last) {
    auto look = [](int) { elsewhere = elsewhere || std::this_thread::get_id() != this_program; };
    return weir::from_range(std::views::iota(first, last)) | weir::inspect(look);
}

// [handler]
// Throws the error of an operation out of io.run().
void rethrow(std::exception_ptr error) {
    if (error) std::rethrow_exception(std::move(error));
}
// [/handler]

// [coroutine]
asio::awaitable<void> add_all(weir::any_stream<int> stream, int& sum) {
    while (auto x = co_await stream.next()) sum += *x;
}
// [/coroutine]

int on_one_thread() {
    // [pipeline]
    asio::io_context io(1);  // one thread runs it
    int sum = 0;             // both segments use it, and it needs no lock
    auto add = [&sum](int x) { sum += x; };

    weir::pipeline p("sums", io.get_executor());
    p.add("low", numbers(0, 100) | weir::for_each(add));
    p.add("high", numbers(100, 200) | weir::buffer(16) | weir::for_each(add));
    p.run(rethrow);
    io.run();  // returns when the pipeline is over
    // [/pipeline]
    return sum;
}

int in_a_coroutine() {
    asio::io_context io(1);
    int sum = 0;
    // [spawn]
    asio::co_spawn(asio::make_strand(io), add_all(numbers(0, 100), sum), rethrow);
    io.run();
    // [/spawn]
    return sum;
}

}  // namespace

int main() {
    const int both = on_one_thread();
    const int pulled = in_a_coroutine();
    std::cout << both << " and " << pulled << '\n';
    return both == 19'900 && pulled == 4'950 && !elsewhere ? 0 : 1;
}
