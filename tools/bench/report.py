"""What the benchmarks here say of the machine, and where they write it."""
import os
import platform
import re
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def machine(*programs):
    """One line: what was measured on, with which versions of other programs (name and version each), of which commit, when."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    ram = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text()).group(1)) / 1048576
    release = dict(re.findall(r'^(\w+)="?(.*?)"?$', Path("/etc/os-release").read_text(), re.M)).get("PRETTY_NAME", "?")
    commit = subprocess.run(["git", "-C", str(ROOT), "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip()
    where = subprocess.run(["df", "--output=fstype", "/tmp"], capture_output=True, text=True).stdout.split()[-1]
    return (f"{cpu.group(1) if cpu else platform.machine()}, {os.cpu_count()} processors, {ram:.0f} GB, {release}, Linux {platform.release()}, data on {where}, "
            f"{', '.join(programs)}, commit {commit or '?'}, {time.strftime('%Y-%m-%d')}")


def write_section(file, heading, lines):
    """Replaces the section `# heading` of a document, up to the next heading of that level, or adds it at the end."""
    text = Path(file).read_text() if Path(file).exists() else ""
    section = f"# {heading}\n\n" + "\n".join(lines).strip() + "\n"
    found = re.search(rf"^# {re.escape(heading)}\n.*?(?=^# |\Z)", text, re.M | re.S)
    if found:
        text = text[:found.start()] + section + ("\n" if found.end() < len(text) else "") + text[found.end():]
    else:
        text = text.rstrip() + ("\n\n" if text.strip() else "") + section
    Path(file).write_text(text)
