/// \file
/// Reads the fields of a struct from a frame's payload. Users meet `frames` only.
#pragma once

#include <weir/codec/detail/frame_layout.hpp>
#include <weir/codec/detail/little_endian.hpp>
#include <weir/codec/fault.hpp>
#include <weir/codec/fields.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace weir::codec::detail {

/// Reads a payload field by field. It trusts nothing in the payload: a correct checksum shows that
/// the bytes arrived as they were sent, not that weir wrote them.
class payload_reader {
public:
    explicit payload_reader(std::string_view payload) noexcept
        : begin_(payload.data()), at_(begin_), end_(begin_ + payload.size()) {}

    /// Reads the next field into `to`.
    template <plain M>
    cause read(M& to) {
        if (left() < least_size<M>) return cause::wrong_size;
        if constexpr (text<M>) {
            const std::size_t size = take<std::uint32_t>();
            if (left() < size) return cause::wrong_size;
            to = std::string_view(at_, size);
            at_ += size;
        } else if constexpr (std::same_as<M, bool>) {
            const auto bits = take<std::uint8_t>();
            if (bits > 1) return cause::unknown_value;
            to = bits == 1;
        } else if constexpr (std::is_enum_v<M>) {
            to = static_cast<M>(take<std::underlying_type_t<M>>());
            if (!to_text(to)) return cause::unknown_value;
        } else {
            to = take<M>();
        }
        return cause::none;
    }
    template <class M>
    cause read(std::optional<M>& to) {
        bool there = false;
        if (const cause why = read(there); why != cause::none) return why;
        if (!there) {
            to.reset();
            return cause::none;
        }
        return read(to.emplace());
    }

    /// The number of bytes read so far.
    std::size_t offset() const noexcept { return static_cast<std::size_t>(at_ - begin_); }
    std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }

private:
    template <class N>
    N take() noexcept {
        const N number = load_number<N>(at_);
        at_ += sizeof(N);
        return number;
    }

    const char* begin_;
    const char* at_;
    const char* end_;
};

/// Reads a whole payload into `to`. The payload begins at `offset` of the input.
template <described T>
fault read_payload(std::string_view payload, std::uint64_t offset, T& to) {
    payload_reader reader(payload);
    fault wrong;
    const auto read = [&](const auto& each) {
        const std::size_t begin = reader.offset();
        wrong.why = reader.read(to.*(each.member));
        if (wrong.why == cause::none) return true;
        wrong.offset = offset + begin;
        wrong.field = each.name;
        return false;
    };
    const bool all =
        std::apply([&](const auto&... each) { return (read(each) && ...); }, fields_of<T>);
    if (all && reader.left() != 0) return {cause::wrong_size, offset + reader.offset()};
    return wrong;
}

}  // namespace weir::codec::detail
