/// weir-load: creates CSV files of people and loads them into SQLite. See docs/weir-load.md.
#include <shared/whole_program.hpp>

#include <cstdio>
#include <exception>
#include <variant>

#include "command_line.hpp"
#include "load/table_load.hpp"
#include "summary.hpp"

namespace {

using namespace weir_load;

struct runner {
    exit_code operator()(const create_options& o) const { return create_file(o); }
    exit_code operator()(const load_options& o) const { return run_pipeline(o); }
    exit_code operator()(const table_load::options& o) const { return table_load::load_tables(o); }
    exit_code operator()(const show_options& o) const { return show(o); }
    exit_code operator()(exit_code done) const { return done; }
};

bool wants_json(const command& c) {
    const auto* load = std::get_if<load_options>(&c);
    const auto* any = std::get_if<table_load::options>(&c);
    return (load && load->progress == progress_mode::json) ||
           (any && any->progress == progress_mode::json);
}

exit_code run(const command& c) {
    try {
        return std::visit(runner{}, c);
    } catch (const std::exception& error) {
        const exit_code code = weir_apps::tell(error);
        // If this cannot be printed, the exit code still reports the failure.
        if (wants_json(c)) std::puts(json_failure(error.what()).c_str());
        return code;
    }
}

}  // namespace

int main(int count, char** arguments) {
    weir_apps::begin_program("weir-load");
    return weir_apps::end_program(run(parse_command_line(count, arguments)));
}
