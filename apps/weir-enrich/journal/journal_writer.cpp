#include "journal_writer.hpp"

namespace weir_enrich {

namespace {

endpoint file_at(const std::filesystem::path& path) {
    endpoint p;
    p.kind = endpoint_kind::file;
    p.format = format::frames;
    p.path = p.text = path.string();
    return p;
}

}  // namespace

journal_writer::journal_writer(const std::filesystem::path& file, on_missing missing)
    : to_(file_at(file)) {
    append(journal_header{journal_version, missing});
}

void journal_writer::add(const trade& t) {
    recorded_trade r{t};
    r.received -= began_;
    append(r);
    ++trades_;
}

void journal_writer::close() {
    append(journal_end{trades_});
    flush();
    to_.close();
}

void journal_writer::flush() {
    if (waiting_.empty()) return;
    to_.write(waiting_);
    waiting_.clear();
}

}  // namespace weir_enrich
