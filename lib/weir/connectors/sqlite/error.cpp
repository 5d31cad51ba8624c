#include <weir/connectors/sqlite/error.hpp>

#include <sqlite3.h>

#include <system_error>

namespace weir::sqlite {

database_error detail::last_error(sqlite3* connection, const std::string& file,
                                  const std::string& operation) {
    const int code = sqlite3_extended_errcode(connection);
    std::string cause = sqlite3_errmsg(connection);
    if (code == SQLITE_READONLY_DIRECTORY) {
        cause += " (its directory is not writable, so there is no room for a journal)";
    }
    const int family = code & 0xff;
    int system = sqlite3_system_errno(connection);
    if (system == 0 && family == SQLITE_IOERR) {
        // A failing COMMIT stores it in the file only.
        sqlite3_file_control(connection, nullptr, SQLITE_FCNTL_LAST_ERRNO, &system);
    }
    // For other families, the number may be that of an earlier, unrelated failure.
    if (system != 0 && (family == SQLITE_CANTOPEN || family == SQLITE_IOERR)) {
        cause += " (" + std::generic_category().message(system) + ")";
    }
    return database_error(code, file, operation, cause);
}

}  // namespace weir::sqlite
