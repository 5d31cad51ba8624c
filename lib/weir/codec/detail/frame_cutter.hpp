/// \file
/// Cuts bytes into frames, however the bytes are split. Users meet `frames` and `frames_of` only.
#pragma once

#include <weir/codec/fault.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace weir::codec::detail {

/// Delivers the payloads of frames that are complete and have one of the expected schemas. A frame
/// that lies whole in the bytes is not copied. Other frames are assembled in a buffer, which grows
/// with the bytes received, not with the size that a header claims.
class frame_cutter {
public:
    enum class found : std::uint8_t {
        nothing,  ///< all bytes are consumed; more are needed
        payload,  ///< `payload()` is the next payload
        fault,    ///< `wrong()` says which
    };

    /// `schemas` must outlive the cutter.
    frame_cutter(std::span<const std::uint32_t> schemas, std::size_t max_payload) noexcept
        : schemas_(schemas), max_payload_(max_payload) {}

    /// Continues in `bytes` at `at`, and moves `at` past the bytes it consumed.
    found next(std::string_view bytes, std::size_t& at);

    /// The same at the end of the input.
    found end();

    std::string_view payload() const noexcept { return payload_; }
    /// The schema of the frame to which `payload()` belongs.
    std::uint32_t schema() const noexcept { return schema_; }
    /// The offset of `payload()` from the start of the whole input.
    std::uint64_t payload_offset() const noexcept { return payload_offset_; }
    const fault& wrong() const noexcept { return wrong_; }

    /// True when the start of the next frame is unknown: all further bytes are ignored.
    bool broken() const noexcept { return broken_; }
    /// The number of bytes held of an incomplete frame.
    std::size_t held() const noexcept { return kept_.size(); }

private:
    cause check_header(std::string_view frame);
    found open(std::string_view frame);
    found fail(cause why);

    std::span<const std::uint32_t> schemas_;
    std::size_t max_payload_;
    std::string kept_;
    bool kept_is_used_ = false;  // `payload_` points into `kept_` until the next call
    bool broken_ = false;
    std::uint64_t offset_ = 0;  // of the next frame
    std::string_view payload_;
    std::uint32_t schema_ = 0;
    std::uint64_t payload_offset_ = 0;
    fault wrong_;
};

}  // namespace weir::codec::detail
