/// Bad records, kept aside so that they can be put right and loaded.
#pragma once

#include <sys/types.h>
#include <weir-load/output_file.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace weir_load::table_load {

/// A bad record, and what is wrong with it.
struct rejected_record {
    std::string_view file;
    std::string_view header;  ///< of that file, as it has it; empty: it has none
    std::string_view raw;     ///< the record as the file has it, without its line end
    std::uint64_t line = 0;
    std::uint64_t byte = 0;
    std::string_view column;  ///< empty: it is the record as a whole
    std::string_view value;
    std::string_view reason;
};

/// Two files: the records as they were under the header that they had, which can be loaded as it
/// is; and beside it `FILE.reasons.csv`, which says of each where it stood and why. Inputs whose
/// headers differ have a file each: `FILE`, `FILE.2`, ...
///
/// They are written beside the files of the load before, which they replace in `commit`. Without a
/// bad record there are none, and `commit` removes those of the load before.
///
/// Thread-safe. Throws std::system_error, whose text names the file and the cause.
class reject_output {
public:
    explicit reject_output(std::filesystem::path path);

    /// Throws usage_error when files of these names hold something else, which would be lost.
    void check_old() const;
    /// The files are to be open to no more than may read and write the database.
    void be_as_private_as(const std::filesystem::path& database);

    void add(const rejected_record& record);
    /// Hands what was added to the system.
    void flush();
    /// Puts the files in their places.
    void commit();

    const std::filesystem::path& path() const noexcept { return path_; }
    std::filesystem::path reasons_path() const;

private:
    struct records_file {
        std::string header;
        std::string waiting;
        std::unique_ptr<output_file> file;
    };

    records_file& file_for(std::string_view header);
    std::filesystem::path numbered_path(std::size_t number) const;
    void flush_locked();

    std::filesystem::path path_;
    mode_t most_ = 0666;
    std::mutex mutex_;
    std::vector<records_file> records_;
    std::string waiting_reasons_;
    std::unique_ptr<output_file> reasons_;
};

}  // namespace weir_load::table_load
