#include "byte_source.hpp"

#include <weir/connectors/csv/file_reader.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace weir_load::table_load {

bool read_up_to(byte_source& from, std::string& to, std::size_t size) {
    while (to.size() < size) {
        const std::size_t before = to.size();
        to.resize(size);
        const std::size_t got = from.read(std::span(to).subspan(before));
        to.resize(before + got);
        if (got == 0) return false;
    }
    return true;
}

std::size_t file_source::read(std::span<char> to) {
    const std::size_t got = file_.read(to, state_->stopped);
    // A count that is shown; nothing is published through it.
    state_->bytes.fetch_add(got, std::memory_order_relaxed);
    read_ += got;
    const auto size = file_.size();
    if (got == 0 && size && read_ < *size && !state_->stopped.load(std::memory_order_relaxed)) {
        throw weir::csv::file_error(
            path_, fmt::format("it became shorter while it was read ({} bytes of {} were read)",
                               read_, *size));
    }
    return got;
}

std::size_t prefixed_source::read(std::span<char> to) {
    if (given_ == begin_.size()) return rest_->read(to);
    const std::size_t size = std::min(to.size(), begin_.size() - given_);
    std::memcpy(to.data(), begin_.data() + given_, size);
    given_ += size;
    if (given_ == begin_.size()) {
        begin_ = {};
        given_ = 0;
    }
    return size;
}

}  // namespace weir_load::table_load
