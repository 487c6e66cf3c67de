"""The fenced blocks of a page of docs/. As a program: writes the block of a name to a file, for the build.

    page.py PAGE NAME OUT
"""
import re
import sys
from pathlib import Path

BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page):
    """[(language, name, text)] in the order of the page; the name is what follows the language, or empty."""
    return BLOCK.findall(Path(page).read_text())


def block(page, name):
    """The one block of that name."""
    found = [text for _, title, text in blocks(page) if title == name]
    if len(found) != 1:
        raise SystemExit(f"{page}: {len(found)} blocks are named {name}, not one")
    return found[0]


def commands(page):
    """[(command, output)] of the console blocks. A command begins with `$ ` and goes on in lines that are indented by two blanks while
    the shell wants more; what follows up to the next one is what it shows."""
    found = []
    for language, _, text in blocks(page):
        if language != "console":
            continue
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            lines = part.splitlines(keepends=True)
            size = 1
            while size < len(lines) and lines[size].startswith("  ") and is_open("".join(lines[:size])):
                size += 1
            found.append(("".join(lines[:size]), "".join(lines[size:])))
    return found


def is_open(command):
    """True if the shell would wait for another line."""
    return command.endswith("\\\n") or (command.startswith("for ") and not command.rstrip().endswith("done"))


if __name__ == "__main__":
    Path(sys.argv[3]).write_text(block(sys.argv[1], sys.argv[2]))
