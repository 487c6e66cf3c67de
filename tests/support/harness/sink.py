"""A strict SMTP server that keeps what it gets: envelopes, bytes, and every break of the line-end rules."""
import asyncio
import hashlib
import re
import threading
import time
from dataclasses import dataclass, field

from .loop import Listener

BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")


@dataclass
class Delivery:
    """One message as it arrived, acknowledged with 250."""
    sender: str                  # path of MAIL FROM, without angle brackets
    recipients: list             # paths of the accepted RCPT TO
    sender_params: str           # what stood after the path
    recipient_params: list
    size: int
    sha256: str
    helo: str
    time: float
    connection: int              # number of the connection that brought it
    raw: bytes = field(repr=False, default=b"")  # without dot-stuffing; empty if the sink does not keep bodies

    @property
    def header(self):
        return self.raw.partition(b"\r\n\r\n")[0]


class Sink(Listener):
    """`deliveries` grows by one with each message; `reply` may answer in the sink's place.

    reply(stage, argument) with stage "connect", "ehlo", "mail", "rcpt", "data" or "end" returns a reply line to send instead of
    the usual one, or None. At "end" the argument is the Delivery; a reply that is not 2xx means that it was not taken.
    """

    limit = 256 << 20
    extensions = ("PIPELINING", "SIZE 300000000", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")

    def __init__(self, keep_bodies=True, reply=None, host="127.0.0.1", port=0, tls=None):
        self.deliveries, self.violations, self.connections = [], [], 0
        self.keep_bodies, self.reply = keep_bodies, reply
        self.delay_before_answer = 0.0
        self._changed = threading.Condition()
        super().__init__(host, port, tls)

    # What a test asks

    def snapshot(self):
        with self._changed:
            return list(self.deliveries)

    def wait_for(self, count, seconds=30):
        """Waits until `count` messages arrived; returns how many did."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while len(self.deliveries) < count and time.monotonic() < deadline:
                self._changed.wait(max(0.0, deadline - time.monotonic()))
            return len(self.deliveries)

    def to(self, recipient):
        """The deliveries for one recipient."""
        return [d for d in self.snapshot() if recipient in d.recipients]

    def forget(self):
        with self._changed:
            self.deliveries.clear()

    # The dialog

    def _other_reply(self, stage, argument):
        return self.reply(stage, argument) if self.reply else None

    async def serve(self, reader, writer):
        self.connections += 1
        session = {"number": self.connections, "helo": "", "mail": None}
        writer.write((self._other_reply("connect", "") or "220 sink.test ESMTP").encode() + b"\r\n")
        while True:
            line = await reader.readuntil(b"\n")
            if BARE.search(line):
                self.violations.append(("command", line))
            text = line.rstrip(b"\r\n").decode("utf-8", "surrogateescape")
            verb = text[:4].upper()
            if verb == "STAR" and await self._starttls(session, writer):
                continue
            if verb == "DATA" and not await self._data(session, reader, writer):
                continue
            if verb != "DATA":
                writer.write(self._command(session, verb, text).encode("utf-8", "surrogateescape") + b"\r\n")
            await writer.drain()
            if verb == "QUIT":
                return

    async def _starttls(self, session, writer):
        """Whether it was answered here; a plain sink does not know it."""
        return False

    def _command(self, session, verb, text):
        if verb in ("EHLO", "HELO"):
            session.update(helo=text[5:], mail=None)
            lines = ("sink.test",) + (self.extensions if verb == "EHLO" else ())
            usual = "\r\n".join("250" + ("-" if i < len(lines) - 1 else " ") + e for i, e in enumerate(lines))
            return self._other_reply("ehlo", text) or usual
        if verb == "MAIL":
            return self._mail(session, text)
        if verb == "RCPT":
            return self._rcpt(session, text)
        if verb == "RSET":
            session["mail"] = None
            return "250 2.0.0 forgotten"
        if verb == "NOOP":
            return "250 2.0.0 ok"
        if verb == "QUIT":
            return "221 2.0.0 bye"
        return "502 5.5.1 unknown command"

    def _mail(self, session, text):
        match = re.match(r"MAIL FROM:<(.*?)>(.*)$", text, re.I | re.S)
        if not match:
            return "501 5.5.4 bad path"
        other = self._other_reply("mail", match.group(1))
        if other and not other.startswith("2"):
            return other
        session.update(mail=match.group(1), mail_params=match.group(2).strip(), rcpt=[], rcpt_params=[])
        return other or "250 2.1.0 ok"

    def _rcpt(self, session, text):
        match = re.match(r"RCPT TO:<(.*?)>(.*)$", text, re.I | re.S)
        if not match or session["mail"] is None:
            return "501 5.5.4 bad path or no MAIL"
        other = self._other_reply("rcpt", match.group(1))
        if other and not other.startswith("2"):
            return other
        session["rcpt"].append(match.group(1))
        session["rcpt_params"].append(match.group(2).strip())
        return other or "250 2.1.5 ok"

    async def _data(self, session, reader, writer):
        refused = self._other_reply("data", "")
        if session["mail"] is None or not session["rcpt"]:
            refused = refused or "503 5.5.1 no recipients"
        writer.write((refused or "354 go on").encode() + b"\r\n")
        await writer.drain()
        if refused:
            return False
        raw = await self._body(reader)
        delivery = Delivery(session["mail"], session["rcpt"], session["mail_params"], session["rcpt_params"], len(raw),
                            hashlib.sha256(raw).hexdigest(), session["helo"], time.time(), session["number"],
                            raw if self.keep_bodies else b"")
        session["mail"] = None
        bare = BARE.search(raw)
        if bare:
            self.violations.append(("data", raw[max(0, bare.start() - 40):bare.end() + 40]))
            writer.write(b"554 5.5.2 bare CR or LF\r\n")
            return True
        if self.delay_before_answer:
            await asyncio.sleep(self.delay_before_answer)
        other = self._other_reply("end", delivery)
        if other is None or other.startswith("2"):
            with self._changed:
                self.deliveries.append(delivery)
                self._changed.notify_all()
        writer.write((other or "250 2.0.0 taken").encode() + b"\r\n")
        return True

    @staticmethod
    async def _body(reader):
        """The bytes up to CR LF . CR LF, without dot-stuffing."""
        raw = bytearray(await reader.readuntil(b".\r\n"))
        while not raw.endswith(b"\r\n.\r\n") and raw != b".\r\n":
            raw += await reader.readuntil(b".\r\n")
        del raw[-3:]
        if raw.startswith(b"."):
            del raw[:1]
        return bytes(raw).replace(b"\r\n..", b"\r\n.")
