/// Decoding of trades, with the rules that they must keep.
#pragma once

#include <weir/codec/deliver.hpp>
#include <weir/codec/fault.hpp>

#include <weir-enrich/model/row_rules.hpp>
#include <weir-enrich/model/trade.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace weir_enrich {

/// A decoder (weir/connectors/tcp/decoder.hpp) of trades. `Codec` is a `codec::json_lines<trade>`
/// or a `codec::frames<trade>`. A trade for which `fault_of` finds a fault becomes a fault.
template <class Codec>
class checked_trades {
public:
    using value_type = trade;

    template <class OnValue, class OnFault>
    std::size_t feed(std::string_view bytes, OnValue&& on_value, OnFault&& on_fault) {
        return codec_.feed(bytes, checked(on_value, on_fault), on_fault);
    }
    template <class OnValue, class OnFault>
    bool end(OnValue&& on_value, OnFault&& on_fault) {
        return codec_.end(checked(on_value, on_fault), on_fault);
    }
    bool broken() const noexcept
        requires requires(const Codec& c) { c.broken(); }
    {
        return codec_.broken();
    }

private:
    template <class OnValue, class OnFault>
    auto checked(OnValue& on_value, OnFault& on_fault) {
        return [this, &on_value, &on_fault](trade&& t) -> bool {
            const auto wrong = fault_of(t);
            if (!wrong) return weir::codec::deliver(on_value, std::move(t));
            weir::codec::fault f = codec_.place();
            f.why = weir::codec::cause::out_of_range;
            f.field = wrong->field;
            f.detail = wrong->rule;
            return weir::codec::deliver(on_fault, std::as_const(f));
        };
    }

    Codec codec_;
};

}  // namespace weir_enrich
