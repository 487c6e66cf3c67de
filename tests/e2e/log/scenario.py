"""What an administrator finds in the log, by `trace`, at a route and in `status`: one line for each event of a message, each
command, the true state of a challenge, and warnings that go when their cause does."""
import json
import re
import signal

from harness import mails, smtp
from harness.until import wait_until

TEXT = re.compile(r'^\S+Z (\w+) +message (\w+) id=([0-9a-f]{32})((?: [a-z-]+=(?:"(?:[^"\\]|\\.)*"|[^ "]*))*)$')
FIELD = re.compile(r' ([a-z-]+)=("(?:[^"\\]|\\.)*"|[^ "]*)')


def events(node):
    """The lines about messages as [(event, id, fields)]; every line that begins so has the form."""
    found = []
    for line in node.log_text().splitlines():
        if " message " not in line or " id=" not in line:
            continue
        match = TEXT.match(line)
        assert match, line
        names = [name for name, _ in FIELD.findall(match[4])]
        assert len(names) == len(set(names)), line
        found.append((match[2], match[3], dict(FIELD.findall(match[4]))))
    return found


def wait_for(node, event, **fields):
    """The id and fields of the one line of that event with these values."""
    def matching():
        return [(id, f) for e, id, f in events(node) if e == event and all(f.get(k.replace("_", "-")) == v for k, v in fields.items())]
    found = wait_until(matching, 30, lambda: f"{event} {fields} in\n{node.log_tail(60)}")
    assert len(found) == 1, found
    return found[0]


def port(sink):
    """How the log and the route name it: `HOST [ADDRESS]:PORT`."""
    return "]:" + sink.address.rpartition(":")[2]


def case_one_line_for_each_event(lab):
    """A mail through the tunnel: received, decided and delivered at a; received, opened and delivered at b; all with its Message-ID."""
    pair = lab.pair()
    raw = mails.plain(1, mark="tunnelled")
    smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], raw)
    lab.delivered_whole(pair.at_b, "bob@b.example", raw)
    message_id = f"<{mails.message_id(1, 'tunnelled')}>"
    id_at_a, received = wait_for(pair.a, "received", message_id=message_id)
    assert received["sender"] == "<alice@a.example>" and received["to"] == "<bob@b.example>" and received["side"] == "inside", received
    assert wait_for(pair.a, "decided", message_id=message_id)[1]["peer"] == "b.example"
    id_delivered, delivered = wait_for(pair.a, "delivered", message_id=message_id)
    assert id_delivered == id_at_a and delivered["peer"] == "b.example" and "250 " in delivered["reply"] and delivered["host"], delivered
    carrier, _ = wait_for(pair.b, "received", message_id=delivered["sealed-as"])
    id_at_b, opened = wait_for(pair.b, "opened", message_id=message_id)
    assert opened["peer"] == "a.example" and opened["carrier"] == carrier and opened["to"] == "<bob@b.example>", opened
    assert wait_for(pair.b, "delivered", message_id=message_id)[0] == id_at_b
    for node, id in ((pair.a, id_at_a), (pair.b, id_at_b)):
        for name in (message_id, message_id[1:-1], f"Message-Id: {message_id}", f"message-id={message_id}"):
            assert [m["id"] for m in node.json("trace", name)["messages"]] == [id], name
    assert [m["id"] for m in pair.b.json("trace", delivered["sealed-as"])["messages"]] == [carrier]
    assert all("mail 1" not in node.log_text() and "quick brown" not in node.log_text() for node in (pair.a, pair.b)), "the subject or the content"


def case_what_does_not_arrive(lab):
    """Deferred, failed and returned name host and reply; what cannot be opened is held with its reason."""
    answers = {"later": "451 4.3.0 not now", "never": '550 5.1.1 no" id=1 to=<ceo@a.example>'}
    world = lab.sink(reply=lambda stage, argument: next((a for word, a in answers.items() if stage == "rcpt" and word in argument), None))
    pair = lab.pair()
    pair.a.set("delivery", outside=f"smtp://{world.address}")
    pair.a.stop(), pair.a.start()
    smtp.send(pair.a.inside, "alice@a.example", ["later@c.example", "never@c.example", "ok@c.example"], mails.plain(2))
    deferred, failed = wait_for(pair.a, "deferred")[1], wait_for(pair.a, "failed")[1]
    assert deferred["to"] == "<later@c.example>" and deferred["reply"] == '"451 4.3.0 not now"' and port(world) in deferred["host"], deferred
    assert failed["to"] == "<never@c.example>" and failed["reply"] == r'"550 5.1.1 no\x22 id\x3d1 to\x3d<ceo@a.example>"', failed
    assert wait_for(pair.a, "delivered", to="<ok@c.example>")[1]["message-id"] == "<2.plain@client.test>"
    returned = wait_for(pair.a, "returned", message_id="<2.plain@client.test>")[1]
    assert returned["to"] == "<alice@a.example>" and len(returned["report"]) == 32, returned
    sealed = (b"From: x@c.example\r\nMessage-ID: <sealed@c.example>\r\nContent-Type: application/pkcs7-mime; smime-type=authEnveloped-data\r\n"
              b"Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n")
    smtp.send(pair.b.outside, "x@c.example", ["bob@b.example"], sealed)
    wait_until(lambda: any(e in ("held", "decided", "delivered") and f.get("message-id") == "<sealed@c.example>" for e, _, f in events(pair.b)), 30, "an end")


HOSTILE = [
    b"<a b@c>", b"<x> message delivered id=00000000000000000000000000000000 to=<ceo@b.example", b'<"q">', b"<\xff\xfe\x80>", b"<a\\x20b>",
    "<x\u202ey@c>".encode(), "<x\u2028y@c>".encode(), b"<" + b"y" * 900 + b">", b"<x\r\n y@c>", b"", b"<>", b"no brackets at all", b"<=to=>",
]


def case_nobody_outside_writes_in_it(lab):
    """Message-IDs and addresses that look like lines or fields of the log stay in their value, in both formats; each is found by `trace`."""
    for form in ("text", "json"):
        node, inside, world = lab.node("a.example"), lab.sink(), lab.sink()
        node.set("delivery", inside=f"smtp://{inside.address}", outside=f"smtp://{world.address}")
        node.set("log", format=form)
        node.start()
        for number, message_id in enumerate(HOSTILE):
            raw = b"From: x@c.example\r\nSubject: secretsubject\r\nMessage-ID: " + message_id + b"\r\n\r\nx\r\n"
            smtp.send(node.outside, f'"{number} to=<x>\\" id=1"@c.example', ["bob@a.example"], raw)
        assert inside.wait_for(len(HOSTILE), 60) == len(HOSTILE)
        if form == "text":
            wait_until(lambda: len([1 for e in events(node) if e[0] == "delivered"]) == len(HOSTILE), 30, lambda: node.log_tail(60))
            received = [f for e, _, f in events(node) if e == "received"]
            assert len(received) == len(HOSTILE)
            assert all(f["to"] == "<bob@a.example>" and re.fullmatch(r"<[^<>\s\"]*@c\.example>", f["sender"]) for f in received), received
        else:
            def delivered():
                lines = [json.loads(line) for line in node.log_text().splitlines()]
                return len([line for line in lines if line["text"] == "message delivered" and line["to"] == ["bob@a.example"]]) == len(HOSTILE)
            wait_until(delivered, 30, lambda: node.log_tail(60))
        assert "secretsubject" not in node.log_text()
        for message_id in (b"<a b@c>", b"<x\r\n y@c>", b"<=to=>", b"no brackets at all", b"<" + b"y" * 900 + b">"):
            asked = message_id.decode().replace("\r\n", "")
            traced = node.json("trace", asked if asked.startswith("<") else f"<{asked}>")
            assert len(traced["messages"]) == 1, asked
        for as_logged in (r"<\x22q\x22>", r"<a\x5cx20b>", r"message-id=<a\x20b@c>"):
            assert len(node.json("trace", as_logged)["messages"]) == 1, as_logged


def case_each_command_is_told(lab):
    """Commands that change something stand in the log of the running node within a second, and of the next one if none ran; secrets do not."""
    node = lab.node("a.example")
    node.command("policy", "set", "user:x@c.example", "encrypt=mandatory")
    node.start()
    wait_until(lambda: re.search(r' command by="[^"]+" words="init --domain a.example.*', node.log_text())
               and re.search(r' words="policy set user:x@c.example encrypt\\x3dmandatory"', node.log_text()), 10, lambda: node.log_tail())
    node.command("status", status=None)
    node.command("queue", "list")
    node.command("policy", "set", "user:y@c.example", "encrypt=never")
    wait_until(lambda: "policy set user:y@c.example" in node.log_text(), 2, lambda: node.log_tail())
    node.command("cert", "export", "identity", "--with-key", "--out", str(lab.path("key.pem")))
    wait_until(lambda: "cert export identity --with-key" in node.log_text(), 2, lambda: node.log_tail())
    node.command("queue", "drop", "0" * 32, status=1)  # changes nothing
    assert len(re.findall(r" command by=", node.log_text())) == 4, node.log_tail()
    other = lab.node("b.example")
    other.start()
    code = other.invite("a.example")
    node.command("peer", "accept", code, "--yes")
    wait_until(lambda: 'words="peer accept CODE --yes"' in node.log_text(), 5, lambda: node.log_tail())
    assert code not in node.log_text() + other.log_text()


def case_a_challenge_that_is_refused(lab):
    """`route show`, `route list` and `route wait` tell what became of the challenge and when it is tried again; `status` warns, and the
    warning goes with its cause."""
    says = {"answer": "550 5.7.1 looks like spam"}
    pair = lab.strangers()
    spam_filter = lab.sink(reply=lambda stage, argument: says["answer"] if stage == "rcpt" else None)
    pair.a.set("delivery.hosts", **{"b.example": f"smtp://{spam_filter.address}"})
    pair.a.stop(), pair.a.start()
    pair.b.accept(pair.a.invite("b.example"))

    def shown():
        return pair.a.json("route", "show", "b.example")[0]
    wait_until(lambda: "looks like spam" in shown()["last_reply"], 30, lambda: json.dumps(shown()))
    route = shown()
    assert route["state"] == "claimed" and port(spam_filter) in route["last_reply"] and "550 5.7.1" in route["reason"], route
    assert route["next_try"] and route["last_reply_at"] and route["failing_since"], route
    waited = pair.a.command("route", "wait", "b.example", "--timeout", "1s", status=1).stderr
    assert "looks like spam" in waited and "next try in" in waited, waited
    status = pair.a.json("status", status=3)
    assert any("b.example" in w and "looks like spam" in w for w in status["warnings"]), status["warnings"]

    says["answer"] = "451 4.7.1 greylisted"
    pair.a.command("route", "prove", "b.example")
    wait_until(lambda: "greylisted" in shown()["last_reply"], 30, lambda: json.dumps(shown()))
    assert shown()["state"] == "proving" and "greylisted" in shown()["reason"] and shown()["next_try"], shown()
    pair.a.set("delivery.hosts", **{"b.example": f"smtp://{pair.ab.address}"})
    pair.a.process.send_signal(signal.SIGHUP)
    pair.a.command("queue", "retry", "--all")
    pair.a.wait_route("b.example")
    assert shown()["failing_since"] is None
    wait_until(lambda: not any("proof" in w for w in pair.a.json("status", status=None)["warnings"]), 10, "no stale warning")


def case_a_peer_that_is_not_there(lab):
    """While a peer cannot be reached `status` says so, with its reason, and ends with 3; when it is back, nothing is left of it."""
    pair = lab.pair()

    def warnings():
        return pair.a.json("status", status=None)["warnings"]
    assert warnings() == []
    pair.b.stop()
    pair.a.command("route", "prove", "b.example")
    wait_until(lambda: any("cannot be reached since" in w and "gate.b.example" in w for w in warnings()), 30, lambda: str(warnings()))
    smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], mails.plain(1))
    wait_until(lambda: any(w.startswith("mail for b.example waits since") for w in warnings()), 60, lambda: str(warnings()))
    assert pair.a.command("status", status=3)
    pair.b.start()
    lab.delivered_whole(pair.at_b, "bob@b.example", mails.plain(1), 120)
    pair.a.command("route", "prove", "b.example")
    wait_until(lambda: warnings() == [], 60, lambda: str(warnings()))
