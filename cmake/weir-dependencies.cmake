# SPDX-License-Identifier: Apache-2.0
# What the libraries of weir link, as targets. Read by CMakeLists.txt at the top and, beside weir-config.cmake, by
# programs that use an installed weir.
#
#   weir_find_dependencies(LIBRARY MISSING)
#
# LIBRARY is weir, csv, file, tcp, testing, codec or sqlite. Afterwards MISSING is empty, or a sentence that says what
# was not found and what package of Debian brings it. The library then links `weir_dependencies_of_LIBRARY`.
# A dependency that the project has as a target already, from a FetchContent of its own say, is taken as it is.

set(weir_dependencies_of_weir
  weir::asio absl::any_invocable absl::flat_hash_map absl::flat_hash_set absl::inlined_vector absl::status
  absl::statusor absl::strings Threads::Threads)
set(weir_dependencies_of_codec simdjson::simdjson weir::xxhash)
set(weir_dependencies_of_sqlite SQLite::SQLite3)

# Asio is headers only, and Debian's package has neither a CMake nor a pkg-config file.
macro(weir_find_asio)
  if(NOT TARGET weir::asio)
    set(_weir_asio_target "")
    foreach(_weir_target asio::asio asio)
      if(TARGET ${_weir_target})
        set(_weir_asio_target ${_weir_target})
      endif()
    endforeach()
    if(NOT _weir_asio_target)
      find_path(WEIR_ASIO_INCLUDE_DIR asio.hpp DOC "The folder that has asio.hpp, of the standalone Asio")
    endif()
    if(_weir_asio_target OR WEIR_ASIO_INCLUDE_DIR)
      add_library(weir::asio INTERFACE IMPORTED)
      # As `weir_defines` in lib/meson.build. <weir/core/asio.hpp> sets the rest of Asio's configuration.
      target_compile_definitions(weir::asio INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED)
      if(_weir_asio_target)
        target_link_libraries(weir::asio INTERFACE ${_weir_asio_target})
      else()
        target_include_directories(weir::asio SYSTEM INTERFACE "${WEIR_ASIO_INCLUDE_DIR}")
      endif()
    endif()
  endif()
endmacro()

# xxHash has no CMake file in Debian's package.
macro(weir_find_xxhash)
  if(NOT TARGET weir::xxhash)
    if(TARGET xxHash::xxhash)
      add_library(weir::xxhash INTERFACE IMPORTED)
      target_link_libraries(weir::xxhash INTERFACE xxHash::xxhash)
    else()
      find_path(WEIR_XXHASH_INCLUDE_DIR xxhash.h DOC "The folder that has xxhash.h")
      find_library(WEIR_XXHASH_LIBRARY xxhash DOC "The library of xxHash")
      if(WEIR_XXHASH_INCLUDE_DIR AND WEIR_XXHASH_LIBRARY)
        add_library(weir::xxhash UNKNOWN IMPORTED)
        set_target_properties(weir::xxhash PROPERTIES
          IMPORTED_LOCATION "${WEIR_XXHASH_LIBRARY}"
          INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${WEIR_XXHASH_INCLUDE_DIR}")
      endif()
    endif()
  endif()
endmacro()

macro(weir_find_dependencies _weir_library _weir_missing)
  set(${_weir_missing} "")
  if("${_weir_library}" STREQUAL "codec")
    if(NOT TARGET simdjson::simdjson)
      find_package(simdjson CONFIG QUIET)
    endif()
    weir_find_xxhash()
    if(NOT TARGET simdjson::simdjson)
      set(${_weir_missing} "simdjson was not found (Debian: libsimdjson-dev)")
    elseif(NOT TARGET weir::xxhash)
      set(${_weir_missing} "xxHash was not found (Debian: libxxhash-dev)")
    endif()
  elseif("${_weir_library}" STREQUAL "sqlite")
    if(NOT TARGET SQLite::SQLite3)
      find_package(SQLite3 QUIET)
    endif()
    if(NOT TARGET SQLite::SQLite3)
      set(${_weir_missing} "SQLite was not found (Debian: libsqlite3-dev)")
    endif()
  elseif("${_weir_library}" STREQUAL "weir")
    if(NOT TARGET Threads::Threads)
      find_package(Threads QUIET)
    endif()
    if(NOT TARGET absl::status)
      find_package(absl CONFIG QUIET)
    endif()
    weir_find_asio()
    if(NOT TARGET weir::asio)
      set(${_weir_missing}
        "asio.hpp was not found (Debian: libasio-dev; elsewhere set WEIR_ASIO_INCLUDE_DIR to its folder)")
    elseif(NOT TARGET absl::any_invocable)
      set(${_weir_missing} "Abseil was not found, or is older than 20220623 (Debian: libabsl-dev)")
    elseif(NOT TARGET Threads::Threads)
      set(${_weir_missing} "a library of threads was not found (Debian: libc6-dev)")
    endif()
  endif()
endmacro()
