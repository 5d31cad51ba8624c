/// `weir-enrich demo`: all of it at work, on made-up trades, and a live view.
#pragma once

#include <shared/exit_code.hpp>

#include <cstdint>

namespace weir_enrich {

using weir_apps::exit_code;

struct demo_options {
    std::uint64_t seconds = 0;  ///< ends after so long; 0: runs until it is interrupted
    std::uint64_t rate = 200'000;
    std::uint64_t seed = 1;
};

/// Shows the view on stdout: in place on a terminal, else a line a second. Errors: as `run`.
exit_code demo(const demo_options& options);

}  // namespace weir_enrich
