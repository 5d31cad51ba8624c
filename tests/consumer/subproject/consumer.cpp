// A program that has weir as a subproject of Meson, and names only the library that it uses.
#include <weir/connectors/tcp/listener.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sources/from_range.hpp>

#include <vector>

int main() {
    weir::runtime rt(1);
    const weir::tcp::listener port(rt.executor());
    const auto n = rt.run(weir::from_range(std::vector<int>{1, 2, 3}) | weir::count());
    return n == 3 && port.port() != 0 ? 0 : 1;
}
