"""A raw SMTP client: it says exactly the bytes that it is given."""
import socket
import ssl


class Refused(Exception):
    """The server answered with another code than the one that was wanted."""

    def __init__(self, said, reply):
        super().__init__(f"{said!r} was answered {reply!r}")
        self.reply = reply


def dot_stuffed(raw):
    """What DATA carries: dots doubled at line starts, and a last line end, which DATA demands."""
    if raw and not raw.endswith(b"\r\n"):
        raw += b"\r\n"
    if raw.startswith(b"."):
        raw = b"." + raw
    return raw.replace(b"\r\n.", b"\r\n..") + b".\r\n"


class Session:
    """One connection. `address` is "host:port"; `source` the address to come from, such as another one of loopback."""

    def __init__(self, address, helo="client.test", timeout=30, greet=True, source=None):
        host, _, port = address.rpartition(":")
        self.socket = socket.create_connection((host.strip("[]"), int(port)), timeout, (source, 0) if source else None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.helo, self.extensions = helo, []
        if greet:
            self.greeting = self.expect("2")
            self.ehlo()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def write(self, data):
        self.socket.sendall(data)

    def reply(self):
        """One whole reply, lines joined by LF; raises ConnectionError at the end of the stream."""
        lines = []
        while True:
            while b"\n" not in self.buffer:
                chunk = self.socket.recv(65536)
                if not chunk:
                    raise ConnectionError("the server closed the connection")
                self.buffer += chunk
            line, _, self.buffer = self.buffer.partition(b"\n")
            lines.append(line.rstrip(b"\r").decode("utf-8", "replace"))
            if lines[-1][3:4] != "-":
                return "\n".join(lines)

    def expect(self, wanted, said=""):
        reply = self.reply()
        if not reply.startswith(wanted):
            raise Refused(said, reply)
        return reply

    def command(self, text, wanted="2"):
        """Sends one line, returns its reply; `wanted` is the start of the code, "" for any."""
        self.write(text.encode("utf-8", "surrogateescape") + b"\r\n")
        return self.expect(wanted, text)

    def ehlo(self):
        self.extensions = [line[4:].upper() for line in self.command(f"EHLO {self.helo}").split("\n")[1:]]

    def starttls(self):
        """TLS without a check of the certificate, as opportunistic mail has it."""
        self.command("STARTTLS", "220")
        self.tls()

    def tls(self, greet=True):
        """The handshake that follows the answer to STARTTLS, and EHLO again."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.socket = context.wrap_socket(self.socket)
        self.buffer = b""
        if greet:
            self.ehlo()

    def send(self, sender, recipients, raw, mail_params=""):
        """One transaction, pipelined; returns the reply to the end of the data. Raises Refused at the first refusal."""
        lines = [f"MAIL FROM:<{sender}>{mail_params}"] + [f"RCPT TO:<{r}>" for r in recipients] + ["DATA"]
        self.write("".join(line + "\r\n" for line in lines).encode("utf-8", "surrogateescape"))
        refused = None
        for line in lines[:-1]:
            reply = self.reply()
            if not reply.startswith("2"):
                refused = refused or Refused(line, reply)
        reply = self.reply()
        if not reply.startswith("354"):
            raise refused or Refused("DATA", reply)
        if refused:  # some recipient was refused: end without a message
            self.write(b".\r\n")
            self.reply()
            raise refused
        self.write(dot_stuffed(raw))
        return self.expect("2", "end of data")


def params_for(raw, session):
    """MAIL parameters that this message needs: BODY=8BITMIME for 8-bit bytes, SMTPUTF8 for an 8-bit header."""
    params = ""
    if not raw.isascii() and "8BITMIME" in session.extensions:
        params += " BODY=8BITMIME"
    if not raw.partition(b"\r\n\r\n")[0].isascii() and "SMTPUTF8" in session.extensions:
        params += " SMTPUTF8"
    return params


def send(address, sender, recipients, raw, **options):
    """One message over a connection of its own; returns the last reply."""
    with Session(address, **options) as session:
        reply = session.send(sender, recipients, raw, params_for(raw, session))
        session.command("QUIT", "")
        return reply
