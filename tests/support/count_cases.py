#!/usr/bin/env python3
"""Counts what a run of ctest did in BUILD_DIR: cases of GoogleTest programs (their XML reports in BUILD_DIR/cases) and the other
programs (ctest's own log). Prints "N passed, N failed" and names what failed."""
import glob
import os
import re
import sys
import xml.etree.ElementTree as ElementTree


def gtest_cases(build_dir):
    """(passed, failed, skipped, names of failed cases, names of the programs that wrote a report)"""
    passed = failed = skipped = 0
    names, programs = [], set()
    for path in glob.glob(os.path.join(build_dir, "cases", "*.xml")):
        programs.add(os.path.splitext(os.path.basename(path))[0])
        for case in ElementTree.parse(path).getroot().iter("testcase"):
            if case.find("failure") is not None:
                failed += 1
                names.append(f"{case.get('classname')}.{case.get('name')}")
            elif case.get("result") == "skipped" or case.get("status") == "notrun":
                skipped += 1
            else:
                passed += 1
    return passed, failed, skipped, names, programs


def ctest_programs(build_dir):
    """{name: passed} of the last run of ctest."""
    log = os.path.join(build_dir, "Testing", "Temporary", "LastTest.log")
    if not os.path.exists(log):
        return {}
    text = open(log, encoding="utf-8", errors="replace").read()
    found = {}
    for name, rest in re.findall(r'^\d+/\d+ Test(?:ing)?: (\S+)\n(.*?)^"\1" time elapsed', text, re.M | re.S):
        found[name] = "\nTest Passed." in rest
    return found


def main():
    build_dir = sys.argv[1]
    passed, failed, skipped, names, programs = gtest_cases(build_dir)
    for name, ok in ctest_programs(build_dir).items():
        if name in programs:
            if not ok and not failed:  # a crash: the report may be there and say nothing
                failed += 1
                names.append(name)
            continue
        passed += ok
        failed += not ok
        if not ok:
            names.append(name)
    text = f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")
    print(text + (": " + " ".join(names[:10]) if names else ""))


main()
