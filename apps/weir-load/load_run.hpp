/// What every load does while it runs and at its end.
#pragma once

#include <weir/runtime/runtime.hpp>

#include <exception>
#include <filesystem>
#include <future>
#include <string>
#include <utility>

#include "progress.hpp"

namespace weir_load {

/// Runs `loading` on `rt`, and shows its progress on the calling thread meanwhile. Returns its
/// result, or throws its error. It has ended in any case, because it refers to the caller's data.
template <class Result>
Result run_shown(weir::runtime& rt, asio::awaitable<Result> loading, progress& shown) {
    auto result = rt.start(std::move(loading));
    struct wait_for_end {
        std::future<weir::outcome<Result>>& running;
        ~wait_for_end() {
            if (running.valid()) running.wait();
        }
    } const at_the_end{result};
    while (result.wait_for(shown.interval()) != std::future_status::ready) shown.show();
    return result.get().take();
}

/// Takes a step that follows when the rows are in the table. A failure does not undo the load: its
/// text is added to `failed_after`.
template <class Step>
void attempt(std::string& failed_after, const Step& step) {
    try {
        step();
    } catch (const std::exception& error) {
        failed_after += failed_after.empty() ? "" : "; ";
        failed_after += error.what();
    }
}

/// Warns that `--fast` risks the whole database.
void warn_of_fast(const std::filesystem::path& database);

/// Prints the end of the load on stdout. Returns false when it cannot be printed.
bool print_end(const std::string& text);

}  // namespace weir_load
