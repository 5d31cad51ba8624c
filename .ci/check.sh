#!/usr/bin/env bash
# Every check that runs no test: style, layering, headers, formatting, clang-tidy. Called by `./dev check`.
# Runs them all, says how long each took, and fails when one has failed.
set -u
cd "$(dirname "$(readlink -f "$0")")/.." || exit

sources() { git ls-files -co --exclude-standard "$@"; }
failed=()
check() {
    local name=$1 start=$SECONDS; shift
    if "$@"; then echo "ok    $name, $((SECONDS - start)) s"
    else echo "FAIL  $name, $((SECONDS - start)) s"; failed+=("$name"); fi
}

python() { sources '*.py' | xargs -r python3 -m py_compile; }
formatted() { sources '*.hpp' '*.cpp' | xargs -r clang-format-19 --dry-run --Werror; }
awaits() { .ci/check_co_await.py --self-test && sources '*.hpp' '*.cpp' | xargs -r .ci/check_co_await.py; }
time_sums() { .ci/check_time_sums.py --self-test && sources 'lib/*.[hc]pp' 'apps/*.[hc]pp' | xargs -r .ci/check_time_sums.py; }
tidy() {
    local build=build/tidy
    [ -e $build/build.ninja ] || CXX=clang++-19 meson setup $build -Dtests=disabled -Dunity=on -Dunity_size=100 \
        -Dsqlite=enabled -Dcodec=enabled -Dapps=enabled >/dev/null || return 1
    .ci/tidy.py $build
}

check "awaits: no temporaries that GCC 12 destroys twice" awaits
check "times: no sums of time points that overflow" time_sums
check "includes point one way, and internals stay inside" .ci/check_includes.py
check "docs/api.md and the room headers are what lib/weir says" .ci/api.py
check "each source file is built" .ci/check_lists.py
check "snippets are cut from compiled files" .ci/check_snippets.py
check "no paths or hosts of one machine" .ci/check_places.py
check "shell scripts" shellcheck -x dev .ci/run .ci/check.sh .ci/ccache.sh .ci/matrix.sh bench/run tests/consumer/run tests/consumer/pkg_config/build.sh packaging/build-deb tests/apps/from_help
check "Python scripts" python
check "clang-format" formatted
check "each file compiles on its own" .ci/check_alone.py
check "clang-tidy" tidy

[ ${#failed[@]} -eq 0 ] || { printf 'check failed: %s\n' "${failed[@]}"; exit 1; }
