"""The program as an administrator and a script see it: exit statuses, JSON, errors that say what to do."""
import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

from harness import mails, smtp
from harness.node import program
from harness.until import wait_until


def culvert(*arguments, **environment):
    return subprocess.run([program(), *arguments], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                          env={**os.environ, **environment})


def case_init_never_overwrites(lab):
    """A second init changes nothing and ends with 1; the key file is readable by its owner only."""
    node = lab.node("a.example")
    before = {p: p.read_bytes() for p in node.folder.rglob("*") if p.is_file()}
    done = node.command("init", "--domain", "a.example", "--data-dir", str(node.data), status=None)
    assert done.returncode == 1 and done.stderr.startswith("culvert: "), done
    after = {p: p.read_bytes() for p in node.folder.rglob("*") if p.is_file()}
    assert all(after[p] == before[p] for p in before if "lock" not in p.name), "a file was changed"
    key = node.config.parent / node.key_file
    assert key.stat().st_mode & 0o777 == 0o600, oct(key.stat().st_mode)


def case_configuration_errors_have_lines(lab):
    """`check` reports everything wrong with file, line and key, and ends with 2; what `init` wrote is right."""
    node = lab.node("a.example")
    assert node.command("check", status=None).returncode == 0
    text = node.config.read_text() + '\n[nonsense]\nx = 1\n'
    text = text.replace("[delivery]", "[delivery]\noutsied = \"mx\"").replace("private_addresses = true", "private_addresses = 3")
    node.config.write_text(text)
    lines = {word: next(n for n, line in enumerate(text.splitlines(), 1) if word in line) for word in ("outsied", "private_addresses", "[nonsense]")}
    done = node.command("check", status=2)
    for word, line in lines.items():
        assert f"{node.config}:{line}" in done.stderr + done.stdout, f"{word}: {done.stderr}"
    assert node.command("serve", status=None, timeout=20).returncode == 2
    node.write_config()
    node.set("peering", approve="ask")
    done = node.command("check", status=2)
    assert "approve" in done.stderr + done.stdout


def case_wrong_usage(lab):
    """Unknown commands, options and missing arguments end with 2 and say what to type; help is everywhere."""
    for words in (["nonsense"], ["queue"], ["queue", "nonsense"], ["route", "show"], ["--nonsense"], ["peer", "accept"]):
        done = culvert(*words)
        assert done.returncode == 2 and done.stderr and not done.stdout, (words, done)
    for words in (["help"], ["--help"], ["help", "peer"], ["queue", "list", "--help"], ["help", "init"]):
        done = culvert(*words)
        assert done.returncode == 0 and "culvert" in done.stdout, (words, done)


def case_errors_in_json(lab):
    """With --json an error is {error: {code, text}} on standard output, with the exit status of the same error for people."""
    node = lab.node("a.example")
    for words in (["route", "show", "nowhere.example"], ["peer", "show", "nobody"], ["queue", "show", "0000"]):
        done = node.command("--json", *words, status=None)
        assert done.returncode == 1, (words, done)
        error = json.loads(done.stdout)["error"]
        assert error["code"] and error["text"], done.stdout
    missing = culvert("--json", "status", "--config", str(lab.folder / "none.toml"))
    assert missing.returncode in (1, 2) and json.loads(missing.stdout)["error"]["text"], missing


def case_configuration_is_found(lab):
    """--config before or after the command, or CULVERT_CONFIG."""
    node = lab.node("a.example")
    for done in (culvert("--config", str(node.config), "--json", "peer", "list"), culvert("peer", "list", "--json", "--config", str(node.config)),
                 culvert("--json", "peer", "list", CULVERT_CONFIG=str(node.config))):
        assert done.returncode == 0 and json.loads(done.stdout) == [], done


def case_invite_needs_to_know_the_port(lab):
    """With port 0, no URL and no running node `peer invite` ends with 1 and says so; with a URL it works without a node."""
    node = lab.node("a.example")
    done = node.command("peer", "invite", "b.example", status=1)
    assert "culvert: " in done.stderr
    node.set("peering", url="https://gate.a.example:8443")
    assert node.json("peer", "invite", "b.example")["code"].startswith("culvert1-")


def case_queue_and_trace(lab):
    """queue list, show, retry, drop and trace, while the node runs and while it does not."""
    pair = lab.pair()
    pair.b.stop()
    for number in range(3):
        smtp.send(pair.a.inside, "alice@a.example", [f"m{number}@b.example"], mails.plain(number))
    items = wait_until(lambda: len(found := pair.a.queue()) == 3 and any(i["reason"] for i in found) and found, 30, "three wait")
    assert all(i["sender"] == "alice@a.example" and i["path"] == "tunnel" and i["next"] for i in items), items
    shown = pair.a.command("queue", "show", items[0]["id"]).stdout
    assert items[0]["recipients"][0] in shown
    assert "quick brown fox" not in shown
    dropped = next(i for i in items if i["recipients"] == ["m0@b.example"])
    pair.a.command("queue", "drop", dropped["id"])
    assert len(pair.a.queue()) == 2
    pair.a.stop()
    assert len(pair.a.queue()) == 2, "the queue is seen without a node too"
    pair.a.start()
    pair.b.start()
    pair.a.command("queue", "retry", "--all")
    assert pair.at_b.wait_for(2, 30) == 2
    wait_until(lambda: not pair.a.queue(), 10, "the queue is empty")
    traced = pair.a.command("trace", "m1@b.example").stdout
    assert "m1@b.example" in traced and "tunnel" in traced, traced
    sent, got = fields_of_trace(pair.a, "m1@b.example"), fields_of_trace(pair.b, "m1@b.example")
    assert sent["sealed-for"] == pair.b.fingerprint, sent
    encryption = [c["serial"] for c in pair.b.json("cert", "list") if c["name"] == "tunnel-encrypt"]
    assert sent["certificate"] in encryption, (sent, encryption)
    assert sent["culvert-id"] == got["culvert-id"], (sent, got)


def fields_of_trace(node, address):
    """The fields of all events of the messages of an address, by name."""
    events = [event for message in node.json("trace", address)["messages"] for event in message["events"]]
    return {field["name"]: field["value"] for event in events for field in event["fields"]}


def case_policy_acts_within_a_second(lab):
    """policy set and show; a running node acts on the change."""
    node, sink, world = lab.node("a.example"), lab.sink(), lab.sink()
    node.set("delivery", inside=f"smtp://{sink.address}", outside=f"smtp://{world.address}")
    node.start()
    smtp.send(node.inside, "alice@a.example", ["x@c.example"], mails.plain(1))
    assert world.wait_for(1, 20) == 1
    node.command("policy", "set", "user:x@c.example", "encrypt=mandatory")
    assert "mandatory" in node.command("policy", "show", "user:x@c.example").stdout
    def refused():
        with smtp.Session(node.inside) as session:
            session.command("MAIL FROM:<alice@a.example>")
            return session.command("RCPT TO:<x@c.example>", "").startswith("5")
    wait_until(refused, 1.5, "the node acts on it within a second")
    assert node.command("policy", "set", "global", "encrypt=sometimes", status=None).returncode == 2
    assert node.command("policy", "set", "global", "nonsense=on", status=None).returncode == 2


def case_many_commands_at_once(lab):
    """Twenty commands that change state and twenty that read, at once, beside a running node under load: all succeed."""
    pair = lab.pair()
    words = [["policy", "set", f"user:u{i}@c.example", "encrypt=never"] for i in range(20)] + [["--json", "queue", "list"], ["status"], ["route", "list"], ["peer", "list"]] * 5
    with ThreadPoolExecutor(8) as pool:
        running = [pool.submit(pair.a.command, *w) for w in words]
        for number in range(50):
            smtp.send(pair.a.inside, "alice@a.example", [f"m{number}@b.example"], mails.plain(number))
        for each in running:
            each.result()
    assert pair.at_b.wait_for(50, 60) == 50
    shown = pair.a.command("policy", "show").stdout
    assert all(f"u{i}@c.example" in shown for i in range(20)), shown


def case_two_nodes_on_one_data_directory(lab):
    """A second `serve` on the same data directory ends with 1 and leaves the first alone."""
    node = lab.node("a.example")
    node.start()
    assert node.command("serve", status=None, timeout=20).returncode == 1
    with smtp.Session(node.inside) as session:
        session.command("NOOP")
    assert node.addresses_path.exists(), "the second one removed the addresses of the first"


def case_status_ends_as_the_node_is(lab):
    """For whatever watches the node: 0 if all is well, 3 if something needs a person, 1 if the node does not run."""
    pair = lab.pair()
    def ended(node):
        done = node.command("--json", "status", status=None)
        return done.returncode, bool(json.loads(done.stdout)["warnings"])
    assert ended(pair.a) == (0, False), pair.a.command("status").stdout
    pair.b.set("delivery", outside="smtp://relay.example:587")  # nobody checks who answers there
    assert ended(pair.b) == (3, True)
    assert "! delivery.outside" in pair.b.command("status").stdout
    assert pair.a.stop() == 0
    assert ended(pair.a)[0] == 1
    pair.a.start()
    assert ended(pair.a) == (0, False)


def case_status_tells_rates(lab):
    """`status` shows what the running node did in the last minute and since it started; a node that does not run has no rates."""
    pair = lab.pair()
    smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], mails.plain(1))
    lab.delivered_whole(pair.at_b, "bob@b.example", mails.plain(1))
    def told(node, **least):
        rates = node.json("status")["rates"]
        return all(rates[period][name] >= n for name, n in least.items() for period in ("last_minute", "since_start"))
    wait_until(lambda: told(pair.a, received=1, sealed=1, delivered=1, octets_in=100, octets_out=100), 10,
               lambda: f"rates of a: {pair.a.json('status')['rates']}")
    wait_until(lambda: told(pair.b, received=1, opened=1, delivered=1), 10, lambda: f"rates of b: {pair.b.json('status')['rates']}")
    text = pair.a.command("status").stdout
    assert "last minute" in text and " sealed" in text and "since start" in text, text
    assert pair.a.stop() == 0
    assert pair.a.json("status")["rates"] is None and "last minute" not in pair.a.command("status").stdout
    assert not (pair.a.data / "run/rates.json").exists()


UNSEEN = "\u202e\u2067\u200e\u200b\ufeff\u200d\u00ad\u3164\ufe0f\U000e0061\u0085\u009b\u2028\u2060"


def case_text_that_hides(lab):
    """Addresses and replies with invisible, reordering and control characters: no command and no log shows one; JSON has the same value."""
    says = "550 5.1.1 no\u202e such\u200b user\ufeff  sealed-for=b.example e" + 40 * "\u0301"
    node, world = lab.node("a.example"), lab.sink(reply=lambda stage, argument: says if stage == "rcpt" and "refused" in argument else None)
    node.set("delivery", outside=f"smtp://{world.address}")
    node.start()
    taken = []
    for number, character in enumerate(UNSEEN):
        address = f"j{character}ane{number}@c.example"
        with smtp.Session(node.inside) as session:
            try:
                session.send("alice@a.example", [address], mails.plain(number), mail_params=" SMTPUTF8")
                taken.append(address)
            except smtp.Refused:
                continue
    assert taken, "the node takes none of these addresses: then this case shows nothing"
    smtp.send(node.inside, "alice@a.example", ["refused@c.example"], mails.plain(99))
    wait_until(lambda: "refused" in json.dumps(node.json("trace", "refused@c.example", status=None)), 30, "it was refused")
    for words in (["queue", "list"], ["status"], *(["trace", address] for address in (*taken, "refused@c.example"))):
        for form in ([], ["--json"]):
            done = node.command(*form, *words, status=None)
            for character in UNSEEN:
                assert character not in done.stdout + done.stderr, (hex(ord(character)), form, words)
            assert 5 * "\u0301" not in done.stdout, "a flood of marks"
            assert form or "  sealed-for=" not in done.stdout, "a reply that looks like a field of the trace"
            assert not form or json.loads(done.stdout), words
    node.stop()
    for character in UNSEEN:
        assert character not in node.log_text(), (hex(ord(character)), "in the log")


def case_planted_in_run(lab):
    """Links, pipes and hard links at the names in data_dir/run: the files that they lead to stay untouched, and the node runs."""
    node = lab.node("a.example")
    run = node.data / "run"
    victim = node.folder / "victim"
    names = ("addresses.json", "addresses.json.new", "rates.json", "rates.json.new")
    plants = {"link": lambda p: p.symlink_to(victim), "hard link": lambda p: os.link(victim, p), "link to nothing": lambda p: p.symlink_to(node.folder / "made"),
              "pipe": os.mkfifo}
    for what, plant in plants.items():
        run.mkdir(exist_ok=True)
        victim.write_text("not yours")
        for name in names:
            (run / name).unlink(missing_ok=True)
            if (what, name) != ("pipe", "addresses.json"):  # a reader of the harness would wait
                plant(run / name)
        node.start()
        smtp.send(node.inside, "alice@a.example", ["x@c.example"], mails.plain(1))
        wait_until(lambda: node.json("status")["rates"]["since_start"]["received"] == 1, 10, "the rates are told")
        node.stop()
        assert victim.read_text() == "not yours" and not (node.folder / "made").exists(), what
    for name in (*names, "lock"):
        (run / name).unlink(missing_ok=True)
    run.rmdir()
    elsewhere = node.folder / "elsewhere"
    elsewhere.mkdir()
    run.symlink_to(elsewhere)
    done = node.command("serve", status=1, timeout=20)
    assert "a symbolic link is in its place" in done.stderr and "remove it" in done.stderr, done.stderr
    assert not list(elsewhere.iterdir())
