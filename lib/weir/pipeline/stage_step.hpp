/// How a step treats an item. A counted stage must know this of each of its steps.
#pragma once

#include <cstdint>

namespace weir {

enum class step_kind : std::uint8_t {
    passes,   ///< One item out for each item in, at once.
    filters,  ///< One item out or none, at once: an item left out counts as `filtered`.
    rejects,  ///< One item out or none, at once: an item left out counts as `rejected`.
    gathers   ///< Keeps items and hands them on together: kept items count as `in_flight`.
};

/// The kind of a step, by its stream type. Specialise it for a step of your own:
///
///     template <class S, class F>
///     struct weir::stage_step<my_stream<S, F>> : weir::step_of<weir::step_kind::filters> {};
///
/// Other steps do not fit the equation of a ledger and cannot be in a stage: `flat_map`, which
/// makes several items of one, or `buffer`, whose two sides run concurrently.
template <class Stream>
struct stage_step {
    static constexpr bool is_known = false;
};

template <step_kind Kind>
struct step_of {
    static constexpr bool is_known = true;
    static constexpr step_kind kind = Kind;
};

namespace detail {

// Declared, not included, so a program compiles only the steps that it uses.
template <class S, class SizeOf>
class batch_stream;
template <class S, class Key>
class dedup_stream;
template <class S, class Key>
class dedup_recent_stream;
template <class S>
class enumerate_stream;
template <class S, class F>
class filter_map_stream;
template <class S, class P>
class filter_stream;
template <class S, class F>
class finally_stream;
template <class S, class F>
class inspect_stream;
template <class S, class F>
class map_stream;
template <class S>
class pairwise_stream;
template <class S, class State, class F>
class scan_stream;
template <class S>
class skip_stream;
template <class S, class P>
class skip_while_stream;
template <class S, class Reject>
class split_errors_stream;
template <class S>
class step_by_stream;
template <class S>
class take_stream;
template <class S>
class take_until_stream;
template <class S, class P>
class take_while_stream;
template <class S, class SizeOf>
class timed_batch_stream;
template <class S, class F>
class try_map_stream;
template <class S>
class window_stream;

}  // namespace detail

template <class S, class SizeOf>
struct stage_step<detail::batch_stream<S, SizeOf>> : step_of<step_kind::gathers> {};
template <class S, class Key>
struct stage_step<detail::dedup_stream<S, Key>> : step_of<step_kind::filters> {};
template <class S, class Key>
struct stage_step<detail::dedup_recent_stream<S, Key>> : step_of<step_kind::filters> {};
template <class S>
struct stage_step<detail::enumerate_stream<S>> : step_of<step_kind::passes> {};
template <class S, class F>
struct stage_step<detail::filter_map_stream<S, F>> : step_of<step_kind::filters> {};
template <class S, class P>
struct stage_step<detail::filter_stream<S, P>> : step_of<step_kind::filters> {};
template <class S, class F>
struct stage_step<detail::finally_stream<S, F>> : step_of<step_kind::passes> {};
template <class S, class F>
struct stage_step<detail::inspect_stream<S, F>> : step_of<step_kind::passes> {};
template <class S, class F>
struct stage_step<detail::map_stream<S, F>> : step_of<step_kind::passes> {};
template <class S>
struct stage_step<detail::pairwise_stream<S>> : step_of<step_kind::filters> {};
template <class S, class State, class F>
struct stage_step<detail::scan_stream<S, State, F>> : step_of<step_kind::passes> {};
template <class S>
struct stage_step<detail::skip_stream<S>> : step_of<step_kind::filters> {};
template <class S, class P>
struct stage_step<detail::skip_while_stream<S, P>> : step_of<step_kind::filters> {};
template <class S, class Reject>
struct stage_step<detail::split_errors_stream<S, Reject>> : step_of<step_kind::rejects> {};
template <class S>
struct stage_step<detail::step_by_stream<S>> : step_of<step_kind::filters> {};
template <class S>
struct stage_step<detail::take_stream<S>> : step_of<step_kind::passes> {};
template <class S>
struct stage_step<detail::take_until_stream<S>> : step_of<step_kind::passes> {};
template <class S, class P>
struct stage_step<detail::take_while_stream<S, P>> : step_of<step_kind::filters> {};
template <class S, class SizeOf>
struct stage_step<detail::timed_batch_stream<S, SizeOf>> : step_of<step_kind::gathers> {};
template <class S, class F>
struct stage_step<detail::try_map_stream<S, F>> : step_of<step_kind::passes> {};
template <class S>
struct stage_step<detail::window_stream<S>> : step_of<step_kind::filters> {};

}  // namespace weir
