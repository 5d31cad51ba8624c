/// count: the number of items.
#pragma once

#include <weir/sinks/fold.hpp>

#include <cstdint>

namespace weir {

/// Runs the pipeline and yields the number of its items.
///
///     std::uint64_t n = co_await (lines | weir::filter(is_error) | weir::count());
inline auto count() {
    return terminal_closure([](const auto&) {
        auto add_one = [](std::uint64_t n, auto&&) noexcept { return n + 1; };
        return detail::fold_terminal(std::uint64_t{0}, add_one, stage("count"));
    });
}

}  // namespace weir
