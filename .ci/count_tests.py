#!/usr/bin/env python3
"""Sums up the last `meson test` of each build directory named: prints what passed, the output of what failed and,
as the last line, `N passed, N failed` (and `, N skipped` if any were).

A doctest executable counts its test cases, any other test counts as one. A program that crashed, ran out
of time or complained at its end (a sanitizer, say) counts as one failure at least. Fails on a failed test
and when no test ran at all.

    count_tests.py BUILD-DIR...
    count_tests.py --gates PASSED FAILED BUILD-DIR...    only the sum, with so many gates counted in
"""

import json
import pathlib
import re
import sys

CASES = re.compile(r"\[doctest\] test cases: *(\d+) *\| *(\d+) passed *\| *(\d+) failed *\| *(\d+) skipped")


def count(test):
    """Passed, failed and skipped of one entry of meson's testlog.json."""
    good = test["result"] in ("OK", "EXPECTEDFAIL")
    skipped_whole = test["result"] == "SKIP"
    cases = CASES.findall(test.get("stdout", ""))
    if not cases:
        return (int(good), int(not good and not skipped_whole), int(skipped_whole))
    passed, failed, skipped = (sum(int(case[i]) for case in cases) for i in (1, 2, 3))
    return (passed, failed if good else max(failed, 1), skipped)


def main(args):
    totals, build_dirs, only_sum, failures = [0, 0, 0], args, False, []
    if args[:1] == ["--gates"]:
        totals, build_dirs, only_sum = [int(args[1]), int(args[2]), 0], args[3:], True
    for build_dir in build_dirs:
        log = pathlib.Path(build_dir) / "meson-logs" / "testlog.json"
        for line in log.read_text().splitlines() if log.exists() else []:
            test = json.loads(line)
            counts = count(test)
            totals = [a + b for a, b in zip(totals, counts)]
            if only_sum:
                continue
            if counts[1]:
                failures.append(f"-- {build_dir}: {test['name']}: {test['result']}, exit status {test['returncode']}\n"
                                + test.get("stdout", "") + test.get("stderr", ""))
            else:
                print(f"-- {build_dir}: {test['name']}: {counts[0]} passed, {test['duration']:.1f} s")
    for failure in failures:  # Last, where whoever reads the end of a log finds them.
        print(failure)
    passed, failed, skipped = totals
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
