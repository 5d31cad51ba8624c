# shellcheck shell=bash
# Sourced by `dev` and `.ci/run`, at the top of the checkout: settings of the compiler cache, which meson finds by itself.

# An object file is found again from another checkout: paths below this one count as relative. With debug
# information it would name the other one, so only builds without it do that.
export CCACHE_BASEDIR=$PWD CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-10G}
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
[ -z "${CI:-}" ] || export CCACHE_NOHASHDIR=1

# name_precompiled_headers DIR: for a build directory of clang's. A precompiled header of clang's holds the time and
# the path of its making, so that no two are alike: ccache is told what each is made from, and looks at that instead.
name_precompiled_headers() {
    local dir=$1 pch command
    export CCACHE_PCH_EXTSUM=1
    ninja -C "$dir" -t targets all | sed -n 's/^\(.*\.pch\): .*/\1/p' | while read -r pch; do
        command=$(ninja -C "$dir" -t commands "$pch" | tail -n 1 | sed 's/^[^ ]*ccache //; s/ -MD .* -c / -E /')
        mkdir -p "$dir/$(dirname "$pch")"
        (cd "$dir" && { eval "$command"; echo "$command"; } 2>/dev/null | sed "s#$PWD##" | sha256sum) >"$dir/$pch.sum"
    done
}
