/// What becomes of a trade whose key a table does not have.
#pragma once

#include <weir/codec/fields.hpp>

#include <cstdint>
#include <type_traits>

namespace weir_enrich {

enum class on_missing : std::uint8_t {
    drop,         ///< It is left out, and counted.
    use_default,  ///< It goes on with a row that says nothing: no text, no fee, a rate of 1.
    side_output,  ///< It goes to the side output as it came, and is counted.
    wait          ///< It waits for its key, but not for ever, and is dropped then.
};

constexpr auto weir_names(std::type_identity<on_missing>) {
    using weir::codec::name;
    return weir::codec::names(
        name("drop", on_missing::drop), name("default", on_missing::use_default),
        name("side-output", on_missing::side_output), name("wait", on_missing::wait));
}

}  // namespace weir_enrich
