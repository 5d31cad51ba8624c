/// Positions: how far a stream is in the sources above it, so that a restart loses nothing.
#pragma once

#include <weir/core/stream.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir {

/// How far a lane of a source is. A *lane* is a part of a source with an order of its own: a file,
/// a partition, a stream of a broker. A source numbers its lanes from 0.
///
/// `next` and `extra` say where the source has to continue, in its own unit: a byte and a line of a
/// file, an offset of a partition, the two halves of a Redis id. In one lane, positions are ordered
/// by `next` and then `extra`.
struct lane_position {
    std::uint32_t lane = 0;
    std::uint32_t epoch = 0;  ///< Counts the assignments of the lane to this process.
    std::uint64_t next = 0;   ///< All that lies before it is done.
    std::uint64_t extra = 0;  ///< What the source needs besides `next`.

    friend constexpr bool operator==(const lane_position&, const lane_position&) = default;
};

/// One position for each lane, in the order in which the lanes came. Copies allocate.
class positions {
public:
    positions() = default;

    /// Replaces the position of its lane, or adds one.
    void put(const lane_position& p) {
        const auto at = std::ranges::find(lanes_, p.lane, &lane_position::lane);
        if (at != lanes_.end()) {
            *at = p;
        } else {
            lanes_.push_back(p);
        }
    }
    void put(const positions& others) {
        for (const lane_position& p : others.lanes_) put(p);
    }

    /// The position of `lane`, or nullptr.
    const lane_position* find(std::uint32_t lane) const noexcept {
        const auto at = std::ranges::find(lanes_, lane, &lane_position::lane);
        return at != lanes_.end() ? &*at : nullptr;
    }

    /// Forgets all lanes and keeps the memory.
    void clear() noexcept { lanes_.clear(); }
    bool empty() const noexcept { return lanes_.empty(); }
    std::size_t size() const noexcept { return lanes_.size(); }
    auto begin() const noexcept { return lanes_.begin(); }
    auto end() const noexcept { return lanes_.end(); }

    friend bool operator==(const positions&, const positions&) = default;

private:
    std::vector<lane_position> lanes_;
};

/// The answer of a stream to the question how far it is.
struct progress {
    /// Every item that comes of what lies before these positions was handed over, left out or
    /// rejected. A lane that is not in it has no news.
    positions upto;
    /// Whether nothing else was handed over. Then a sink may commit what it has together with
    /// `upto`: a replay from there gives exactly what is missing.
    bool at_cut = true;
    /// Whether a lane has to be given back: steps hand on what they keep at the end of the poll.
    bool hurry = false;
};

/// A stream that says how far it is: `void settled(progress&) const`.
///
/// It is asked by the code that polls the stream, on its strand: between two polls, or inside the
/// sink, where the item in hand counts as handed over. It is never asked after an exception. The
/// answer never goes back. A stream that keeps items never answers beyond the oldest of them.
///
/// A step that only passes items on or leaves them out passes the question on:
///
///     void settled(weir::progress& p) const requires weir::positioned_stream<S> {
///         upstream_.settled(p);
///     }
template <class S>
concept positioned_stream = stream<S> && requires(const S& s, progress& p) { s.settled(p); };

namespace detail {

/// The first step of a chain, seen from its source, that does not say how far it is.
template <class S>
struct unpositioned {
    using type = S;
};
template <template <class...> class Step, class S, class... Rest>
    requires(stream<S> && !positioned_stream<S>)
struct unpositioned<Step<S, Rest...>> : unpositioned<S> {};

/// A function of its own, so that the compiler's message names the step.
template <class Step>
consteval void says_how_far_it_is() {
    static_assert(
        positioned_stream<Step>,
        "weir: this step (see Step) cannot say how far it is, so no position can be committed "
        "behind it: a source that cannot be replayed, a step whose state a restart would lose "
        "(skip, take, scan, dedup ...), or one that changes the order. See docs/positions.md.");
}

}  // namespace detail

/// Fails to compile where `S` cannot say how far it is, and names the step that is the reason.
template <class S>
consteval void check_positioned() {
    detail::says_how_far_it_is<typename detail::unpositioned<S>::type>();
}

}  // namespace weir
