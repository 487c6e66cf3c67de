"""A PKCS#8 private key in PEM as the S-expression in which gpg-agent keeps one."""
import base64

from programs import call

CURVES = {"2a8648ce3d030107": "NIST P-256", "2b81040022": "NIST P-384", "2b2403030208010107": "brainpoolP256r1", "2b6570": "Ed25519",
          "2b656e": "Curve25519"}
RSA = "2a864886f70d010101"


def elements(der):
    """[(tag, value)] of the DER elements that follow each other; tags of one octet only."""
    found = []
    while der:
        size, start = der[1], 2
        if size & 0x80:
            start += size & 0x7F
            size = int.from_bytes(der[2:start], "big")
        found.append((der[0], der[start:start + size]))
        der = der[start + size:]
    return found


def values(der):
    """The values inside the one element that `der` is."""
    return [value for _, value in elements(elements(der)[0][1])]


def pem(file):
    return base64.b64decode("".join(line for line in file.read_text().splitlines() if not line.startswith("-")))


def s_expression(file):
    _, algorithm, key, *_ = values(pem(file))
    oids = [value.hex() for _, value in elements(algorithm)]
    return rsa(key) if oids[0] == RSA else curve(CURVES[oids[-1]], key, file)


def rsa(key):
    """The agent wants p < q and u, the inverse of p modulo q."""
    n, e, d, p, q = (int.from_bytes(value, "big") for value in values(key)[1:6])
    p, q = sorted((p, q))
    fields = "".join(f"({name} {number(value)})" for name, value in (("n", n), ("e", e), ("d", d), ("p", p), ("q", q), ("u", pow(p, -1, q))))
    return f"(private-key (rsa {fields}))"


def number(value):
    return f"#{value.to_bytes(value.bit_length() // 8 + 1, 'big').hex().upper()}#"


def curve(name, key, file):
    """`q` of the newer curves has the prefix 40; the scalar of X25519 stands with its highest octet first."""
    point = values(call("openssl", "pkey", "-in", file, "-pubout", "-outform", "DER"))[1][1:].hex()
    if name == "Ed25519":
        fields = f"(flags eddsa)(q #40{point}#)(d #{elements(key)[0][1].hex()}#)"
    elif name == "Curve25519":
        fields = f"(flags djb-tweak)(q #40{point}#)(d #{elements(key)[0][1][::-1].hex()}#)"
    else:
        fields = f"(q #{point}#)(d #{values(key)[1].hex()}#)"
    return f'(private-key (ecc (curve "{name}"){fields}))'
