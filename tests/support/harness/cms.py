"""What `openssl cms` makes of a sealed message: an eye that knows nothing of our code."""
import subprocess


def openssl(*arguments, stdin=None):
    done = subprocess.run(["openssl", *arguments], input=stdin, capture_output=True)
    if done.returncode:
        raise AssertionError(f"openssl {' '.join(arguments)}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def decrypt(message, key_file, certificate_file):
    """The MIME entity inside a sealed message (a whole mail as it was on the wire)."""
    return openssl("cms", "-decrypt", "-inform", "SMIME", "-inkey", str(key_file), "-recip", str(certificate_file), "-binary", stdin=message)


def verify(entity, authority_file):
    """The signed content of the opened entity, its signature and the signer's chain up to `authority_file` verified.
    As protocol.md, "The layers", says: the header up to the blank line is deleted, the rest is DER or BER."""
    blob = entity[entity.index(b"\r\n\r\n") + 4:]
    return openssl("cms", "-verify", "-inform", "DER", "-no_check_time", "-binary", "-purpose", "any", "-CAfile", str(authority_file), stdin=blob)
