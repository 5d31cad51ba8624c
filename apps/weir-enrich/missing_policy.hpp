/// What becomes of a trade whose key a table does not have.
#pragma once

#include <weir/joins/table_lookup.hpp>

#include <cstdint>

#include "counts.hpp"
#include "enriched_trade.hpp"

namespace weir_enrich {

enum class on_missing : std::uint8_t {
    drop,         ///< It is left out, and counted.
    use_default,  ///< It goes on with a row that says nothing: no text, no fee, a rate of 1.
    side_output   ///< It goes to the side output as it came, and is counted.
};

/// A policy of the joins (weir/joins/missing.hpp) that is chosen while the program runs.
template <class Row, class Divert>
class missing_policy {
public:
    missing_policy(on_missing how, Row stand_in, counter& misses, run_counts& counts, Divert divert)
        : how_(how), stand_in_(stand_in), misses_(&misses), counts_(&counts), divert_(divert) {}

    template <class V, class T>
    const V* instead(T& item) {
        misses_->add(1);
        switch (how_) {
            case on_missing::use_default:
                return &stand_in_;
            case on_missing::side_output:
                divert_(item);
                counts_->diverted.add(1);
                return nullptr;
            default:
                counts_->dropped.add(1);
                return nullptr;
        }
    }

private:
    on_missing how_;
    Row stand_in_;
    counter* misses_;
    run_counts* counts_;
    Divert divert_;
};

}  // namespace weir_enrich
