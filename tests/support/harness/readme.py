"""The commands that README.md tells an administrator to type, read out of it, so that what is tried is what is written."""
import re
import subprocess
from pathlib import Path

README = Path(__file__).resolve().parents[3] / "README.md"


def section(number, text=None):
    """The part "**NUMBER. Title.**" of "Put a node beside Postfix", up to the next one."""
    text = text or README.read_text()
    text = text.partition("## Put a node beside Postfix")[2]
    return re.search(rf"\n\*\*{number}\. .*?(?=\n\*\*[\dW])", text, re.S).group(0)


def commands(number, text=None, **replaced):
    """The indented blocks of that part as one shell script; `replaced`: words to put in the place of others, in this order."""
    blocks = re.findall(r"(?:^    .*\n)+", section(number, text), re.M)
    script = "".join(re.sub(r"^    ", "", block, flags=re.M) for block in blocks)
    for old, new in replaced.items():
        script = script.replace(old, new)
    return script


def typed(number, text=None):
    """The same as a list of whole commands, as they are typed one after the other."""
    found, command = [], ""
    for line in commands(number, text).splitlines():
        command += line + "\n"
        whole = subprocess.run(["bash", "-n"], input=command, capture_output=True, text=True).returncode == 0
        if whole and not line.endswith("\\"):
            found.append(command.strip())
            command = ""
    return [each for each in found if each]
