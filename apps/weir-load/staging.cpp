#include "staging.hpp"

#include <fmt/format.h>

namespace weir_load {

namespace {

namespace sqlite = weir::sqlite;

const char* option_for(sqlite::not_replaceable::reason why) {
    using enum sqlite::not_replaceable::reason;
    switch (why) {
        case other_shape:
            return "--allow other-shape replaces it all the same";
        case references:
            return "--allow references replaces it and leaves those rows as they are";
        case search_tables:
            return "--allow search-tables replaces it; full-text tables that read it are rebuilt, "
                   "others are left as they are";
        default:
            return nullptr;
    }
}

}  // namespace

sqlite::staging_options staging_options(const allowances& allowed) {
    sqlite::staging_options options;
    // Each load creates new ids, so references from other rows are always lost.
    options.references =
        allowed.references ? sqlite::referring_rows::kept : sqlite::referring_rows::refused;
    options.other_shape = allowed.other_shape;
    options.search_tables = allowed.search_tables;
    return options;
}

std::string with_option(const sqlite::not_replaceable& refused) {
    const char* const option = option_for(refused.why());
    return option ? fmt::format("{} ({})", refused.what(), option) : refused.what();
}

std::string with_holder(const sqlite::database_error& busy, const std::filesystem::path& database) {
    std::string text = busy.what();
    const auto holder = sqlite::table_lock::holder(database, "people");
    if (!holder || text.find(*holder) != text.npos) return text;
    return fmt::format("{}; {} is loading people into it", text, *holder);
}

}  // namespace weir_load
