/// `weir-enrich demo`: the whole pipeline on generated trades, with a live view.
#pragma once

#include <shared/exit_code.hpp>

#include <cstdint>

namespace weir_enrich {

using weir_apps::exit_code;

struct demo_options {
    std::uint64_t seconds = 0;  ///< how long it runs; 0: until it is interrupted
    std::uint64_t rate = 200'000;
    std::uint64_t seed = 1;
};

/// Shows the view on stdout: in place on a terminal, else one line a second. Errors: as `run`.
exit_code demo(const demo_options& options);

}  // namespace weir_enrich
