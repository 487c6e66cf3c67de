#!/usr/bin/env python3
"""Comments cite the documents by the title of a section (`protocol.md, "Routes"`), and documents name files of the tree: both must exist."""
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("crypto", "store", "peering", "node", "tools", "tests")
SOURCE = (".h", ".cc", ".py", ".txt")
# `protocol.md, "Routes" and "Proof"`: the first title, and those that are joined to it.
CITED = re.compile(r'(\w[\w-]*\.md), "([^"]+)"((?:,? and "[^"]+")*)')
# Paths of sources in documents: `node/delivery/paths.h`, `crypto/mime/{header,authors}`, `tests/e2e/kill`.
NAMED = re.compile(r"`((?:crypto|store|peering|node|tools|tests|docs)/[\w./{},-]*)`")


def titles_of(document):
    """Titles of its sections, as they are cited: without the number in front."""
    text = document.read_text(encoding="utf-8")
    return {re.sub(r"^\d+\. ", "", title.strip()) for title in re.findall(r"^#{1,4} (.+)$", text, re.MULTILINE)}


def joined(text):
    """Comments without the breaks of their lines."""
    return re.sub(r"\s*\n\s*(?://|#)?\s*", " ", text)


def citations(text):
    """[(document, title)] in a source file."""
    found = []
    for document, title, more in CITED.findall(joined(text)):
        found += [(document, each) for each in [title, *re.findall(r'"([^"]+)"', more)]]
    return found


def sources():
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in SOURCE and path.is_file() and path != Path(__file__).resolve():
                yield path


def exists(name):
    """A path of the tree: a file, a folder, a source without its ending, a test program's file."""
    path = ROOT / name
    return any(p.exists() for p in (path, *(path.parent / (path.name + end) for end in (".h", ".cc", "_test.cc", ".py"))))


def expanded(name):
    """`a/{b,c}` as a/b and a/c."""
    braces = re.fullmatch(r"(.*)\{([^}]*)\}(.*)", name)
    return [braces[1] + each + braces[3] for each in braces[2].split(",")] if braces else [name]


class Citations(unittest.TestCase):
    def test_each_cited_section_exists(self):
        titles = {path.name: titles_of(path) for path in (ROOT / "docs").glob("*.md")}
        faults, count = [], 0
        for path in sources():
            for document, title in citations(path.read_text(encoding="utf-8", errors="replace")):
                count += 1
                if title not in titles.get(document, ()):
                    faults.append(f"{path.relative_to(ROOT)}: {document} has no section \"{title}\"")
        self.assertGreater(count, 60, "hardly any citation was found: has their form changed?")
        self.assertEqual([], faults, "\n" + "\n".join(faults))

    def test_no_document_is_cited_that_is_not_here(self):
        here = {path.name for path in (ROOT / "docs").glob("*.md")} | {"README.md"}
        faults = []
        for path in sources():
            for name in re.findall(r"(?<![\w/`*])([\w-]+\.md)\b", path.read_text(encoding="utf-8", errors="replace")):
                if name not in here:
                    faults.append(f"{path.relative_to(ROOT)}: {name}")
        self.assertEqual([], faults, "\n" + "\n".join(faults))

    def test_each_path_that_a_document_names_exists(self):
        faults, count = [], 0
        for document in [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"]:
            for name in NAMED.findall(document.read_text(encoding="utf-8")):
                if re.search(r"[A-Z]{4}|\*", name):  # a placeholder: tests/e2e/SCENARIO
                    continue
                for each in expanded(name.rstrip("/")):
                    count += 1
                    if not (exists(each) or exists("tests/" + each)):
                        faults.append(f"{document.name}: {each}")
        self.assertGreater(count, 100, "hardly any path was found: has their form changed?")
        self.assertEqual([], faults, "\n" + "\n".join(faults))

    def test_a_breach_would_be_found(self):
        self.assertEqual([("protocol.md", "Identity and card"), ("protocol.md", "Proof")],
                         citations('// See protocol.md, "Identity\n// and card" and "Proof".\n'))
        self.assertFalse(exists("node/attic/ghost"))
        self.assertEqual(["a/b", "a/c"], expanded("a/{b,c}"))


if __name__ == "__main__":
    unittest.main()
