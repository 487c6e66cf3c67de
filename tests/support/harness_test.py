#!/usr/bin/python3
"""The harness of the end-to-end scenarios, tried without a node: its parts against each other, and each must be able to fail."""
import hashlib
import os
import socket
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import ledger, mails, original, postfix, readme, smtp  # noqa: E402
from harness.node import toml_text  # noqa: E402
from harness.sink import Sink  # noqa: E402
from harness.wire import Wire  # noqa: E402

EDGES = [b"", b"\r\n", b".\r\n", b"..\r\n", b"a\r\n", b"ab\r\n", b"abc\r\n", b"\r\n.\r\n", b".a\r\n.b\r\n", b"a: b\r\n\r\n.", b"no end", b"\r\n\r\n"]


class SinkAndClient(unittest.TestCase):
    def setUp(self):
        self.sink = Sink()
        self.addCleanup(self.sink.stop)

    def test_every_byte_arrives(self):
        every = EDGES + [raw for _, raw in mails.Awkward(seed=7).make(60)]
        with smtp.Session(self.sink.address) as session:
            for number, raw in enumerate(every):
                session.send("a@a.example", [f"m{number}@b.example"], raw)
        self.assertEqual(len(every), self.sink.wait_for(len(every)))
        for number, raw in enumerate(every):
            got = self.sink.to(f"m{number}@b.example")[0]
            self.assertEqual(original.as_data_carries(raw), got.raw, number)
            self.assertEqual(hashlib.sha256(got.raw).hexdigest(), got.sha256)
        self.assertEqual([], self.sink.violations)

    def test_a_bare_line_feed_is_refused_and_noted(self):
        with smtp.Session(self.sink.address) as session:
            with self.assertRaises(smtp.Refused):
                session.send("a@a.example", ["b@b.example"], b"a: b\r\n\r\none\ntwo\r\n")
        self.assertEqual(1, len(self.sink.violations))
        self.assertEqual([], self.sink.deliveries)

    def test_a_large_message_arrives(self):
        raw = mails.plain(1, size=20_000_000)
        smtp.send(self.sink.address, "a@a.example", ["b@b.example"], raw)
        self.assertEqual(hashlib.sha256(raw).hexdigest(), self.sink.deliveries[0].sha256)

    def test_it_answers_as_it_is_told(self):
        self.sink.reply = lambda stage, argument: "450 4.2.0 later" if stage == "rcpt" and argument.startswith("late") else None
        with smtp.Session(self.sink.address) as session:
            with self.assertRaises(smtp.Refused) as caught:
                session.send("a@a.example", ["late@b.example"], b"x: y\r\n\r\n")
            self.assertTrue(caught.exception.reply.startswith("450"))


class TheWire(unittest.TestCase):
    def setUp(self):
        self.sink = Sink()
        self.wire = Wire(lambda: self.sink.address, strip_starttls=True)
        self.addCleanup(self.sink.stop)
        self.addCleanup(self.wire.stop)

    def test_it_forwards_and_reads_every_message(self):
        every = EDGES + [raw for _, raw in mails.Awkward(seed=8).make(40)]
        with smtp.Session(self.wire.address) as session:
            for number, raw in enumerate(every):
                session.send("a@a.example", [f"m{number}@b.example"], raw)
        seen = self.wire.messages()
        self.assertEqual([original.as_data_carries(r) for r in every], [m.raw for m in seen])
        self.assertEqual([d.raw for d in self.sink.deliveries], [m.raw for m in seen])
        self.assertTrue(all(m.accepted for m in seen))
        self.assertEqual(["m3@b.example"], seen[3].recipients)

    def test_a_refused_recipient_is_not_counted(self):
        self.sink.reply = lambda stage, argument: "550 5.1.1 no" if stage == "rcpt" and argument == "no@b.example" else None
        with smtp.Session(self.wire.address) as session:
            with self.assertRaises(smtp.Refused):
                session.send("a@a.example", ["yes@b.example", "no@b.example"], b"x: y\r\n\r\n")
            session.send("a@a.example", ["yes@b.example"], b"x: z\r\n\r\n")
        self.assertEqual(["yes@b.example"], self.wire.messages()[-1].recipients)

    def test_the_offer_of_tls_is_stripped(self):
        self.sink.extensions = ("STARTTLS", "SIZE 1000")
        with smtp.Session(self.wire.address) as session:
            self.assertEqual(["XXXXXXXX", "SIZE 1000"], session.extensions)
        with smtp.Session(self.sink.address) as session:
            self.assertIn("STARTTLS", session.extensions)

    def test_no_server_ends_the_connection(self):
        wire = Wire(lambda: "127.0.0.1:1")
        self.addCleanup(wire.stop)
        with socket.create_connection((wire.host, wire.port), 5) as s:
            self.assertEqual(b"", s.recv(10))


class Comparison(unittest.TestCase):
    raw = b"From: a@a.example\r\n\r\nhello\r\n"

    def test_trace_fields_may_be_added_and_nothing_else(self):
        top = b"Received: from x\r\n\tby y; now\r\nCulvert-Result: tunnel; peer=b.example\r\n"
        fields = original.added_fields(top + self.raw, self.raw)
        self.assertEqual(["tunnel; peer=b.example"], original.field(fields, "culvert-result"))
        self.assertEqual(self.raw, original.below_trace(top + self.raw))
        for wrong in (b"X-Other: 1\r\n" + self.raw, b"Received: from x" + self.raw, top + self.raw + b"\r\n",
                      top + self.raw.replace(b"hello", b"Hello"), top + b"\r\n" + self.raw, top + self.raw.replace(b"\r\n", b"\n")):
            with self.assertRaises(original.NotWhole):
                original.added_fields(wrong, self.raw)

    def test_only_the_line_end_that_data_demands_is_added(self):
        self.assertEqual([], original.added_fields(b"a: b\r\n\r\nx\r\n", b"a: b\r\n\r\nx"))
        with self.assertRaises(original.NotWhole):
            original.added_fields(b"a: b\r\n\r\nx\r\n\r\n", b"a: b\r\n\r\nx")


class TheLedger(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.ledger = ledger.Ledger(Path(folder.name) / "ledger")
        self.addCleanup(self.ledger.close)
        for id in ("one", "two", "three"):
            self.ledger.sent(id, id.encode(), ["b@b.example"], canary="canary" + id.ljust(6, "x"))
        self.ledger.acknowledged("one")
        self.ledger.acknowledged("two")

    def arrived(self, *ids):
        return [ledger.Arrival(id, "b@b.example", hashlib.sha256(id.encode()).hexdigest()) for id in ids]

    def check(self, arrivals, **more):
        return ledger.check(self.ledger.entries, arrivals, **more)

    def expect(self, code, arrivals, **more):
        faults = self.check(arrivals, **more).faults
        self.assertEqual(1, len(faults), faults)
        self.assertTrue(faults[0].startswith(code), faults)

    def test_what_is_right_is_right(self):
        self.assertEqual([], self.check(self.arrived("one", "two")).faults)
        self.assertEqual([], self.check(self.arrived("one", "two", "three")).faults)
        self.assertEqual([], self.check(self.arrived("one"), still_known={"two"}).faults)
        self.assertIn("below 1.5", str(self.check(self.arrived("one", "two"))))

    def test_each_promise_can_be_seen_broken(self):
        self.expect("I1", self.arrived("one"))
        self.assertEqual([], self.check(self.arrived("one", "two", "two"), between_nodes=False).faults)
        self.expect("I2", self.arrived("one", "two", "four"))
        self.expect("I3", self.arrived("one") + [ledger.Arrival("two", "b@b.example", "0")])
        self.expect("I4", self.arrived("one", "two", "two"))
        self.expect("I5", self.arrived("one", "two"), haystacks=[("a log", b"xx canarytwoxxx yy")])
        self.expect("I6", self.arrived("one", "two"), clear_to_mandatory=["mail 7"])

    def test_its_file_tells_the_same(self):
        text = Path(self.ledger._file.name).read_text()
        self.assertEqual(5, len(text.splitlines()))


class Generators(unittest.TestCase):
    def test_the_same_seed_gives_the_same_mails(self):
        self.assertEqual(mails.Awkward(seed=3).make(100), mails.Awkward(seed=3).make(100))
        self.assertNotEqual(mails.Awkward(seed=3).make(100), mails.Awkward(seed=4).make(100))

    def test_all_have_strict_line_ends(self):
        made = mails.Awkward(seed=3).make(500)
        self.assertEqual([], [name for name, raw in made if not mails.is_strict(raw)])
        self.assertGreater(len({raw for _, raw in made}), 450)
        self.assertTrue(any(len(line) == 998 for _, raw in made for line in raw.split(b"\r\n")))
        self.assertTrue(any(not raw.endswith(b"\r\n") for _, raw in made))
        self.assertTrue(any(len(raw.partition(b"\r\n\r\n")[0]) >= 60_000 for _, raw in made))
        self.assertFalse(mails.is_strict(b"a\nb\r\n") or mails.is_strict(b"a\rb\r\n") or mails.is_strict(b"x" * 70_000))

    def test_configuration_is_toml(self):
        import tomllib
        tables = {"node": {"name": "gate", "domains": ["a.example"]}, "delivery.hosts": {"b.example": "smtp://[::1]:25"}, "peering": {"private_addresses": True}}
        read = tomllib.loads(toml_text(tables))
        self.assertEqual("smtp://[::1]:25", read["delivery"]["hosts"]["b.example"])
        self.assertIs(True, read["peering"]["private_addresses"])


@unittest.skipUnless(postfix.available(), "Postfix is not installed, or this is not root")
class WithPostfix(unittest.TestCase):
    def test_postfix_to_wire_to_sink(self):
        sink = Sink()
        wire = Wire(lambda: sink.address)
        folder = tempfile.TemporaryDirectory()
        os.chmod(folder.name, 0o755)
        server = postfix.Postfix(Path(folder.name) / "pf", wire.address).start()
        for cleanup in (folder.cleanup, sink.stop, wire.stop, server.stop):
            self.addCleanup(cleanup)
        made = mails.Awkward(seed=9).make(20)
        with smtp.Session(server.address) as session:
            for number, (_, raw) in enumerate(made):
                session.send("a@a.example", [f"m{number}@b.example"], raw, smtp.params_for(raw, session))
        self.assertEqual(20, sink.wait_for(20, 30), server.log_tail())
        by_recipient = {m.recipients[0]: m.raw for m in wire.messages()}
        for number in range(20):
            self.assertEqual(by_recipient[f"m{number}@b.example"], sink.to(f"m{number}@b.example")[0].raw)


class Readme(unittest.TestCase):
    TEXT = ("## Put a node beside Postfix\n\n**1. First.**\n\n    one 'a b'\n    two \\\n        b\n\nWords.\n\n    for x in 1 2\n    do echo $x; done\n"
            "\n**2. Second.** Words\n\n    port 10026\n\n**What to know.**\n\n    no command\n")

    def test_its_commands_are_read_whole_and_in_their_part(self):
        self.assertEqual(["one 'a b'", "two \\\n    b", "for x in 1 2\ndo echo $x; done"], readme.typed(1, self.TEXT))
        self.assertEqual("port 26\n", readme.commands(2, self.TEXT, **{"100": ""}))

    def test_the_real_one_has_the_three_parts(self):
        self.assertIn("systemd-run --unit=culvert --service-type=notify culvert serve", readme.typed(3))
        self.assertTrue(any("10026/inet" in command for command in readme.typed(2)))


if __name__ == "__main__":
    unittest.main()
