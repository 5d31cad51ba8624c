/// weir-enrich: joins trades with instruments, accounts and exchange rates. See
/// docs/weir-enrich.md.
#include <shared/whole_program.hpp>
#include <weir-enrich/cli/command_line.hpp>

#include <exception>
#include <variant>

namespace {

using namespace weir_enrich;

struct runner {
    exit_code operator()(const run_options& o) const { return run(o); }
    exit_code operator()(const demo_options& o) const { return demo(o); }
    exit_code operator()(exit_code done) const { return done; }
};

exit_code perform(const command& c) {
    try {
        return std::visit(runner{}, c);
    } catch (const std::exception& error) {
        return weir_apps::tell(error);
    }
}

}  // namespace

int main(int count, char** arguments) {
    weir_apps::begin_program("weir-enrich");
    return weir_apps::end_program(perform(parse_command_line(count, arguments)));
}
