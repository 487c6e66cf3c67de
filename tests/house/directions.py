"""The include directions of the tree: right may include left, never the reverse, and each third-party library has one home.

    crypto <- store <- peering <- node <- tools
    crypto <- pdf-fallback     <- node
    peering and pdf-fallback do not know each other; tests may use all

Within crypto, node and tools the rooms have directions too (ROOMS), without a circle; what stands at the top of node, which builds it,
may use all.
"""
import os
import re

ALLOWED = {  # top folder -> top folders that it may include
    "crypto": {"crypto"},
    "store": {"store", "crypto"},
    "peering": {"peering", "store", "crypto"},
    "pdf-fallback": {"pdf-fallback", "crypto"},
    "node": {"node", "peering", "pdf-fallback", "store", "crypto"},
    "tools": {"tools", "node", "peering", "pdf-fallback", "store", "crypto"},
    "tests": {"tests", "tools", "node", "peering", "pdf-fallback", "store", "crypto"},
}

_NODE_LOW = {"net", "config", "system", "policy"}
_NODE_FLOW = _NODE_LOW | {"flow"}
ROOMS = {  # top folder -> its rooms -> other rooms of it that they may include
    "crypto": {
        "base": set(),
        "mime": {"base"},
        "keys": {"base"},
        "keys/files": {"base", "keys"},
        "cms": {"base", "keys", "keys/files"},
        "smime": {"base", "mime", "keys", "keys/files", "cms"},
    },
    "node": {
        "smtp": set(),
        "net": set(),
        "session": {"smtp", "net"},
        "config": {"net"},
        "system": {"net"},
        "policy": set(),
        "flow": _NODE_LOW,
        "intake": _NODE_FLOW | {"smtp"},
        "reports": _NODE_FLOW,
        "opening": _NODE_FLOW | {"intake", "reports"},
        "peers": _NODE_FLOW | {"opening", "reports"},
        "delivery": _NODE_FLOW | {"smtp", "session", "intake", "opening", "peers", "reports"},
        "delivery/paths": _NODE_FLOW | {"delivery", "smtp", "session", "intake", "opening", "peers", "reports"},
    },
    "tools": {
        "cli": set(),
        "cli/demo": {"cli"},
        "cli/smime": {"cli"},
        "bench": set(),
    },
}

HOMES = [  # library headers -> folders that may include them
    (r"botan/", ("crypto/keys/", "crypto/cms/", "node/net/")),
    (r"sodium(\.h|/)", ("crypto/keys/", "crypto/base/")),
    (r"gmime/", ("crypto/mime/",)),
    (r"lmdb\.h", ("store/db",)),
    (r"(event2/|event\.h|evhttp\.h)", ("node/net/", "node/admin/")),
    (r"unbound\.h", ("node/net/",)),
    (r"curl/", ("node/net/",)),
    (r"(idn2|libpsl|iconv|uni(norm|ctype|str|case|conv))\.h", ("crypto/base/",)),
    (r"zlib\.h", ("crypto/cms/",)),
    (r"(qpdf/|cairo|pango/|libxml)", ("pdf-fallback/",)),
    (r"re2/", ("node/policy/",)),
    (r"toml\+\+", ("node/config/",)),
    (r"CLI/", ("tools/cli/",)),
    (r"spdlog/", ("crypto/base/",)),
    (r"(gtest|gmock|benchmark)/", ("tests/", "tools/bench/")),
]

# Tests may look into a library to check a result by other means; benchmarks may call it for comparison.
FREE = ("tests/", "tools/bench/")

INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]')
SOURCE = (".h", ".hh", ".hpp", ".cc", ".cpp", ".c")


def source_files(root):
    """Paths relative to root, with '/' between their parts, of every C and C++ file below the known top folders."""
    for top in sorted(ALLOWED):
        for folder, folders, files in os.walk(os.path.join(root, top)):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            for name in sorted(files):
                if name.endswith(SOURCE):
                    yield os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/")


def room_of(path):
    """'flow' of 'node/flow/routing.h'; None for a file at the top of its folder, or in a folder without rooms."""
    parts = path.split("/")
    return "/".join(parts[1:-1]) or None if parts[0] in ROOMS else None


def fault(path, included):
    """What is wrong with file `path` including `included`, or None."""
    top, first = path.split("/")[0], included.split("/")[0]
    if included.startswith("../") or "/../" in included:
        return "includes by a path with '..'"
    if first in ALLOWED and first not in ALLOWED[top]:
        return f"{top} may not include {first}"
    room, other = room_of(path), room_of(included)
    if room and top == first:
        if not other:
            return f"{top}/{room} may not include the top of {top}"
        if other != room and other not in ROOMS[top].get(room, ()):
            return f"{top}/{room} may not include {top}/{other}"
    if path.startswith(FREE):
        return None
    for pattern, homes in HOMES:
        if re.match(pattern, included) and not path.startswith(homes):
            return f"<{included}> belongs to {', '.join(homes)}"
    return None


def faults(root):
    """['path:line: text'] over the whole tree, and the number of files that were read."""
    found, count = [], 0
    for path in source_files(root):
        count += 1
        with open(os.path.join(root, path), encoding="utf-8", errors="replace") as f:
            for number, line in enumerate(f, 1):
                match = INCLUDE.match(line)
                text = match and fault(path, match.group(1))
                if text:
                    found.append(f"{path}:{number}: {text}")
    return found, count
