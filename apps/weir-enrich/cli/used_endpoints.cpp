#include "used_endpoints.hpp"

#include <fmt/format.h>
#include <shared/used_files.hpp>
#include <unistd.h>

#include <string>

namespace weir_enrich {

namespace {

using weir_apps::used_files;

void add_input(used_files& to, const char* option, const endpoint& p) {
    const std::string use = fmt::format("{} {}", option, p.text);
    if (p.kind == endpoint_kind::file) to.reads(use, p.path);
    if (p.kind == endpoint_kind::standard) to.reads_open(use, STDIN_FILENO);
    if (p.kind == endpoint_kind::sqlite) to.reads_table(use, p.path, p.table);
}

void add_output(used_files& to, const char* option, const endpoint& p) {
    const std::string use = fmt::format("{} {}", option, p.text);
    if (p.kind == endpoint_kind::file) to.writes(use, p.path);
    if (p.kind == endpoint_kind::standard) to.writes_open(use, STDOUT_FILENO);
    if (p.kind == endpoint_kind::sqlite) to.writes_table(use, p.path, p.table);
}

}  // namespace

void check_endpoints(const run_options& o) {
    used_files files;
    if (o.replay.empty()) {
        add_input(files, "--trades", o.trades.from);
        add_input(files, "--instruments", o.instruments);
        add_input(files, "--accounts", o.accounts.from);
        add_input(files, "--rates", o.rates.from);
    } else {
        files.reads("the journal " + o.replay.string(), o.replay);
    }
    if (!o.side_output.path.empty()) add_output(files, "--side-output", o.side_output);
    if (!o.record.empty()) files.writes("--record " + o.record.string(), o.record);
    for (const endpoint& p : o.out) add_output(files, "--out", p);
    if (o.statistics) add_output(files, "--figures", o.statistics->to);
    files.check();
}

}  // namespace weir_enrich
