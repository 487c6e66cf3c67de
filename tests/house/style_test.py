#!/usr/bin/env python3
"""Shows on a made-up tree that style.py finds what it looks for, and leaves the rest alone."""
import os
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import style  # noqa: E402

LONG = "int f(int x) {\n" + "  x = x * 2;\n" * 70 + "  return x;\n}\n"
SWITCH = "int f(int x) {\n  switch (x) {\n" + "".join(f"    case {i}:\n      return {i};\n" for i in range(40)) + "  }\n  return 0;\n}\n"


class Style(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.addCleanup(setattr, style, "ROOT", style.ROOT)
        style.ROOT = Path(temporary.name)
        (style.ROOT / ".clang-format").write_text("BasedOnStyle: Google\n")

    def write(self, text, name="a.cc"):
        (style.ROOT / name).write_text(text)
        return [name]

    def test_a_long_function_is_found_and_a_flat_one_is_not(self):
        found, count = style.function_faults(self.write(LONG))
        self.assertEqual(count, 1)
        self.assertEqual(found, ["a.cc:1: f has 73 lines, and 60 are enough"])
        self.assertEqual(style.function_faults(self.write(SWITCH)), ([], 1))

    def test_a_long_file_is_found(self):
        self.assertEqual(style.file_faults(self.write("int x;\n" * 401)), ["a.cc: 401 lines, and 400 are enough"])
        self.assertEqual(style.file_faults(self.write("int x;\n" * 400)), [])

    def test_what_clang_format_would_change_is_found(self):
        self.assertEqual(style.format_faults(self.write("int  x ;\n")), ["a.cc: clang-format would change it"])
        self.assertEqual(style.format_faults(self.write("int x;\n")), [])

    def test_a_result_is_for_these_files_and_this_version_alone(self):
        names = self.write("int x;\n") + self.write("int y;\n", "b.h")
        first = style.digest_of(names, b"14", {})
        self.assertEqual(first, style.digest_of(names, b"14", {}))
        self.assertNotEqual(first, style.digest_of(names, b"15", {}))
        self.write("int z;\n", "b.h")
        self.assertNotEqual(first, style.digest_of(names, b"14", {}))


if __name__ == "__main__":
    unittest.main()
