"""verify_recipients = "inside": what the inside server says of a recipient, and what it says for reasons of its own."""
from harness import mails, smtp
from harness.dovecot import Dovecot
from harness.until import wait_until

USERS = ["alice", "closed", "busy", "postmaster"]
# Of a mail server with people, a list that takes no mail from outside, and a mailbox that is locked for now.
RULES = """
virtual_mailbox_domains = a.example
virtual_mailbox_maps = inline:{{ {users} }}
virtual_mailbox_base = /nowhere
virtual_transport = smtp:{inside}
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access inline:{{ {{ closed@a.example = REJECT members only }}, {{ busy@a.example = 450 4.2.1 locked }} }},
  {recipient}
smtpd_sender_restrictions = {sender}
smtpd_error_sleep_time = 0
"""
NO_NULL = "check_sender_access inline:{ { <> = REJECT no mail without a sender } }"
NO_OWN = "check_sender_access inline:{ { postmaster@a.example = REJECT you are not us } }"


def node_before(lab, address):
    node = lab.node("a.example", settings={"smtp.outside": {"verify_recipients": "inside"}})
    node.set("delivery", inside=f"smtp://{address}", outside=f"smtp://{lab.sink().address}")
    node.start()
    return node


def node_before_postfix(lab, recipient="", sender=""):
    inside = lab.sink()
    host, _, port = inside.address.rpartition(":")
    users = ", ".join(f"{{ {name}@a.example = x }}" for name in USERS)
    extra = RULES.format(users=users, inside=f"[{host}]:{port}", recipient=recipient, sender=sender)
    postfix = lab.postfix(inside.address, hostname="mail.a.example", extra=extra)
    return node_before(lab, postfix.address), inside


def reply_for(node, recipient):
    with smtp.Session(node.outside) as session:
        for line in ("MAIL FROM:<x@c.example>", f"RCPT TO:<{recipient}@a.example>"):
            session.write(line.encode() + b"\r\n")
            reply = session.reply()
        return reply


def tells(node):
    return [line for line in node.log_text().splitlines() if "does not tell whether it knows" in line]


def expect(node, inside, **starts):
    for recipient, start in starts.items():
        found = reply_for(node, recipient)
        assert found.startswith(start), f"{recipient}: {found}, not {start}"
    assert not inside.snapshot(), "a question was a delivery"
    raw = mails.plain(1)
    smtp.send(node.outside, "x@c.example", ["alice@a.example"], raw)
    assert inside.wait_for(1, 20) == 1


ALL = dict(nobody="550 5.1.1", alice="250", closed="554 5.7.1", busy="450 4.2.1", other="550 5.1.1")


def case_a_server_that_takes_null_senders(lab):
    """Each refusal goes to the world with its own code; nothing is asked in vain."""
    node, inside = node_before_postfix(lab)
    expect(node, inside, **ALL)
    assert not tells(node)


def case_a_server_without_null_senders_at_rcpt(lab):
    """Named kind: all incoming mail bounces. The refusal of <> is no recipient's; the server is asked as postmaster from then on."""
    node, inside = node_before_postfix(lab, recipient=NO_NULL)
    expect(node, inside, **ALL)
    assert not tells(node)


def case_a_server_without_null_senders_at_mail(lab):
    """The same where the server says so before any recipient."""
    node, inside = node_before_postfix(lab, sender=NO_NULL)
    expect(node, inside, **ALL)
    assert not tells(node)


def case_a_server_that_takes_nobody_from_outside_as_itself(lab):
    """postmaster@ of the own domain is refused, <> is not: a closed list is told apart all the same."""
    node, inside = node_before_postfix(lab, sender=NO_OWN)
    expect(node, inside, **ALL)
    assert not tells(node)


def case_a_server_that_refuses_to_tell(lab):
    """Neither sender is taken: everybody is accepted, and the log says so once."""
    node, inside = node_before_postfix(lab, sender=f"{NO_NULL}, {NO_OWN}")
    for recipient in ("alice", "nobody", "other"):
        assert reply_for(node, recipient).startswith("250"), recipient
    wait_until(lambda: tells(node), 10, lambda: "the log tells")
    assert len(tells(node)) == 1, tells(node)
    smtp.send(node.outside, "x@c.example", ["alice@a.example"], mails.plain(1))
    assert inside.wait_for(1, 20) == 1, "mail with a sender is taken"


# Postfix that knows no mailbox itself and asks Dovecot, as many run it.
ASKS = """
virtual_mailbox_domains = a.example
virtual_transport = lmtp:[127.0.0.1]:{port}
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = {rules}reject_unverified_recipient
unverified_recipient_reject_code = 550
address_verify_poll_delay = 1
smtpd_error_sleep_time = 0
"""


def case_dovecot_behind_postfix(lab):
    """What Dovecot says of a mailbox reaches the world through both, also where Postfix takes no null sender; mail arrives in the mailbox."""
    for rules in ("", f"{NO_NULL}, "):
        dovecot = lab.keep(Dovecot(lab.need("dovecot"), lab.path("dovecot"), "a.example", ["alice", "postmaster"]))
        postfix = lab.postfix(dovecot.address, hostname="mail.a.example", extra=ASKS.format(port=dovecot.port, rules=rules))
        node = node_before(lab, postfix.address)
        assert reply_for(node, "alice").startswith("250"), postfix.log_tail()
        found = reply_for(node, "nobody")
        assert found.startswith("550 5.1.1"), f"{found}\n{postfix.log_tail()}\n{dovecot.log()}"
        assert not tells(node), tells(node)
        smtp.send(node.outside, "x@c.example", ["alice@a.example"], mails.plain(1))
        wait_until(lambda: len(dovecot.mail_of("alice")) == 1, 20, lambda: f"{postfix.log_tail()}\n{dovecot.log()}")
        assert b"Culvert-Result" in dovecot.mail_of("alice")[0]


# What a server says at RCPT to whatever sender, and what the world hears.
SAID = {
    "550 5.1.1 no such user": "550 5.1.1", "553 5.1.3 bad address": "553 5.1.3", "550 5.1.2 no such domain": "550 5.1.2",
    "551 5.1.6 moved": "551 5.1.6", "556 5.1.10 null MX": "556 5.1.10", "550 5.2.1 disabled": "550 5.2.1", "552 5.2.2 full": "552 5.2.2",
    "550 who is that": "550 5.1.1", "550 5.7.1 members only": "550 5.7.1", "550 5.7.606 banned": "550 5.7.606",
    "450 4.2.0 later": "450 4.2.0", "451 greylisted": "451 4.1.1",
    "550 5.1.8 your domain does not exist": "250", "554 5.5.0 too many errors": "250", "550 5.4.1 no access": "250",
    "501 5.1.7 bad sender": "250",
}


def case_each_code_of_a_refusal(lab):
    """Codes of the recipient count, with themselves; others say nothing of it."""
    said = {f"user{i}": text for i, text in enumerate(SAID)}
    inside = lab.sink(reply=lambda stage, argument: next((text for user, text in said.items() if stage == "rcpt" and f"{user}@" in argument), None))
    node = node_before(lab, inside.address)
    wrong = [(text, found) for user, text in said.items() if not (found := reply_for(node, user)).startswith(SAID[text])]
    assert not wrong, wrong
    assert len(tells(node)) == 1, tells(node)


def case_policy_against_everybody_is_no_recipients(lab):
    """5.7.x for every recipient, as where the node stands on a block list, bounces nobody's mail."""
    inside = lab.sink(reply=lambda stage, argument: "554 5.7.1 blocked" if stage == "rcpt" else None)
    node = node_before(lab, inside.address)
    for recipient in ("alice", "bob", "carol"):
        assert reply_for(node, recipient).startswith("250"), recipient


def case_a_rule_that_is_made_meanwhile(lab):
    """The server took <> for others before: that proves nothing of now."""
    rule = []
    sender = []
    def reply(stage, argument):
        if stage == "mail":
            sender[:] = [argument]
        if stage == "rcpt" and rule and not sender[0]:
            return "550 5.7.1 no mail without a sender"
        return None
    inside = lab.sink(reply=reply)
    node = node_before(lab, inside.address)
    for recipient in ("alice", "bob"):
        assert reply_for(node, recipient).startswith("250"), recipient
    rule.append(True)
    for recipient in ("carol", "dave"):
        assert reply_for(node, recipient).startswith("250"), recipient
    assert not tells(node)
