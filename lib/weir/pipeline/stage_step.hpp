/// What a step does with an item: what a counted stage must know of the steps in it.
#pragma once

#include <cstdint>

namespace weir {

enum class step_kind : std::uint8_t {
    passes,   ///< One item out for each item in, at once.
    filters,  ///< One item out or none, at once: those left out are `filtered`.
    rejects,  ///< One item out or none, at once: those left out are `rejected`.
    gathers   ///< Keeps items, and hands them on together: what it keeps is `in_flight`.
};

/// The kind of a step, by its stream type. For a step of your own:
///
///     template <class S, class F>
///     struct weir::stage_step<my_stream<S, F>> : weir::step_of<weir::step_kind::filters> {};
///
/// A step that is none of these, such as `flat_map`, which makes items of nothing, has no place in
/// the equation of a ledger, and none in a stage; nor has `buffer`, whose two sides run at once.
template <class Stream>
struct stage_step {
    static constexpr bool is_known = false;
};

template <step_kind Kind>
struct step_of {
    static constexpr bool is_known = true;
    static constexpr step_kind kind = Kind;
};

// Declared, not included: a program pays for the steps it uses.
template <class S, class Weigh>
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
template <class S>
class ready_chunks_stream;
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
template <class S, class Weigh>
class timed_batch_stream;
template <class S, class F>
class try_map_stream;
template <class S>
class window_stream;

template <class S, class Weigh>
struct stage_step<batch_stream<S, Weigh>> : step_of<step_kind::gathers> {};
template <class S, class Key>
struct stage_step<dedup_stream<S, Key>> : step_of<step_kind::filters> {};
template <class S, class Key>
struct stage_step<dedup_recent_stream<S, Key>> : step_of<step_kind::filters> {};
template <class S>
struct stage_step<enumerate_stream<S>> : step_of<step_kind::passes> {};
template <class S, class F>
struct stage_step<filter_map_stream<S, F>> : step_of<step_kind::filters> {};
template <class S, class P>
struct stage_step<filter_stream<S, P>> : step_of<step_kind::filters> {};
template <class S, class F>
struct stage_step<finally_stream<S, F>> : step_of<step_kind::passes> {};
template <class S, class F>
struct stage_step<inspect_stream<S, F>> : step_of<step_kind::passes> {};
template <class S, class F>
struct stage_step<map_stream<S, F>> : step_of<step_kind::passes> {};
template <class S>
struct stage_step<pairwise_stream<S>> : step_of<step_kind::filters> {};
template <class S>
struct stage_step<ready_chunks_stream<S>> : step_of<step_kind::gathers> {};
template <class S, class State, class F>
struct stage_step<scan_stream<S, State, F>> : step_of<step_kind::passes> {};
template <class S>
struct stage_step<skip_stream<S>> : step_of<step_kind::filters> {};
template <class S, class P>
struct stage_step<skip_while_stream<S, P>> : step_of<step_kind::filters> {};
template <class S, class Reject>
struct stage_step<split_errors_stream<S, Reject>> : step_of<step_kind::rejects> {};
template <class S>
struct stage_step<step_by_stream<S>> : step_of<step_kind::filters> {};
template <class S>
struct stage_step<take_stream<S>> : step_of<step_kind::passes> {};
template <class S>
struct stage_step<take_until_stream<S>> : step_of<step_kind::passes> {};
template <class S, class P>
struct stage_step<take_while_stream<S, P>> : step_of<step_kind::filters> {};
template <class S, class Weigh>
struct stage_step<timed_batch_stream<S, Weigh>> : step_of<step_kind::gathers> {};
template <class S, class F>
struct stage_step<try_map_stream<S, F>> : step_of<step_kind::passes> {};
template <class S>
struct stage_step<window_stream<S>> : step_of<step_kind::filters> {};

}  // namespace weir
