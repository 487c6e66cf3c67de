"""One form between Culvert and one program, in one direction: what came of it."""
from dataclasses import dataclass

import limits
from programs import Refused, WrongForm

# Long enough for several chunks and blocks, no multiple of a block, with octets that text conversions would change; canonical lines,
# because gpgsm and cmsutil treat content as text in places.
CONTENT = (b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
           + b"".join(b"%05d  Gr\xc3\xbc\xc3\x9fe aus Z\xc3\xbcrich =20 .\r\n" % line for line in range(2000)))


@dataclass(frozen=True)
class Outcome:
    kind: str  # yes, limit, failure, absent (program not here), none (Culvert does not write this)
    message: str = ""
    limit: limits.Limit | None = None


YES, ABSENT, NOT_WRITTEN = Outcome("yes"), Outcome("absent"), Outcome("none")


def refusal(program, does, form, message):
    known = limits.explanation(program.name, does, form, message)
    return Outcome("limit" if known else "failure", message, known)


def unasked(program, does, form):
    limit = limits.not_asked(program.name, does, form)
    return limit and Outcome("limit", "no way to ask for it", limit)


class Exchange:
    def __init__(self, culvert, folder):
        self.culvert = culvert
        self.folder = folder
        self.content = folder / "content"
        self.content.write_bytes(CONTENT)
        self.altered = folder / "altered"
        self.altered.write_bytes(CONTENT[:-10] + bytes([CONTENT[-10] ^ 1]) + CONTENT[-9:])
        self.compressible = folder / "compressible"
        culvert.to_compress(self.content, self.compressible)

    def file(self, name):
        path = self.folder / name
        path.unlink(missing_ok=True)
        return path

    def we_write(self, form, program):
        """Only the other's refusal to read can be its limit."""
        if not form.written:
            return NOT_WRITTEN
        if outcome := unasked(program, limits.READS, form):
            return outcome
        made = self.file("ours")
        try:
            self.culvert.write(form, self.content, made)
            self.culvert.check(form, made)
        except Refused as failure:
            return Outcome("failure", f"Culvert: {failure}")
        try:
            program.read(form, made, self.content, out := self.file("out"))
        except Refused as failure:
            return refusal(program, limits.READS, form, str(failure))
        return self.compared(form, program, made, out)

    def it_writes(self, form, program):
        """Only the other's refusal to write, or to write this form, can be its limit."""
        if outcome := unasked(program, limits.WRITES, form):
            return outcome
        made = self.file("theirs")
        try:
            program.write(form, self.compressible if form.kind == "compressed" else self.content, made)
        except Refused as failure:
            return refusal(program, limits.WRITES, form, str(failure))
        try:
            self.culvert.check(form, made)
            self.culvert.read(form, made, self.content, out := self.file("out"))
        except WrongForm as failure:
            return refusal(program, limits.WRITES, form, str(failure))
        except Refused as failure:
            return Outcome("failure", f"Culvert: {failure}")
        return self.compared(form, self.culvert, made, out)

    def compared(self, form, reader, made, out):
        """A yes needs the very content; of a detached signature, that it does not hold for another one."""
        if not form.detached:
            return YES if out.exists() and out.read_bytes() == CONTENT else Outcome("failure", "the content that was read is another one")
        try:
            reader.read(form, made, self.altered, self.file("out"))
        except Refused:
            return YES
        return Outcome("failure", "the signature is accepted over an altered content")
