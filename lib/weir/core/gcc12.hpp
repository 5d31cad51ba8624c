/// What users of GCC 12 must know.
#pragma once

// A note and no warning: it must not stop a build with -Werror, and nothing is wrong yet. The
// library cannot see what it warns of: the temporaries are the caller's.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13 && !defined(WEIR_GCC12_RULES_READ)
#pragma message                                                                                            \
    "weir: this version of GCC miscompiles some expressions with co_await, without a warning. Four rules " \
    "avoid it: docs/start.md. `weir-check-co-await` finds what breaks them. Once you run it, define "      \
    "WEIR_GCC12_RULES_READ, and this note is gone."
#endif
