#include <weir/codec/detail/line_cutter.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace weir::codec::detail {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r") == text.npos;
}

}  // namespace

// Keeps a part of a line. Returns false when the line is too long; then nothing of it is kept.
bool line_cutter::keep(std::string_view part) {
    if (part.size() > max_line_ - kept_size_) {
        skipped_ = kept_size_ + part.size();
        kept_size_ = 0;
        return false;
    }
    const std::size_t wanted = kept_size_ + part.size() + json_reader::padding;
    if (wanted > kept_capacity_) {
        const std::size_t larger = std::max(wanted, 2 * kept_capacity_);
        auto moved = std::make_unique<char[]>(larger);
        if (kept_size_ != 0) std::memcpy(moved.get(), kept_.get(), kept_size_);
        kept_ = std::move(moved);
        kept_capacity_ = larger;
    }
    if (!part.empty()) std::memcpy(kept_.get() + kept_size_, part.data(), part.size());
    kept_size_ += part.size();
    return true;
}

// Returns the assembled line. It gets its LF, as in the input, because simdjson's result for a
// malformed line may depend on the first byte behind it.
std::string_view line_cutter::take_kept() {
    kept_[kept_size_] = '\n';
    return {kept_.get(), std::exchange(kept_size_, 0)};
}

// Makes `text` the current line. Returns false when it is blank.
bool line_cutter::begin_line(std::string_view text) {
    line_ = {text, next_offset_, next_number_};
    if (next_number_ == 1 && text.starts_with(byte_order_mark)) {
        line_.text.remove_prefix(byte_order_mark.size());
        line_.offset += byte_order_mark.size();
    }
    return !is_blank(line_.text);
}

line_cutter::found line_cutter::next(std::string_view bytes, std::size_t& at) {
    while (at != bytes.size()) {
        const std::string_view rest = bytes.substr(at);
        const std::size_t size = std::min(rest.find('\n'), rest.size());
        const bool whole = size != rest.size();
        at += size + (whole ? 1 : 0);
        if (skipping_) {
            skipped_ += size;
            if (!whole) return found::nothing;
            skipping_ = false;
            next_offset_ += skipped_ + 1;
            ++next_number_;
            continue;
        }
        const bool in_place = whole && kept_size_ == 0 && size <= max_line_ &&
                              rest.size() - size >= json_reader::padding;
        if (!in_place && !keep(rest.substr(0, size))) {
            line_ = {{}, next_offset_, next_number_};
            if (whole) {
                next_offset_ += skipped_ + 1;
                ++next_number_;
            } else {
                skipping_ = true;
            }
            return found::too_long;
        }
        if (!whole) return found::nothing;
        const std::string_view text = in_place ? rest.substr(0, size) : take_kept();
        const bool good = begin_line(text);
        next_offset_ += text.size() + 1;
        ++next_number_;
        if (good) return found::line;
    }
    return found::nothing;
}

line_cutter::found line_cutter::end() {
    if (skipping_ || kept_size_ == 0) return found::nothing;
    const std::string_view text = take_kept();
    const bool good = begin_line(text);
    next_offset_ += text.size();
    ++next_number_;
    return good ? found::line : found::nothing;
}

}  // namespace weir::codec::detail
