"""A sink that speaks TLS, or plays one of the tricks that somebody in between can play instead."""
import ssl

from .sink import Sink


class _Ears:
    """A reader that notes everything that was read from it."""

    def __init__(self, reader, heard):
        self.reader, self.heard = reader, heard

    async def readuntil(self, separator):
        octets = await self.reader.readuntil(separator)
        self.heard += octets
        return octets


class TlsSink(Sink):
    """`heard` is every octet of SMTP that reached it, in clear or out of TLS.

    begin = "smtps": TLS from the start; "starttls": offered and done. Tricks, all with the offer of STARTTLS if not said otherwise:
    "stripped": no offer; "close": 220 and the end; "clear": 220 and replies in clear instead of TLS; "injected": 220 with replies
    behind it in the same segment, then TLS; or a reply to STARTTLS, such as "454 4.7.0 no"; "ehlo 502 no" answers EHLO with that.
    """

    def __init__(self, chain, key, begin="starttls", **options):
        self.begin, self.heard = begin, bytearray()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(chain, key)
        super().__init__(tls=self._context if begin == "smtps" else None, **options)
        if begin not in ("smtps", "stripped"):
            self.extensions = (*Sink.extensions, "STARTTLS")

    async def serve(self, reader, writer):
        await super().serve(_Ears(reader, self.heard), writer)

    def _other_reply(self, stage, argument):
        if stage == "ehlo" and self.begin.startswith("ehlo "):
            return self.begin[5:]
        return super()._other_reply(stage, argument)

    async def _starttls(self, session, writer):
        if self.begin in ("smtps", "stripped") or "ssl_object" in session:
            return False
        if self.begin[:3].isdigit():
            writer.write(self.begin.encode() + b"\r\n")
            return True
        lie = b"250-lie.test\r\n250 PIPELINING\r\n250 ok\r\n250 ok\r\n354 go on\r\n250 taken\r\n" if self.begin in ("clear", "injected") else b""
        writer.write(b"220 2.0.0 go on\r\n" + lie)
        await writer.drain()
        if self.begin == "close":
            raise ConnectionError("the trick")
        if self.begin != "clear":
            await writer.start_tls(self._context)
            session["ssl_object"] = True
        return True
