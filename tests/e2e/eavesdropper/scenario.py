"""What somebody between the nodes sees, and what `openssl cms` makes of it with the exported key."""
from harness import cms, mails, original, smtp
from harness.until import wait_until


def sealed_on_wire(wire):
    """The tunnel mails that passed (proofs and other peering mail aside)."""
    return [m for m in wire.messages() if m.accepted and not any(r.startswith("culvert-") for r in m.recipients)]


def case_nothing_readable_between_the_nodes(lab):
    """Neither text, subject nor canary of a mail is seen between the nodes, and its size tells only what it must."""
    import random
    pair, source = lab.pair(), random.Random(4)
    marks = [mails.canary(source) for _ in range(20)]
    for number, mark in enumerate(marks):
        raw = mails.plain(number, mark=mark, size=5000).replace(b"Subject: mail", b"Subject: secret " + mark.encode() + b" mail")
        smtp.send(pair.a.inside, "alice@a.example", [f"bob{number}@b.example"], raw)
    assert pair.at_b.wait_for(len(marks), 60) == len(marks)
    seen = pair.wires_seen()
    for mark in marks:
        assert mark.encode() not in seen, f"{mark} passed in clear"
    assert b"quick brown fox" not in seen and b"secret" not in seen
    assert b"authEnveloped-data" in seen, "the wire saw nothing sealed: is it on the path?"
    for message in sealed_on_wire(pair.ab):
        assert b"Subject: [...]\r\n" in message.raw and b"Received:" not in message.raw, message.raw[:1000]


def case_openssl_opens_and_verifies(lab):
    """A caught mail is decrypted with the exported key and its signature verified, by openssl alone."""
    lab.need("openssl")
    pair = lab.pair()
    every = [raw for _, raw in mails.Awkward(seed=11).make(20)]
    for number, raw in enumerate(every):
        with smtp.Session(pair.a.inside) as session:
            session.send("alice@a.example", [f"m{number}@b.example"], raw, smtp.params_for(raw, session))
    assert pair.at_b.wait_for(len(every), 60) == len(every)
    key, identity = lab.path("tunnel.pem"), lab.path("identity-a.pem")
    key.write_text(pair.b.command("cert", "export", "tunnel-encrypt", "--with-key").stdout)  # certificate and key
    identity.write_text(pair.a.command("cert", "export", "identity").stdout)
    caught = sealed_on_wire(pair.ab)
    assert len(caught) == len(every)
    for message in caught:
        number = int(message.recipients[0][1:].partition("@")[0])
        content = cms.verify(cms.decrypt(message.raw, key, key), identity)
        head, _, inner = content.partition(b"\r\n\r\n")
        fields = [line.partition(b":")[0] for line in head.split(b"\r\n")]
        assert fields[:10] == [b"MIME-Version", b"Content-Type", b"Content-Transfer-Encoding", b"Culvert-Tunnel", b"Culvert-Id", b"Culvert-Sealed",
                              b"Culvert-From", b"Culvert-To", b"Culvert-Origin", b"Culvert-Sender"], head
        assert b"Culvert-Recipient: <" + message.recipients[0].encode() + b">" in head, head
        top, whole = inner, original.as_data_carries(every[number])
        assert top.endswith(whole), original.difference(top, whole)


def case_smime_commands_open_it_too(lab):
    """`culvert smime inspect` names the layers of a caught mail, `decrypt` and `verify` open it on the receiving node."""
    pair = lab.pair()
    raw = mails.plain(1)
    smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], raw)
    wait_until(lambda: pair.at_b.snapshot(), 30, "the mail")
    caught = sealed_on_wire(pair.ab)[0].raw
    layers = pair.b.command("--json", "smime", "inspect", stdin=caught)
    assert b"layers" in layers.stdout and b"auth" in layers.stdout.lower(), layers.stdout
    opened = pair.b.command("smime", "decrypt", stdin=caught).stdout
    assert b"signed-data" in opened and raw not in caught
    altered = caught.replace(caught[-200:-190], b"A" * 10)
    assert pair.b.command("smime", "decrypt", stdin=altered, status=None).returncode == 1
