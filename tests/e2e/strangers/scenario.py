"""Strangers at the peering port: whatever they send, and from wherever, partners pair, prove and write."""
import http.client
import signal
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path

from harness import mails, smtp
from harness.until import wait_until

FILE = Path(__file__)
SLOW = b"POST /peering/1/message HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{"


def anybody():
    """TLS that asks nobody who he is."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def host_and_port(address):
    host, _, port = address.rpartition(":")
    return host, int(port)


class Flood:
    """Holds as many connections as it gets from some addresses and opens each again that is closed, until the case ends."""

    def __init__(self, lab, address, sources, each, hold):
        self.address, self.each, self.hold = host_and_port(address), each, hold
        self.ends, self.refused, self.opened = False, 0, 0
        self.threads = [threading.Thread(target=self.keep, args=(s,), daemon=True) for s in sources]
        for thread in self.threads:
            thread.start()
        lab.at_end(self.stop)

    def keep(self, source):
        held = []
        while not self.ends:
            held = [s for s in held if self.is_open(s)]
            while len(held) < self.each and not self.ends:
                try:
                    held.append(self.hold(socket.create_connection(self.address, 2, source_address=(source, 0))))
                    self.opened += 1
                except OSError:
                    self.refused += 1
                    break
            time.sleep(0.05)
        for s in held:
            s.close()

    @staticmethod
    def is_open(s):
        s.setblocking(False)
        try:
            return s.recv(100) != b""
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False

    def stop(self):
        self.ends = True
        for thread in self.threads:
            thread.join(10)


def idle(s):
    return s


def slow_post(s):
    tls = anybody().wrap_socket(s)
    tls.sendall(SLOW)
    return tls


def take(found):
    for address in found:
        subprocess.run(["ip", "addr", "add", f"{address}/32", "dev", "lo"], check=True)
    return found


def addresses(first, count):
    """So many more addresses of this machine, of one customer's network."""
    return take([f"198.51.100.{first + n}" for n in range(count)])


def addresses_of_networks(first, count):
    """So many more addresses of this machine, each in another provider's network."""
    return take([f"10.{first + n}.0.1" for n in range(count)])


def strangers_at(lab):
    """Two nodes; the peering port of a is at an address that is not loopback, so that it counts who comes."""
    home, = addresses(1, 1)
    return lab.strangers(settings_a={"peering": {"listen": [f"{home}:0"], "private_addresses": True}})


def pair_while(lab, pair, what, tries=1):
    """An administrator whose node nobody knows yet may have to type the command again while all places are fought for."""
    start = time.monotonic()
    code = pair.a.invite("b.example")
    for n in range(1, tries + 1):
        done = pair.b.command("peer", "accept", code, "--yes", status=None)
        if done.returncode == 0:
            break
    assert done.returncode == 0, (tries, done.stderr)
    if n > 1:
        lab.note(f"`peer accept` was taken at the {n}th try")
    pair.a.wait_route("b.example")
    pair.b.wait_route("a.example")
    taken = time.monotonic() - start
    lab.note(f"pairing and both proofs while {what}: {taken:.1f} s")
    assert taken < 30, taken


def one_address(lab):
    pair = strangers_at(lab)
    attacker, = addresses(2, 1)
    flood = Flood(lab, pair.a.peering, [attacker], 300, idle)
    slow = Flood(lab, pair.a.peering, [attacker], 200, slow_post)
    wait_until(lambda: flood.opened + flood.refused > 300 and slow.opened + slow.refused > 10, 30, "a flood")
    pair_while(lab, pair, "one address holds 500 connections")


def case_one_address_shuts_nobody_out(lab):
    """300 idle connections and 200 slow posts of one host, kept up while a partner pairs and proves."""
    lab.in_namespace(FILE, "one_address")


def many_addresses(lab):
    pair = strangers_at(lab)
    flood = Flood(lab, pair.a.peering, addresses_of_networks(10, 40), 10, idle)
    wait_until(lambda: flood.opened > 200, 30, "a flood")
    pair_while(lab, pair, "40 networks hold 400 idle connections", tries=5)
    flood.stop()
    # Requests that do not end take all strangers' places; who was a peer before keeps its own.
    slow = Flood(lab, pair.a.peering, addresses_of_networks(60, 40), 10, slow_post)
    wait_until(lambda: slow.opened > 100, 30, "a flood")
    pair.b.set("node", domains=["b.example", "more.b.example"])
    start = time.monotonic()
    pair.b.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "more.b.example" in str(pair.a.json("peer", "list")), 30, lambda: f"the peer's new card\n{pair.b.log_tail()}")
    lab.note(f"a peer's new card while 40 networks post slowly: {time.monotonic() - start:.1f} s")


def case_many_addresses_do_not_shut_out_peers(lab):
    """40 hosts hold idle connections while a partner pairs; 40 more post slowly while that partner sends a new card."""
    lab.in_namespace(FILE, "many_addresses")


def one_network(lab):
    pair = strangers_at(lab)
    slow = Flood(lab, pair.a.peering, addresses(10, 20), 10, slow_post)
    wait_until(lambda: slow.opened >= 20 and slow.refused > 50, 30, "a flood")
    pair_while(lab, pair, "20 addresses of one network post slowly")


def case_one_network_shuts_nobody_out(lab):
    """20 addresses of one customer's network post slowly while a partner whom nobody knows pairs and proves."""
    lab.in_namespace(FILE, "one_network")


def signed_bomb(lab, text):
    """The text in a peering message of somebody whom nobody knows."""
    folder = lab.path("bomb")
    folder.mkdir()
    for words in (["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x",
                   "-keyout", "key", "-out", "cert"],
                  ["cms", "-sign", "-binary", "-nodetach", "-md", "sha256", "-signer", "cert", "-inkey", "key", "-outform", "DER",
                   "-in", "text", "-out", "message"]):
        (folder / "text").write_text(text)
        subprocess.run([lab.need("openssl"), *words], cwd=folder, check=True, capture_output=True)
    return (folder / "message").read_bytes()


def post(address, body):
    connection = http.client.HTTPSConnection(*host_and_port(address), timeout=120, context=anybody())
    connection.request("POST", "/peering/1/message", body)
    return connection.getresponse().status


def bombs(lab):
    many = 250_000
    return {
        "objects in a list": signed_bomb(lab, '{"a":[{}' + ",{}" * many + "]}"),
        "lists in a list": signed_bomb(lab, '{"a":[[]' + ",[]" * many + "]}"),
        "nested lists": signed_bomb(lab, '{"a":' + "[" * 900_000),
        "no message": b"\x30\x80" * 500_000,
    }


def case_json_bombs_do_not_delay_mail(lab):
    """A megabyte of small objects, eight times at once: tunnel mail passes beside it as if nothing were."""
    pair = lab.pair()
    for name, bomb in bombs(lab).items():
        assert len(bomb) < 1024 * 1024, len(bomb)
        answers = []
        threads = [threading.Thread(target=lambda b=bomb: answers.append(post(pair.b.peering, b))) for _ in range(8)]
        start = time.monotonic()
        for thread in threads:
            thread.start()
        raw = mails.plain(len(name))
        smtp.send(pair.a.inside, "alice@a.example", [f"bob{len(name)}@b.example"], raw)
        lab.delivered_whole(pair.at_b, f"bob{len(name)}@b.example", raw)
        mail = time.monotonic() - start
        for thread in threads:
            thread.join()
        lab.note(f"{name}: a tunnel mail took {mail:.2f} s, eight bombs {time.monotonic() - start:.2f} s")
        assert answers == [403] * 8, answers
        assert mail < 5, mail
