/// `weir-enrich run`: trades in, enriched trades out.
#pragma once

#include <shared/exit_code.hpp>
#include <shared/interruption.hpp>
#include <weir-enrich/model/run_options.hpp>
#include <weir-enrich/model/run_state.hpp>

#include <functional>
#include <string>

namespace weir_enrich {

using weir_apps::exit_code;

/// Runs to the end, or until a stop is requested with `state.stop`. Returns false if the stop ended
/// it. `state` has the counts in any case.
/// Errors: those of the endpoints and the tables, whose text names the endpoint and the cause. A
/// stopped run that is not over within `options.drain_within` fails, and names what was cut off. It
/// waits for threads inside system calls that do not return: see `end_limit_of`.
bool run_to_end(const run_options& options, run_state& state, const observer& seen);

/// The time limit for the end of a run. After it the process ends, whatever its threads wait for.
/// It prints the failure that began the end, if one did, a line that names what was cut off, and
/// the result of `books()`. `options` and `state` must outlive the limit.
weir_apps::end_limit end_limit_of(const run_options& options, const run_state& state,
                                  std::function<std::string()> books);

/// `run_to_end`; prints the counts on stderr.
exit_code run(const run_options& options);

/// The counts in one line.
std::string ledger_line(const run_state& state);

}  // namespace weir_enrich
