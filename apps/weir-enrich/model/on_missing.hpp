/// What happens to a trade if a table does not have its key.
#pragma once

#include <weir/codec/fields.hpp>

#include <cstdint>
#include <type_traits>

namespace weir_enrich {

enum class on_missing : std::uint8_t {
    drop,         ///< It is left out, and counted.
    use_default,  ///< It is joined with an empty row: no text, no fee, a rate of 1.
    side_output,  ///< It is written to the side output unchanged, and counted.
    wait          ///< It waits for its key for a limited time, and is dropped after that.
};

constexpr auto weir_names(std::type_identity<on_missing>) {
    using weir::codec::name;
    return weir::codec::names(
        name("drop", on_missing::drop), name("default", on_missing::use_default),
        name("side-output", on_missing::side_output), name("wait", on_missing::wait));
}

}  // namespace weir_enrich
