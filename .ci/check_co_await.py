#!/usr/bin/env python3
"""Refuses what GCC 12 miscompiles around co_await: temporaries of the full expression are destroyed twice.

In a full expression that contains co_await (or co_yield, an await in disguise) there may be
  - no lambda with captures:  name the closure first and move it in;
  - no braced initialiser:    name the value first, or call a written constructor with ( );
  - no co_await in a branch of `? :`:  use if and else.
The body of a lambda is not part of the expression around it; its own statements are checked.
And what a condition awaits has a name, as in `while (auto x = co_await in.next())`: of a coroutine that declares no
variable and awaits in a condition GCC 12 makes nothing at all.
Prints each place, as a compiler does, and exits with 1 if there is one, and with 2 if it cannot read something.
It reads the source text alone: macros are not expanded. Installed with weir as weir-check-co-await.

    check_co_await.py FILE-OR-FOLDER...    of a folder, all C++ files below it
    check_co_await.py --self-test
"""

import pathlib
import re
import sys

TOKEN = re.compile(
    r"""
    (?P<comment>//(?:\\\n|[^\n])*|/\*.*?\*/)
  | (?P<directive>(?:(?<=\n)|\A)[ \t]*\#(?:\\\n|[^\n])*)
  | (?P<raw>(?:u8|[uUL])?R"(?P<mark>[^()\\\s]*)\(.*?\)(?P=mark)")
  | (?P<string>(?:u8|[uUL])?"(?:\\.|[^"\\\n])*")
  | (?P<number>\.?\d(?:'?[\w.])*)
  | (?P<char>(?:u8|[uUL])?'(?:\\.|[^'\\\n])*')
  | (?P<word>[A-Za-z_]\w*)
  | (?P<space>\s+)
  | (?P<mark_>.)
    """,
    re.VERBOSE | re.DOTALL,
)
CLOSING = {"(": ")", "[": "]", "{": "}"}
AWAITS = {"co_await", "co_yield"}
CPLUSPLUS = {".cpp", ".cc", ".cxx", ".c++", ".hpp", ".hh", ".hxx", ".h", ".ipp"}
# A statement of these ends its own expression in the parentheses that follow; then comes another statement.
HEADED = {"if", "while", "for", "switch", "catch"}
BARE = {"else", "do", "try"}
OPENERS = HEADED | BARE | {"case", "default", "public", "private", "protected", "template"}
# Before a lambda, a word is one of these; after any other word, [ ] is a subscript.
BEFORE_LAMBDA = AWAITS | {"return", "co_return", "case", "throw", "else", "do"}


class Token:
    def __init__(self, text, line):
        self.text, self.line = text, line


class Group:
    """A pair of brackets and what is between them."""

    def __init__(self, bracket, line):
        self.bracket, self.line, self.items = bracket, line, []


class Unbalanced(Exception):
    pass


def tokens(source):
    line = 1
    for match in TOKEN.finditer(source):
        kind, text = match.lastgroup, match.group(0)
        if kind in ("string", "raw", "char", "number") or match.group("raw"):
            yield Token("0", line)
        elif kind in ("word", "mark_"):
            yield Token(text, line)
        line += text.count("\n")


def tree(source):
    """The source as nested groups of brackets."""
    stack = [Group("{", 1)]
    for token in tokens(source):
        if token.text in CLOSING:
            group = Group(token.text, token.line)
            stack[-1].items.append(group)
            stack.append(group)
        elif token.text in CLOSING.values():
            if len(stack) == 1 or CLOSING[stack[-1].bracket] != token.text:
                raise Unbalanced(token.line)
            stack.pop()
        else:
            stack[-1].items.append(token)
    if len(stack) > 1:
        raise Unbalanced(stack[-1].line)
    return stack[0]


def is_group(item, bracket):
    return isinstance(item, Group) and item.bracket == bracket


def text_of(item):
    return item.text if isinstance(item, Token) else ""


def is_word(text):
    return text[:1].isalpha() or text[:1] == "_"


def is_block(group):
    """Whether braces hold statements, not initialisers."""
    first = text_of(group.items[0]) if group.items else ""
    return first in OPENERS or any(text_of(item) == ";" for item in group.items)


def is_attribute(group):
    return is_group(group, "[") and len(group.items) == 1 and is_group(group.items[0], "[")


def is_lambda(items, at):
    """Whether the [ ] at this place introduces a lambda (and is no subscript, attribute or binding)."""
    if not is_group(items[at], "[") or is_attribute(items[at]):
        return False
    before = items[at - 1] if at else None
    if isinstance(before, Group):
        return before.bracket == "{"
    text = text_of(before) if before else ""
    if text == "&" or text == "*":
        back = at - 1
        while back >= 0 and text_of(items[back]) == "&":
            back -= 1
        return not (back >= 0 and text_of(items[back]) == "auto")
    return not (text == "0" or (is_word(text) and text not in BEFORE_LAMBDA))


def nameless_await(items):
    """The co_await of a condition that does not declare what it awaits, if there is one."""
    for item in items:
        if text_of(item) in ("=", ":"):
            return None
        if text_of(item) in AWAITS:
            return item
        inner = nameless_await(item.items) if is_group(item, "(") else None
        if inner:
            return inner
    return None


class Checker:
    def __init__(self):
        self.faults = []

    def block(self, items):
        """A sequence of statements."""
        statement, at = [], 0
        in_lambda = False
        while at < len(items):
            item = items[at]
            text = text_of(item)
            if not statement and text in HEADED:
                at = self.head(items, at + 1)
                continue
            if not statement and text in BARE:
                pass
            elif text == ";":
                self.expression(statement)
                statement, in_lambda = [], False
            elif is_group(item, "{") and not in_lambda and (not statement or is_block(item)):
                self.expression(statement)
                self.block(item.items)
                statement = []
            else:
                in_lambda = in_lambda or is_lambda(items, at)
                if is_group(item, "{"):
                    in_lambda = False
                statement.append(item)
            at += 1
        self.expression(statement)

    def head(self, items, at):
        """`constexpr (init; condition)` after if, while and so on; returns where the next statement starts."""
        while at < len(items) and not is_group(items[at], "("):
            at += 1
        if at < len(items):
            part = []
            for item in items[at].items + [Token(";", 0)]:
                if text_of(item) == ";":
                    self.expression(part)
                    nameless = nameless_await(part)
                    if nameless:
                        self.faults.append((nameless.line, "a condition: name what it awaits, in it or before it"))
                    part = []
                else:
                    part.append(item)
        return at + 1

    def expression(self, items):
        """One full expression."""
        awaits, hazards = [], []
        self.walk(items, awaits, hazards)
        if awaits:
            self.faults += hazards

    def walk(self, items, awaits, hazards):
        """Gathers the awaits and the hazards of an expression; lambda bodies are checked on their own."""
        in_lambda, question = False, None
        for at, item in enumerate(items):
            text = text_of(item)
            if text in AWAITS:
                awaits.append(item)
            elif text == "?":
                question = len(awaits)
            elif text == ",":
                self.close_question(question, awaits, hazards)
                question = None
            elif is_lambda(items, at):
                in_lambda = True
                if item.items:
                    hazards.append((item.line, "a lambda with captures: name the closure and move it in"))
                self.walk(item.items, awaits, hazards)
            elif is_group(item, "{") and (in_lambda or is_block(item)):
                in_lambda = False
                self.block(item.items)
            elif isinstance(item, Group) and not is_attribute(item):
                if item.bracket == "{":
                    hazards.append((item.line, "a braced initialiser: name the value, or use ( )"))
                self.walk(item.items, awaits, hazards)
        self.close_question(question, awaits, hazards)

    @staticmethod
    def close_question(question, awaits, hazards):
        if question is not None and len(awaits) > question:
            hazards.append((awaits[question].line, "a branch of ? : that awaits: use if and else"))


def faults_of(source):
    checker = Checker()
    try:
        checker.block(tree(source).items)
    except Unbalanced as error:
        return [(error.args[0], "cannot follow the brackets here")]
    return sorted(set(checker.faults))


GOOD = """
task a() { auto f = [s] { return s; }; co_await run(std::move(f)); }
task b() { co_await run([] { return 1; }); }
task c() { while (auto x = co_await in.next()) { use({1, *x}); } }
task d() { if (auto x = co_await in.next(); x) { v = T{1}; } else { w = T{2}; } }
void e() { spawn([&]() -> asio::awaitable<void> { co_await g(1); done = T{1}; }, T{3}); }
task f() { T value{1, 2}; co_await g(value); auto [p, q] = co_await h(); auto& [r, t] = pair; }
task g() { v[i] = co_await h(v[0]); [[maybe_unused]] int n = co_await h("[x] { co_await }"); /* {co_await f([x]{})} */ }
TEST_CASE("a") { run([&]() -> task { for (int i : {1, 2}) co_await g(i); }()); }
task h() { co_await g(R"(f({1}))"); auto k = [x](int y) mutable -> int { return x ? y : 1; }; co_return; }
task i() { for (;;) { co_await g(a ? 1 : 2); } }
struct s : base { s() : a_{1}, b_(2) {} task t() { co_await g(1); } int a_{1}; };
task j() { do { co_await g(1); } while (h()); try { co_await g(1); } catch (const e& x) { T{1}; } }
task k() { if constexpr (big) { auto y = T{1}; } co_await g(1'000'000, 'x', '"'); }
task l() { auto run = [&, n = T{1}]() -> task { while (true) { co_await h(); } }; co_await run(); }
gen m() { for (auto x : {1, 2}) co_yield x; }
task o() { while (auto x = co_await g()) ++n; if (auto x = co_await g(); !x) { use(n); } while (a) { } }
task n() { switch (auto x = co_await h()) { case 1: x = T{1}; break; default: y = T{1}; } }
"""
BAD = """
task a() { co_await run([s] { return s; }); }
task b() { co_await g({s, 1}); }
task c() { auto r = co_await g(T{s, 1}); }
task d() { f(T{.x = co_await g()}); }
task e() { if (auto x = co_await run([&] { return 1; })) { } }
task f() { while (co_await g({1})) { } }
task g() { for (auto x : co_await g(T{1})) { } }
task h() { auto x = c ? temp() + co_await g() : 0; }
task i() { co_await spawn(ex, [s]() -> task { co_await g(); }, token); }
task j() { std::vector<T> v{a, co_await b}; }
void k() { spawn([&]() -> task { co_await g({1}); }); }
task l() { auto f = [] { return 1; }; co_return co_await g(f, [=] {}); }
gen m() { co_yield T{s, 1}; }
task n() { auto f = [x = co_await g()] { return x; }; }
task o() { if (a) co_await g(T{1}); }
task p() { if (a) { } else co_await g({1}); }
task r() { while (co_await g()) ++n; }
task s() { while ((co_await g()).has_value()) continue; }
task t() { while (true) { if (!co_await g()) break; } }
task u() { do { g(); } while (co_await h()); }
task q() { do co_await g({1}); while (a); }
"""


def self_test():
    """Each line of GOOD must pass, each line of BAD must fail, alone and after all of GOOD."""
    wrong = []
    for samples, bad in ((GOOD, False), (BAD, True)):
        for sample in filter(None, samples.splitlines()):
            if bool(faults_of(sample)) != bad:
                wrong.append(f"self-test: should {'fail' if bad else 'pass'}: {sample}: {faults_of(sample)}")
    lines = {line for line, _ in faults_of(GOOD + BAD)}
    first = GOOD.count("\n") + 2
    if lines != set(range(first, first + len(BAD.strip().splitlines()))):
        wrong.append(f"self-test: wrong lines: {sorted(lines)}")
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


def files_of(name):
    path = pathlib.Path(name)
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix in CPLUSPLUS and file.is_file())


def main(names):
    if names == ["--self-test"]:
        return self_test()
    if not names or any(name.startswith("-") for name in names):
        print(__doc__, file=sys.stdout if names in (["--help"], ["-h"]) else sys.stderr)
        return 0 if names in (["--help"], ["-h"]) else 2
    faults, unread = 0, 0
    for file in [file for name in names for file in files_of(name)]:
        try:
            source = file.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            print(f"{file}: {error.strerror}", file=sys.stderr)
            unread += 1
            continue
        for line, why in faults_of(source):
            print(f"{file}:{line}: beside co_await: {why}")
            faults += 1
    return 2 if unread else 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
