#!/usr/bin/env bash
# Runs all tests against several versions of Asio, each in a build directory of its own (build/matrix-VERSION).
#
#   .ci/matrix.sh [--asan] [--asio WHERE]... [ROOM...]
#
# WHERE is a directory with Asio's headers, an archive of one (.tar.*, .tgz, .zip) as Asio's releases are, or the word
# `installed`. Without --asio it takes all that are in the folder WEIR_ASIO_VERSIONS names, or else in ../asio-versions.
# --asan builds with the address sanitizer and the undefined-behaviour sanitizer. With ROOMs, only those run.
# The compiler is CXX, or else g++ (with --asan clang++-19, if it is there). The last line sums up all versions.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

# shellcheck source=.ci/ccache.sh
. .ci/ccache.sh

say() { printf '== %s\n' "$*" >&2; }
die() { printf 'matrix: %s\n' "$*" >&2; exit 1; }

folder=${WEIR_ASIO_VERSIONS:-../asio-versions}
asan='' given=() rooms=()
while [ $# -gt 0 ]; do
    case $1 in
    --asan) asan=yes ;;
    --asio) [ $# -gt 1 ] || die "--asio needs a directory, an archive, or \`installed\`"; given+=("$2"); shift ;;
    -*) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; die "no such option: $1" ;;
    *) rooms+=("$1") ;;
    esac
    shift
done
if [ ${#given[@]} -eq 0 ] && [ -d "$folder" ]; then
    for found in "$folder"/*; do [ ! -e "$found" ] || given+=("$found"); done
fi
if [ ${#given[@]} -eq 0 ]; then
    say "skipped: all versions of Asio but the installed one, which ./dev test uses. None was given with --asio, and none is in $folder."
    exit 0
fi

# unpacked ARCHIVE: where it is unpacked.
unpacked() {
    local to
    to=build/matrix-asio/$(basename "$1")
    if [ ! -e "$to/.complete" ]; then
        rm -rf "$to"; mkdir -p "$to"
        case $1 in
        *.zip) python3 -m zipfile -e "$1" "$to" ;;
        *) tar -xf "$1" -C "$to" ;;
        esac
        touch "$to/.complete"
    fi
    echo "$to"
}

# headers WHERE: the directory that holds its asio.hpp.
headers() {
    local in=$1 header
    [ -d "$in" ] || in=$(unpacked "$in")
    header=$(find -L "$in" -maxdepth 4 -name asio.hpp -path '*include/asio.hpp' | head -n 1)
    [ -n "$header" ] || [ ! -e "$in/asio.hpp" ] || header=$in/asio.hpp
    [ -n "$header" ] || die "no asio.hpp in $1"
    dirname "$(readlink -f "$header")"
}

# version DIRECTORY: 1.30.2, say.
version() {
    awk '/define ASIO_VERSION / { v = $3; print int(v / 100000) "." int(v / 100) % 1000 "." v % 100; exit }' "$1/asio/version.hpp"
}

compiler=${CXX:-}
if [ -z "$compiler" ]; then
    compiler=g++
    [ -z "$asan" ] || ! command -v clang++-19 >/dev/null || compiler=clang++-19
    compiler="$(command -v ccache || true) $compiler"
fi
options=(-Dsqlite=enabled -Dcodec=enabled -Dapps=enabled -Dtests=enabled -Dtest_bundle=5 -Dwerror=true -Dunity=on -Dunity_size=8
    --buildtype=debug -Ddebug=false)
if [ -n "$asan" ]; then
    # NDEBUG_SANITIZER: Abseil's hash tables change their layout under ASan, and the packaged Abseil is built without.
    options+=("-Db_sanitize=address,undefined" -Db_lundef=false
        "-Dcpp_args=-g1 -fno-sanitize-recover=all -fno-omit-frame-pointer -DNDEBUG_SANITIZER")
fi

# test_with WHERE: builds and tests with one version. Its build directory is then in `built`.
built=() broken=0
test_with() {
    local where=$1 include='' name=installed dir
    if [ "$where" != installed ]; then
        include=$(headers "$where")
        name=$(version "$include")
    fi
    dir=build/matrix-$name${asan:+-asan}
    say "Asio $name, ${compiler##* }${asan:+ under ASan and UBSan}, in $dir"
    # In the compiler's name, so that the programs that the tests compile get the same Asio.
    local with="$compiler${include:+ -isystem$include}"
    if [ "$(cat "$dir/matrix-options" 2>/dev/null)" != "$with ${options[*]}" ]; then
        rm -rf "$dir"; mkdir -p build
        CXX=$with meson setup "$dir" "${options[@]}" >"$dir.log" 2>&1 || { cat "$dir.log" >&2; return 1; }
        echo "$with ${options[*]}" >"$dir/matrix-options"
    fi
    rm -f "$dir/meson-logs/testlog.json"
    # Builds what the rooms need.
    [ ${#rooms[@]} -gt 0 ] || ninja -C "$dir" -j "$(nproc)" --quiet >&2 || return 1
    meson test -C "$dir" --num-processes "$(nproc)" ${asan:+--timeout-multiplier 3} "${rooms[@]}" \
        >"$dir/test.log" 2>&1 || true
    [ -e "$dir/meson-logs/testlog.json" ] || { cat "$dir/test.log" >&2; return 1; }
    built+=("$dir")
    .ci/count_tests.py "$dir"
}

for where in "${given[@]}"; do
    test_with "$where" || { broken=$((broken + 1)); say "FAILED: $where"; }
done
.ci/count_tests.py --gates $((${#given[@]} - broken)) "$broken" ${built[@]+"${built[@]}"}
