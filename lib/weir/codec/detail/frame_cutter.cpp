#include <weir/codec/checksum.hpp>
#include <weir/codec/detail/frame_cutter.hpp>
#include <weir/codec/detail/frame_layout.hpp>
#include <weir/codec/detail/little_endian.hpp>

#include <algorithm>

namespace weir::codec::detail {
namespace {

std::size_t payload_size_in(std::string_view frame) {
    return load_number<std::uint32_t>(frame.data() + 4);
}

}  // namespace

// Checks the header. If it returns `cause::none`, the frame's size is known.
cause frame_cutter::check_header(std::string_view frame) {
    if (!frame.starts_with(frame_mark)) return cause::not_a_frame;
    const bool known = load_number<std::uint8_t>(frame.data() + 2) == frame_version &&
                       load_number<std::uint8_t>(frame.data() + 3) == 0;
    if (!known) return cause::unknown_version;
    if (payload_size_in(frame) > max_payload_) return cause::frame_too_large;
    return cause::none;
}

frame_cutter::found frame_cutter::fail(cause why) {
    wrong_ = {why, offset_};
    return found::fault;
}

// Checks a frame that is complete.
frame_cutter::found frame_cutter::open(std::string_view frame) {
    const std::string_view checked = frame.substr(0, frame.size() - frame_checksum_size);
    if (load_number<std::uint32_t>(checked.data() + checked.size()) != checksum(checked)) {
        broken_ = true;  // the size itself may be damaged
        return fail(cause::wrong_checksum);
    }
    schema_ = load_number<std::uint32_t>(frame.data() + 8);
    if (std::ranges::find(schemas_, schema_) == schemas_.end()) {
        const found other = fail(cause::other_schema);
        offset_ += frame.size();
        return other;
    }
    payload_ = checked.substr(frame_header_size);
    payload_offset_ = offset_ + frame_header_size;
    offset_ += frame.size();
    return found::payload;
}

frame_cutter::found frame_cutter::next(std::string_view bytes, std::size_t& at) {
    if (kept_is_used_) {
        kept_.clear();
        kept_is_used_ = false;
    }
    // First the header is completed, then the whole frame.
    std::size_t wanted = kept_.size() < frame_header_size ? frame_header_size
                                                          : frame_overhead + payload_size_in(kept_);
    while (!broken_) {
        const std::string_view rest = bytes.substr(at);
        const bool in_place = kept_.empty() && rest.size() >= wanted;
        if (!in_place) {
            const std::size_t part = std::min(rest.size(), wanted - kept_.size());
            kept_.append(rest.substr(0, part));
            at += part;
            if (kept_.size() != wanted) return found::nothing;
        }
        const std::string_view frame = in_place ? rest.substr(0, wanted) : std::string_view(kept_);
        if (wanted != frame_header_size) {
            if (in_place) at += wanted;
            kept_is_used_ = !in_place;
            return open(frame);
        }
        if (const cause why = check_header(frame); why != cause::none) {
            broken_ = true;
            return fail(why);
        }
        wanted = frame_overhead + payload_size_in(frame);
    }
    at = bytes.size();
    return found::nothing;
}

frame_cutter::found frame_cutter::end() {
    if (broken_ || kept_is_used_ || kept_.empty()) return found::nothing;
    broken_ = true;
    return fail(cause::truncated);
}

}  // namespace weir::codec::detail
