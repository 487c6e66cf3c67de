#!/usr/bin/env python3
"""Values of the formulas of protocol.md, "Pairing", computed apart from the program; vectors.h holds what this prints."""
import base64
import hashlib
import hmac

INVITER = bytes(range(0x00, 0x20))
ACCEPTER = bytes(range(0x80, 0xA0))
SECRET = bytes(range(0x40, 0x50))
URL = b"https://gate.a.example:8443"
ACCEPTER_CARD = b'{"type":"card","of":"accepter"}'
INVITER_CARD = b'{"type":"card","of":"inviter"}'


def sha256(octets):
    return hashlib.sha256(octets).digest()


def domains(names):
    return bytes([len(names)]) + b"".join(bytes([len(n)]) + n for n in sorted(names))


payload = (b"\x01" + INVITER + SECRET + len(URL).to_bytes(2, "big") + URL
           + domains([b"a.example"]) + domains([b"b.example", b"mail.b.example"]))
checksum = sha256(b"culvert1 code" + payload)[:4]
code = "culvert1-" + base64.b32encode(payload + checksum).decode().rstrip("=").lower()
bound = INVITER + ACCEPTER + sha256(payload) + sha256(ACCEPTER_CARD)
values = {
    "kCode": code,
    "kPayload": payload.hex(),
    "kInvitationId": sha256(b"culvert1 id" + SECRET)[:16].hex(),
    "kAcceptMac": hmac.new(SECRET, b"culvert1 accept\0" + bound, "sha256").hexdigest(),
    "kAnswerMac": hmac.new(SECRET, b"culvert1 answer\0" + bound + sha256(INVITER_CARD), "sha256").hexdigest(),
    "kTunnelToken": hmac.new(b"k" * 32, b"culvert1 tunnel token\0" + bytes(range(16)) + (3).to_bytes(4, "big"),
                             "sha256").hexdigest()[:32],
}
print("// Printed by make_vectors.py: what another program computes by the formulas of protocol.md, "Pairing".")
print("#pragma once\n\nnamespace culvert::peering::vectors {\n")
for name, value in values.items():
    pieces = [value[i:i + 80] for i in range(0, len(value), 80)]
    print(f"inline constexpr char {name}[] =")
    print("\n".join(f'    "{piece}"' for piece in pieces) + ";")
print("\n}  // namespace culvert::peering::vectors")
