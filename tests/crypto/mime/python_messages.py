#!/usr/bin/env python3
"""Signed messages as Python's email package makes and reads them.

    python_messages.py write FOLDER    FOLDER/N.eml and what its first part is, FOLDER/N.part
    python_messages.py read MESSAGE    writes the first part of MESSAGE to standard output
"""
import pathlib
import sys
from email import message_from_bytes, policy
from email.message import MIMEPart
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

SIGNATURE = b"\x30\x03\x02\x01\x05" * 50


def contents():
    yield MIMEText("Hello\n", "plain", "us-ascii")
    yield MIMEText("", "plain", "us-ascii")
    yield MIMEText("no line end", "plain", "us-ascii")
    yield MIMEText("Grüße\n\n\n", "plain", "utf-8")
    nested = MIMEMultipart("alternative")
    nested.preamble = "a preamble\n"
    nested.attach(MIMEText("text\n", "plain", "us-ascii"))
    nested.attach(MIMEText("<p>text</p>\n", "html", "us-ascii"))
    yield nested
    new_style = MIMEPart(policy=policy.SMTP)
    new_style.set_content("--\nA line that looks like a boundary\n----\n")
    new_style.add_attachment(b"\0\1\2", maintype="application", subtype="octet-stream")
    yield new_style


def first_part(octets, line_end):
    unfolded = policy.compat32.clone(max_line_length=0, linesep=line_end)
    return message_from_bytes(octets).get_payload(0).as_bytes(policy=unfolded)


def messages():
    for content in contents():
        for rules in (policy.SMTP, policy.compat32):
            # The new policies write a long boundary as RFC 2231 has it, which no reader of signed
            # mail expects.
            longest = "b" * (70 if rules is policy.compat32 else 40)
            for boundary in (None, "=_blank in it", longest):
                message = MIMEMultipart("signed", boundary=boundary,
                                        protocol="application/pkcs7-signature",
                                        micalg="sha-256")
                message["From"] = "a@a.example"
                message["Subject"] = "=?utf-8?q?Gr=C3=BC=C3=9Fe?="
                message.preamble = "This is a signed message.\n"
                message.epilogue = "epilogue\n"
                message.attach(content)
                message.attach(MIMEApplication(SIGNATURE, "pkcs7-signature", name="smime.p7s"))
                octets = message.as_bytes(policy=rules)
                yield octets, first_part(octets, rules.linesep)


def write(folder):
    for number, (message, part) in enumerate(messages()):
        (folder / f"{number}.eml").write_bytes(message)
        (folder / f"{number}.part").write_bytes(part)


def read(path):
    message = message_from_bytes(path.read_bytes(), policy=policy.SMTP)
    part, signature = message.get_payload()
    assert message.get_content_type() == "multipart/signed"
    assert signature.get_content_type() == "application/pkcs7-signature"
    assert signature.get_filename() == "smime.p7s"
    sys.stdout.buffer.write(part.as_bytes())
    sys.stdout.buffer.write(b"\n--- signature\n" + signature.get_payload(decode=True))


if __name__ == "__main__":
    {"write": write, "read": read}[sys.argv[1]](pathlib.Path(sys.argv[2]))
