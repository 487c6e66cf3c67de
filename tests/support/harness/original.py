"""Taking apart what a recipient got: the trace fields that a node added at the top, and the original below them, byte for byte."""
import hashlib
import re

# What nodes and the mail servers of a test add above a message.
TRACE = re.compile(rb"(Received|Culvert-Result|Authentication-Results|Return-Path|Delivered-To|X-Received)[ \t]*:", re.I)


class NotWhole(AssertionError):
    """The original does not stand unchanged below added trace fields."""


def as_data_carries(raw):
    """The original as DATA can carry it: with a last line end."""
    return raw if not raw or raw.endswith(b"\r\n") else raw + b"\r\n"


def fields_of(prefix):
    """The header fields in `prefix`, unfolded into one element each; None if it is not made of whole fields."""
    if prefix and not prefix.endswith(b"\r\n"):
        return None
    fields = []
    for line in prefix.split(b"\r\n")[:-1]:
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] += b"\r\n" + line
        elif re.match(rb"[!-9;-~]+[ \t]*:", line):
            fields.append(line)
        else:
            return None
    return fields


def added_fields(received, original):
    """The fields above the original. Raises NotWhole if anything else was changed or added."""
    whole = as_data_carries(original)
    if not received.endswith(whole):
        raise NotWhole(difference(received, whole))
    prefix = received[:len(received) - len(whole)]
    if not original and prefix.endswith(b"\r\n\r\n"):
        prefix = prefix[:-2]  # nothing at all was sent; a blank line ends the header
    fields = fields_of(prefix)
    if fields is None or not all(TRACE.match(f) for f in fields):
        raise NotWhole(f"other things than trace fields were added at the top: {prefix[:300]!r}")
    return fields


def field(fields, name):
    """The values of all fields of that name, unfolded."""
    return [re.sub(rb"\r\n[ \t]+", b" ", f.partition(b":")[2]).strip().decode("utf-8", "replace")
            for f in fields if f.partition(b":")[0].strip().lower() == name.lower().encode()]


def below_trace(received):
    """The message below its leading trace fields: what `added_fields` checks, where the original is not at hand."""
    at = 0
    while TRACE.match(received, at):
        at = received.find(b"\r\n", at) + 2
        while received[at:at + 1] in (b" ", b"\t"):
            at = received.find(b"\r\n", at) + 2
    return received[at:]


def sha256(raw):
    return hashlib.sha256(raw).hexdigest()


def difference(received, whole):
    """Where the two first differ, seen from the end, for people."""
    n = min(len(received), len(whole))
    at = next((i for i in range(1, n + 1) if received[-i] != whole[-i]), n)
    return (f"received {len(received)} bytes, original {len(whole)}; from the end they differ at byte {at}:\n"
            f"  received ...{received[max(0, len(received) - at - 40):len(received) - at + 40]!r}\n"
            f"  original ...{whole[max(0, len(whole) - at - 40):len(whole) - at + 40]!r}")
