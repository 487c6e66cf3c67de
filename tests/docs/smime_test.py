"""docs/smime.md does what it shows: its commands, its program and its CMake file, taken from the page itself.

    smime_test.py CULVERT LETTER BOTAN-PREFIX
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from page import block, commands

CULVERT, LETTER, BOTAN_PREFIX = sys.argv[1:4]
ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/smime.md"
# Not in what the page shows; a command's own status is there for the next one's `$?`.
END = "--- end of command ---"


def run(folder, lines):
    """What each command prints, both streams together, run by one shell."""
    script = "".join(f"{line}\ncode=$?; printf '%s\\n' '{END}'; (exit $code)\n" for line in lines)
    path = f"{Path(CULVERT).parent}:{os.environ['PATH']}"
    done = subprocess.run(["bash", "-c", script], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, env={**os.environ, "PATH": path, "LC_ALL": "C"})
    return done.stdout.split(END + "\n")


def shows(expected, actual):
    """Equal, with any text for an ellipsis."""
    return re.fullmatch(".*?".join(map(re.escape, expected.split("…"))), actual, re.DOTALL) is not None


class Page(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="culvert-page-")
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        (self.folder / "letter").symlink_to(LETTER)

    def test_commands_print_what_is_shown(self):
        shown = commands(PAGE)
        self.assertGreater(len(shown), 15)
        printed = run(self.folder, [command for command, _ in shown])
        for (command, expected), actual in zip(shown, printed):
            self.assertTrue(shows(expected, actual), f"$ {command}shows\n{expected}but prints\n{actual}")

    def test_the_program_refuses_a_signature_that_nobody_vouches_for(self):
        run(self.folder, [command for command, _ in commands(PAGE)])
        shutil.copy(self.folder / "bob.pem", self.folder / "ca.pem")
        done = subprocess.run(["./letter"], cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (1, "nobody knows who wrote this (not-authentic)\n"))
        self.assertNotIn("100 tons", done.stdout)

    def test_another_project_links_to_the_library(self):
        (self.folder / "culvert").symlink_to(ROOT)
        for name in ("CMakeLists.txt", "letter.cc"):
            (self.folder / name).write_text(block(PAGE, name))
        done = subprocess.run(["cmake", "-G", "Ninja", "-S", ".", "-B", "build", f"-DCULVERT_BOTAN_PREFIX={BOTAN_PREFIX}"],
                              cwd=self.folder, capture_output=True, text=True, timeout=100)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        # All of it would take minutes; this much shows that the folder brings its headers, its C++20 and its libraries.
        made = subprocess.run(["ninja", "-C", "build", "CMakeFiles/letter.dir/letter.cc.o"], cwd=self.folder, capture_output=True,
                              text=True, timeout=100)
        self.assertEqual(made.returncode, 0, made.stdout + made.stderr)
        plan = subprocess.run(["ninja", "-C", "build", "-n", "letter"], cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertIn("libculvert_smime.a", plan.stdout, plan.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
