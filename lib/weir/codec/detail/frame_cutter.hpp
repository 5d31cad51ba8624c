/// \file
/// Cuts bytes into frames, whatever pieces they come in. Users meet `frames` and `frames_of` only.
#pragma once

#include <weir/codec/fault.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace weir::codec::detail {

/// Hands out the payloads of frames that are whole and of one of the right schemas. A frame that
/// lies whole in the bytes is handed out where it is; others are put together in a buffer, which
/// grows with what has come, not with what a header claims.
class frame_cutter {
public:
    enum class found : std::uint8_t {
        nothing,  ///< all bytes are taken; more are needed
        payload,  ///< `payload()` is the next one
        fault,    ///< `wrong()` says what
    };

    /// `schemas` must outlive it.
    frame_cutter(std::span<const std::uint32_t> schemas, std::size_t max_payload) noexcept
        : schemas_(schemas), max_payload_(max_payload) {}

    /// Goes on in `bytes` at `at`, and moves `at` past what it took.
    found next(std::string_view bytes, std::size_t& at);

    /// The same at the end of the input.
    found end();

    std::string_view payload() const noexcept { return payload_; }
    /// The schema of the frame that `payload()` is of.
    std::uint32_t schema() const noexcept { return schema_; }
    /// Where the first byte of `payload()` is in all the input.
    std::uint64_t payload_offset() const noexcept { return payload_offset_; }
    const fault& wrong() const noexcept { return wrong_; }

    /// True when it is not known where the next frame begins: all further bytes are ignored.
    bool broken() const noexcept { return broken_; }
    /// How many bytes of an incomplete frame it holds.
    std::size_t held() const noexcept { return kept_.size(); }

private:
    cause check_header(std::string_view frame);
    found open(std::string_view frame);
    found fail(cause why);

    std::span<const std::uint32_t> schemas_;
    std::size_t max_payload_;
    std::string kept_;
    bool kept_is_used_ = false;  // `payload_` lies in it, until the next call
    bool broken_ = false;
    std::uint64_t offset_ = 0;  // where the frame begins that comes next
    std::string_view payload_;
    std::uint32_t schema_ = 0;
    std::uint64_t payload_offset_ = 0;
    fault wrong_;
};

}  // namespace weir::codec::detail
