// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The version of weir: of the headers as macros and as a constant, and of the library that the
/// program runs with as a function. docs/stability.md says what a new version may change.
///
/// The numbers are written here only. meson.build repeats them for Meson and refuses to configure
/// when the two differ; CMakeLists.txt reads them from this file.
///
///     #if WEIR_VERSION_NUMBER >= 200  // 0.2.0
///     std::cout << "built with weir " << WEIR_VERSION_STRING << '\n';

#define WEIR_VERSION_MAJOR 0
#define WEIR_VERSION_MINOR 2
#define WEIR_VERSION_PATCH 0

/// `"0.2.0"`.
#define WEIR_VERSION_STRING \
    WEIR_VERSION_TEXT(WEIR_VERSION_MAJOR, WEIR_VERSION_MINOR, WEIR_VERSION_PATCH)

/// One number to compare: 10,000 for each major version, 100 for each minor one, 1 for each patch.
#define WEIR_VERSION_NUMBER \
    (WEIR_VERSION_MAJOR * 10000 + WEIR_VERSION_MINOR * 100 + WEIR_VERSION_PATCH)

// No part of the interface. Two steps, so that the numbers are put in before they become text.
#define WEIR_VERSION_TEXT(major, minor, patch) WEIR_VERSION_TEXT_OF(major, minor, patch)
#define WEIR_VERSION_TEXT_OF(major, minor, patch) #major "." #minor "." #patch

namespace weir {

/// The version of the headers that a file was compiled with, `"0.2.0"`.
inline constexpr const char* version = WEIR_VERSION_STRING;

/// The version of the library that the program runs with. It differs from `weir::version` when a
/// program was compiled with the headers of another version than the shared library it loads. Then
/// compile the program anew: in 0.x two minor versions do not fit together.
///
///     if (std::string_view(weir::library_version()) != weir::version) warn();
///
/// May be called from any thread; the text lives as long as the program.
const char* library_version() noexcept;

}  // namespace weir
