/// \file
/// Reads structs of several types from frames of bytes.
#pragma once

#include <weir/codec/deliver.hpp>
#include <weir/codec/detail/frame_cutter.hpp>
#include <weir/codec/detail/frame_layout.hpp>
#include <weir/codec/detail/payload_reader.hpp>
#include <weir/codec/fault.hpp>
#include <weir/codec/fields.hpp>
#include <weir/core/stream.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace weir::codec {

/// The limits of a `frames` and a `frames_of`.
struct frames_options {
    /// A frame whose payload is larger than this many bytes is a fault and is not read.
    std::size_t max_payload = std::size_t{1} << 20;
};

namespace detail {

/// Whether the ids are all different.
template <std::size_t N>
consteval bool all_differ(std::array<std::uint32_t, N> ids) {
    std::ranges::sort(ids);
    return std::ranges::adjacent_find(ids) == ids.end();
}

}  // namespace detail

/// Reads frames of several structs from one input, as `append_frame` writes them. The schema id of
/// a frame says which struct it holds.
///
///     codec::frames_of<opened, deposit, closed> in;
///     in.feed(bytes, [&]<class T>(T&& entry) { ledger.enter(entry); },
///             [&](const codec::fault& f) { log(f.message()); });
///
/// How it is called: `on_value` takes each of the types, as an rvalue, or it takes `value_type`, a
/// std::variant of them (`codec::decode` makes its items of that type). What comes out: the frames'
/// values and faults, in order. All else as `frames`. No two of the structs may have the same
/// fields: that does not compile. Cost: as `frames`, and a comparison of ids for each type.
template <described... T>
class frames_of {
    static_assert(sizeof...(T) != 0, "weir::codec::frames_of: of which structs?");

    static constexpr std::array<std::uint32_t, sizeof...(T)> schemas{detail::schema_id<T>...};
    static_assert(detail::all_differ(schemas),
                  "weir::codec::frames_of: two structs have the same fields, so that their frames "
                  "cannot be told apart");

public:
    using value_type = std::variant<T...>;

    explicit frames_of(frames_options options = {}) noexcept
        : cutter_(schemas, options.max_payload) {}

    /// Decodes `bytes`, and calls back with the values and faults that they complete.
    /// \return how many bytes were consumed: all of them, unless a callback returned false. Then
    ///         feed the rest again.
    template <class OnValue, class OnFault>
    std::size_t feed(std::string_view bytes, OnValue&& on_value, OnFault&& on_fault) {
        std::size_t at = 0;
        for (;;) {
            const auto found = cutter_.next(bytes, at);
            if (found == detail::frame_cutter::found::nothing) return at;
            if (!tell(found, on_value, on_fault)) return at;
        }
    }

    /// Reports the end of the input.
    /// \return false when a callback returned false (everything was delivered nevertheless)
    template <class OnValue, class OnFault>
    bool end(OnValue&& on_value, OnFault&& on_fault) {
        const auto found = cutter_.end();
        return found == detail::frame_cutter::found::nothing || tell(found, on_value, on_fault);
    }

    /// True when the decoder cannot continue and ignores further bytes.
    bool broken() const noexcept { return cutter_.broken(); }

    /// The number of bytes held of an incomplete frame.
    std::size_t held() const noexcept { return cutter_.held(); }

    /// The begin of the frame whose value was delivered last, as a fault without a cause. Use it to
    /// report a value that could be read but makes no sense.
    fault place() const noexcept {
        return {cause::none, cutter_.payload_offset() - detail::frame_header_size};
    }

private:
    template <class OnValue, class OnFault>
    bool tell(detail::frame_cutter::found found, OnValue& on_value, OnFault& on_fault) {
        if (found == detail::frame_cutter::found::fault) return deliver(on_fault, cutter_.wrong());
        bool more = true;
        const auto tell_if_it_is = [&]<class Wanted>(std::type_identity<Wanted>) {
            if (cutter_.schema() != detail::schema_id<Wanted>) return false;
            more = tell_value<Wanted>(on_value, on_fault);
            return true;
        };
        (void)(tell_if_it_is(std::type_identity<T>()) || ...);
        return more;
    }

    template <class Wanted, class OnValue, class OnFault>
    bool tell_value(OnValue& on_value, OnFault& on_fault) {
        Wanted value{};
        const fault wrong =
            detail::read_payload(cutter_.payload(), cutter_.payload_offset(), value);
        if (wrong.why != cause::none) return deliver(on_fault, wrong);
        return deliver(on_value, std::move(value));
    }

    detail::frame_cutter cutter_;
};

}  // namespace weir::codec

template <weir::codec::described... T>
inline constexpr bool weir::is_borrowed<std::variant<T...>> = (weir::codec::has_views<T> || ...);
