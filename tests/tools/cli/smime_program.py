"""The program under test, the first argument of the test that imports this, and keys for it that openssl makes."""
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(sys.argv.pop(1)).absolute()
P256 = ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")


def openssl(folder, *words):
    return subprocess.run(["openssl", *map(str, words)], cwd=folder, check=True, capture_output=True, timeout=60).stdout


def make_certificate(folder, name, algorithm, usage, *extensions, issuer=None):
    """A key NAME.key and its certificate NAME.pem, by the key of `issuer` or by itself."""
    by = ("-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key") if issuer else ()
    added = [word for extension in (f"keyUsage={usage}", *extensions) for word in ("-addext", extension)]
    openssl(folder, "req", "-x509", "-config", "/dev/null", "-newkey", *algorithm, "-noenc", *by, "-subj", f"/CN={name}", *added,
            "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "30")
