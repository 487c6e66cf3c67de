"""The wire between two hops: a proxy that forwards, records every byte both ways, and can cut, hold or alter."""
import asyncio
import re
from dataclasses import dataclass, field

from .loop import Listener, call


@dataclass
class Capture:
    """One connection: what each side sent, as it was received from it."""
    to_server: bytearray = field(default_factory=bytearray)
    to_client: bytearray = field(default_factory=bytearray)


@dataclass
class Captured:
    """One message seen on the wire."""
    sender: str
    recipients: list
    raw: bytes  # without dot-stuffing
    accepted: bool


class Wire(Listener):
    """Forwards to `target()` ("host:port"), asked anew for each connection, so that a server may move to another port.

    With strip_starttls the offer of STARTTLS is made unreadable for the client, as an active eavesdropper would.
    """

    def __init__(self, target, strip_starttls=False, record=True, port=0):
        self.target, self.strip_starttls, self.record = target, strip_starttls, record
        self.captures = []
        super().__init__(port=port)

    async def serve(self, reader, writer):
        try:
            host, _, port = self.target().rpartition(":")
            server_reader, server_writer = await asyncio.open_connection(host, int(port))
        except (OSError, LookupError, ValueError):
            return  # no server: the client sees a connection that ends at once
        capture = Capture()
        self.captures.append(capture)
        up = asyncio.create_task(self._forward(reader, server_writer, capture.to_server, None))
        down = asyncio.create_task(self._forward(server_reader, writer, capture.to_client, self._strip))
        try:
            await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait((up, down), timeout=0.5)
        finally:
            up.cancel()
            down.cancel()
            server_writer.close()

    def _strip(self, chunk):
        if not self.strip_starttls:
            return chunk
        return re.sub(rb"(250[- ])STARTTLS", rb"\1XXXXXXXX", chunk)

    async def _forward(self, reader, writer, record, change):
        while chunk := await reader.read(65536):
            if self.record:
                record += chunk
            writer.write(change(chunk) if change else chunk)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()

    def bytes_seen(self):
        """Everything that passed, both ways."""
        return b"\n".join(bytes(c.to_server) + b"\n" + bytes(c.to_client) for c in list(self.captures))

    def messages(self):
        """All messages that clients sent through this wire in clear SMTP, in the order of their connections."""
        return [m for c in list(self.captures) for m in messages_of(c)]

    def forget(self):
        self.captures = []


def replies_of(stream):
    """The replies in a server's bytes, as (code, text of the last line)."""
    return [(int(code), text) for code, text in re.findall(rb"^(\d{3})(?: (.*?))?\r\n", stream, re.M)]


def messages_of(capture):
    """Reads one captured connection: each command has one reply in order (RFC 2920), and DATA's 354 is followed by a body."""
    client, replies = bytes(capture.to_server), replies_of(bytes(capture.to_client))
    found, at, answer = [], 0, 1  # reply 0 is the greeting
    sender, recipients = None, []
    while (end := client.find(b"\r\n", at)) >= 0:
        line, at = client[at:end], end + 2
        code = replies[answer][0] if answer < len(replies) else 0
        answer += 1
        verb = line[:4].upper()
        if verb == b"MAIL":
            sender, recipients = _path(line), []
        elif verb == b"RCPT" and code // 100 == 2:
            recipients.append(_path(line))
        elif verb == b"STAR" and code == 220:
            break  # what follows is TLS
        elif verb == b"DATA" and code == 354:
            end = at if client.startswith(b".\r\n", at) else client.find(b"\r\n.\r\n", at) + 2
            if end < 2:
                break  # cut off
            raw, at = client[at:end], end + 3
            if raw.startswith(b"."):
                raw = raw[1:]
            code = replies[answer][0] if answer < len(replies) else 0
            answer += 1
            found.append(Captured(sender, recipients, raw.replace(b"\r\n..", b"\r\n."), code // 100 == 2))
    return found


def _path(line):
    match = re.search(rb"<(.*?)>", line)
    return match.group(1).decode("utf-8", "surrogateescape") if match else ""
