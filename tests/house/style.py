#!/usr/bin/env python3
"""Holds the form of the sources: clang-format, sizes, directions, clang-tidy.

    style.py --build DIR [--full]

--build is a folder with compile_commands.json in which everything was built. clang-tidy reads only files whose text or included headers
changed since a clean result that is kept in the cache, the latest first, for TIDY_SECONDS; with --full all of them, however long it takes.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import directions  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = Path(os.environ.get("CULVERT_CACHE", Path.home() / ".cache" / "culvert")) / "tidy"
TIDY_SECONDS = 90
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
# A longer function is flat if so many of its lines are those of a switch or a table.
FLAT_SHARE = 0.6
FLAT_LINES = ("case ", "default:", "return ", "break;", "{", "}", "//")


def sources():
    """All C++ files of the repository, relative to its root."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard", "*.cc", "*.h"], capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split() if (ROOT / name).is_file()]


def in_parallel(call, items):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(call, items))


def format_faults(names):
    groups = [names[i:i + 40] for i in range(0, len(names), 40)]
    runs = in_parallel(lambda group: subprocess.run(["clang-format", "--dry-run", "-Werror", *group], cwd=ROOT, capture_output=True, text=True), groups)
    lines = [line for run in runs for line in run.stderr.splitlines() if ": error: " in line]
    return sorted({line.split(":")[0] + ": clang-format would change it" for line in lines})


def is_flat(lines):
    flat = [line for line in lines if line.strip().startswith(FLAT_LINES)]
    return len(flat) >= FLAT_SHARE * len(lines)


def function_faults(names):
    """Functions that are too long, by ctags, which knows where each ends; and how many there are in all."""
    done = subprocess.run(["ctags", "--output-format=json", "--fields=+ne", "--kinds-C++=f", "-L", "-", "-f", "-"], cwd=ROOT, input="\n".join(names),
                          capture_output=True, text=True, check=True)
    found, count = [], 0
    for line in done.stdout.splitlines():
        tag = json.loads(line)
        if "end" not in tag:
            continue
        count += 1
        length = tag["end"] - tag["line"] + 1
        if length <= MAX_FUNCTION_LINES:
            continue
        lines = (ROOT / tag["path"]).read_text(encoding="utf-8").splitlines()[tag["line"]:tag["end"]]
        if not is_flat(lines):
            found.append(f"{tag['path']}:{tag['line']}: {tag['name']} has {length} lines, and {MAX_FUNCTION_LINES} are enough")
    return found, count


def file_faults(names):
    found = []
    for name in names:
        lines = len((ROOT / name).read_text(encoding="utf-8").splitlines())
        if lines > MAX_FILE_LINES:
            found.append(f"{name}: {lines} lines, and {MAX_FILE_LINES} are enough")
    return found


def dependencies(build):
    """{source: [files that it is made of]} of everything that ninja built, relative to the root."""
    out = subprocess.run(["ninja", "-C", build, "-t", "deps"], capture_output=True, text=True, check=True).stdout
    found, current = {}, None
    for line in out.splitlines():
        if not line.startswith(" "):
            current = []
            continue
        path = os.path.normpath(os.path.join(build, line.strip()))
        if path.startswith(str(ROOT) + os.sep) and not path.startswith(str(build)):
            current.append(os.path.relpath(path, ROOT))
            if len(current) == 1:
                found[current[0]] = current
    return found


def digest_of(files, version, digests):
    """What a result is kept under. `digests`: those of single files, kept over the calls of one run, because many share a header."""
    digest = hashlib.sha256(version)
    for name in files:
        if name not in digests:
            digests[name] = hashlib.sha256((ROOT / name).read_bytes()).digest()
        digest.update(name.encode() + b"\0" + digests[name])
    return digest.hexdigest()


def tidy_one(build, name):
    run = subprocess.run(["clang-tidy", "--quiet", "-p", build, "--warnings-as-errors=*", name], cwd=ROOT, capture_output=True, text=True)
    return sorted({line.replace(str(ROOT) + "/", "") for line in run.stdout.splitlines() if ": error: " in line}), run


def tidy_faults(build, names, seconds):
    """What clang-tidy finds, and how many files it did not come to."""
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, check=True).stdout + (ROOT / ".clang-tidy").read_bytes()
    made_of = dependencies(build)
    CACHE.mkdir(parents=True, exist_ok=True)
    to_do, digests = [], {}
    for name in names:
        if name.endswith(".cc") and name in made_of:
            kept = CACHE / digest_of(made_of[name], version, digests)
            if not kept.exists():
                to_do.append(((ROOT / name).stat().st_mtime, name, kept))
    to_do.sort(reverse=True)
    end = None if seconds is None else time.monotonic() + seconds
    left = []

    def look(item):
        _, name, kept = item
        if end is not None and time.monotonic() > end:
            left.append(name)
            return []
        found, run = tidy_one(build, name)
        if run.returncode == 0:
            kept.touch()
        elif not found:
            found = [f"{name}: clang-tidy failed: {run.stderr.strip()[-300:]}"]
        return found

    found = [fault for faults in in_parallel(look, to_do) for fault in faults]
    return sorted(set(found)), len(to_do) - len(left), len(left)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, type=Path)
    parser.add_argument("--full", action="store_true")
    arguments = parser.parse_args()
    names = sources()
    product = [name for name in names if not name.startswith("tests/")]
    long_functions, functions = function_faults(product)
    found = format_faults(names) + file_faults(product) + long_functions + directions.faults(str(ROOT))[0]
    tidied, looked_at, left = tidy_faults(arguments.build.resolve(), product, None if arguments.full else TIDY_SECONDS)
    found += tidied
    print("\n".join(found), end="\n" if found else "")
    rest = f", {left} left for --full" if left else ""
    print(f"{len(names)} files, {functions} functions, {len(found)} faults; clang-tidy looked at {looked_at}{rest}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
