#!/usr/bin/python3
"""Runs one function of a scenario in this process, which `Lab.in_namespace` started in a namespace of its own.

    inside.py FILE FUNCTION full|quick     prints the notes; on failure the text, and ends non-zero
"""
import importlib.util
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from harness.lab import run_case  # noqa: E402


def main():
    file, function, size = sys.argv[1:4]
    subprocess.run(["ip", "link", "set", "lo", "up"], check=False)  # a new network has it down
    spec = importlib.util.spec_from_file_location("inside", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    outcome, _, text, notes = run_case(getattr(module, function), "inside", size == "full")
    print("\n".join(notes))
    if text:
        print(text, file=sys.stderr)
    return {"passed": 0, "skipped": 77}.get(outcome, 1)


sys.exit(main())
