#include "write_options.hpp"

#include <cstdint>
#include <map>

namespace weir_load {

void allow_named(allowances& allow, const std::vector<std::string>& names) {
    const std::map<std::string, bool*> all = {{"references", &allow.references},
                                              {"other-shape", &allow.other_shape},
                                              {"search-tables", &allow.search_tables},
                                              {"empty", &allow.empty}};
    for (const auto& name : names) {
        const auto found = all.find(name);
        if (found == all.end()) {
            throw CLI::ValidationError("--allow",
                                       "must be references, other-shape, search-tables or empty");
        }
        *found->second = true;
    }
}

void add_lock_wait(CLI::App& command, std::chrono::seconds& to) {
    constexpr std::uint64_t a_year = 365 * 24 * 3'600;
    const auto set_wait = [&to](std::uint64_t n) { to = std::chrono::seconds(n); };
    weir_apps::add_number_of(command, "--lock-wait", set_wait,
                             "How long to wait for a lock that another program holds",
                             {.least = 0, .most = a_year})
        ->type_name("SECONDS")
        ->default_str(std::to_string(to.count()));
}

void add_fast(CLI::App& command, bool& to) {
    command.add_flag("--fast", to,
                     "Do not wait for the disk: a loss of power may ruin the whole database");
}

}  // namespace weir_load
