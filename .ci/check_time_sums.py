#!/usr/bin/env python3
"""Refuses plain sums of time points: `now + never` overflows, and lies in the distant past.

What is added to a time point, or taken from one, goes through `deadline_after`, `nth_after`, `add_saturating` or
`subtract_saturating` (weir/runtime/saturating.hpp). The difference of two time points is none of this.
Time points are known by what they are called, by how they were declared in the same file, and by `.now()`.
Prints each place and fails if there is one.

    check_time_sums.py FILE...
    check_time_sums.py --self-test
"""

import pathlib
import re
import sys

# Here the sums are made.
EXEMPT = {"lib/weir/runtime/saturating.hpp"}
SILENT = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
# What a time point is called in this project, as a name of its own or as a member.
NAMES = "now|deadline|due|until|expiry|expires|wake_up|put_at|last_used|next_look|time_since_epoch"
# And where it stands on the right of a minus, so that the two make a duration.
SUBTRACTED = NAMES + "|start|started|opened|began"
DECLARED = re.compile(r"\btime_point(?:>|\s|&|const)+(\w+)\s*[;,={)]|\b(\w+)\s*=\s*[^;=]*(?:\.|::|->)now\(\)[\s)]*;")
# A function of that name of one's own, which counts in whole numbers.
FREE_NOW = re.compile(r"(?<![.:>\w])now\(\)$")
OPERATOR = re.compile(r"(?<![-+<(,=?:&|!*/])\s*(\+=|-=|\+(?![+=])|-(?![-=>]))")
WORD = re.compile(r"[A-Za-z_]\w*")


def blank(source):
    """The source without comments and texts, each line where it was."""
    return SILENT.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)), source)


def operand_before(code, at):
    """The postfix expression that ends at `at`."""
    end = at
    while at > 0:
        c = code[at - 1]
        if c in ")]":
            depth = 0
            while at > 0:
                at -= 1
                depth += (code[at] in ")]") - (code[at] in "([")
                if depth == 0:
                    break
        elif c.isalnum() or c in "_.:":
            at -= 1
        elif code[at - 2 : at] == "->":
            at -= 2
        elif c == "*" and (at < 2 or not (code[at - 2].isalnum() or code[at - 2] in ")]_")):
            at -= 1
        else:
            break
    return code[at:end]


def operand_after(code, at):
    """The unary or postfix expression that begins at `at`."""
    found = re.compile(r"\s*[*(]*\s*(?:(?:[A-Za-z_][\w:]*|\.|->)(?:\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?)+").match(code, at)
    return found.group(0) if found else ""


def is_time_point(expression, known, names=NAMES):
    """Whether it is one by its last name: that of a call, a member or a variable."""
    if FREE_NOW.search(expression.strip()):
        return False
    text = expression.strip().rstrip(")") if expression.strip().startswith("(") else expression
    bare = re.sub(r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", "", text)
    words = WORD.findall(bare)
    last = words[-1].rstrip("_") if words else ""
    return bool(re.fullmatch(names, last)) or bool(words) and words[-1] in known


def faults(source):
    """The lines with a plain sum of a time point."""
    code = blank(source)
    known = {name for pair in DECLARED.findall(code) for name in pair if name}
    for match in OPERATOR.finditer(code):
        sign = match.group(1)
        begin = match.start(1)
        left = operand_before(code, len(code[:begin].rstrip()))
        right = operand_after(code, match.end(1))
        if sign == "+":
            bad = is_time_point(left, known) or is_time_point(right, known)
        else:
            bad = is_time_point(left, known) and not is_time_point(right, known, SUBTRACTED)
        if bad:
            yield code.count("\n", 0, begin) + 1


def self_test():
    bad = [
        "deadline_ = clock_of(cx.executor()).now() + *wait_;",
        "return now + quiet;",
        "auto t = wait + time.now();",
        "if (groups_.last_used(*g) + limits_.idle <= now_) f();",
        "clock::time_point soon; soon += 1s;",
        "*deadline_ -= slack;",
        "while (came.front() <= now - last_) f();",
        "const auto from = steady_clock::now(); g(from + 5ms);",
        "f(weir::clock_of(cx.executor()).now()\n    + options_.patience);",
        "const clock::time_point x{}; return x - slack_;",
    ]
    good = [
        "deadline_ = deadline_after(time.now(), wait);",
        "const auto elapsed = clock_of(cx.executor()).now() - start_;  clock::time_point start_;",
        "const std::chrono::duration<double> since = clock::now() - started_;",
        "if (now - put_at >= limit) f();  // now + never",
        'text = "now + " + name;',
        "n = a + b; ++now_.in; i->now();",
        "x = count + 1; y = -now_count;",
        "f([now](int x) { return x + 1; });",
        "const auto then = std::exchange(now, clock::now()); return now - then < limit;",
        "return now() - since;",
    ]
    wrong = [s for s in bad if not list(faults(s))] + [s for s in good if list(faults(s))]
    for s in wrong:
        print(f"check_time_sums.py: judged wrongly: {s}")
    return 1 if wrong else 0


def main(names):
    failed = 0
    for name in names:
        if name in EXEMPT:
            continue
        for line in faults(pathlib.Path(name).read_text()):
            print(f"{name}:{line}: a plain sum of a time point: see weir/runtime/saturating.hpp")
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(self_test() if sys.argv[1:] == ["--self-test"] else main(sys.argv[1:]))
