"""Inputs that are not what a command takes: what it says of them, and that it takes nothing for something else. Made by openssl."""
import base64
import unittest

from smime_reasons_test import CA, MAIL, Reasons

RSA = ("RSA", "-pkeyopt", "rsa_keygen_bits:2048")
DATA, SIGNED, ENVELOPED = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.3"
COMPRESSED, AUTH_ENVELOPED = "1.2.840.113549.1.9.16.1.9", "1.2.840.113549.1.9.16.1.23"


class Inputs(Reasons):
    def setUp(self):
        super().setUp()
        self.make("jane", *MAIL, algorithm=RSA)

    def put(self, name, octets):
        (self.folder / name).write_bytes(octets)

    def octets(self, name):
        return (self.folder / name).read_bytes()

    def told_of(self, octets):
        self.put("given", octets)
        return self.said("verify", "--trust", "jane.pem", "--in", "given")


class ContentTypes(Inputs):
    def test_content_that_is_not_what_its_type_says_is_refused(self):
        self.make("root", *CA)
        for kind in (SIGNED, ENVELOPED, COMPRESSED, AUTH_ENVELOPED):
            for text in (b"Content-Type: text/plain\r\n\r\nHello\r\n", b"", b"\x30\x00", b"\x30\x03\x02\x01\x01x", b"\x30\x03\x02\x01\x01", b"\x30\x05\x06\x03\x2a\x03\x04"):
                with self.subTest(kind=kind, text=text):
                    self.put("content", text)
                    self.sign("jane", "-econtent_type", kind, of="content")
                    self.assertIn("what is signed is not what its content type says", self.verify("jane"))
                    self.smime("verify", "--trust", "jane.pem", "--in", "signed", "--out", "out", status=1)
                    self.assertFalse((self.folder / "out").exists())

    def test_content_beside_its_signature_is_held_to_the_type_too(self):
        self.openssl("cms", "-sign", "-binary", "-in", "in", "-signer", "jane.pem", "-inkey", "jane.key", "-econtent_type", SIGNED, "-outform", "DER", "-out", "signed")
        self.assertIn("is not what its content type says", self.verify("jane", 1, "--content", "in"))
        self.openssl("cms", "-sign", "-in", "in", "-signer", "jane.pem", "-inkey", "jane.key", "-econtent_type", COMPRESSED, "-outform", "SMIME", "-out", "signed")
        self.assertIn("is not what its content type says", self.verify("jane"))

    def test_an_object_of_its_type_is_taken(self):
        self.sign(out="inner")
        self.sign("jane", "-econtent_type", SIGNED, of="inner")
        self.assertEqual(self.verify("jane", 0), "")
        # By itself, as RFC 5652 has it.
        whole = self.octets("inner")
        self.put("bare", whole[whole.index(b"\xa0") + 4:])
        self.sign("jane", "-econtent_type", SIGNED, of="bare")
        self.assertEqual(self.verify("jane", 0), "")
        self.openssl("cms", "-encrypt", "-aes256", "-binary", "-in", "in", "-outform", "DER", "-out", "inner", "jane.pem")
        self.sign("jane", "-econtent_type", ENVELOPED, of="inner")
        self.assertEqual(self.verify("jane", 0), "")
        self.sign("jane", "-econtent_type", SIGNED, of="inner")
        self.assertIn("is not what its content type says", self.verify("jane"))

    def test_revocation_lists_alone_are_no_certificates(self):
        self.put("index", b"")
        self.put("ca.cnf", b"[ca]\ndefault_ca=d\n[d]\ndatabase=index\ndefault_md=sha256\ndefault_crl_days=9\n")
        self.openssl("ca", "-gencrl", "-config", "ca.cnf", "-keyfile", "jane.key", "-cert", "jane.pem", "-out", "crl")
        self.openssl("crl2pkcs7", "-in", "crl", "-outform", "DER", "-out", "signed")
        self.assertIn("neither a signature nor a certificate", self.verify("jane"))


class Entities(Inputs):
    def test_a_line_in_an_entity_that_is_no_field_is_refused(self):
        for text in (b"Content-Type: text/plain\nnot a field\n\nhello\n", b"Content-Type: text/plain\nnofield\n\nhello\n",
                     b"MIME-Version: 1.0\nContent-Type: text/plain\n<html>\n\nhello\n", b"From: jane@a.example\nanother line\n\nx\n"):
            self.put("given", text)
            line = text.split(b"\n")[-4].decode()
            for words in (("sign", "--key", "jane.key", "--cert", "jane.pem"), ("sign", "--opaque", "--key", "jane.key", "--cert", "jane.pem"),
                          ("encrypt", "--to", "jane.pem")):
                with self.subTest(text=text, words=words):
                    self.assertIn(line, self.said(*words, "--in", "given", "--out", "out"))

    def test_text_that_is_no_entity_is_still_taken(self):
        for text in (b"Hello world\nbye\n", b"Dear Bob: yes\nthe price is 4\n\nok\n", b"\nHello\n", b"only one line",
                     b"From jane@a.example Mon Nov 30 12:00:00 2026\nContent-Type: text/plain\n\nhello\n"):
            self.put("given", text)
            for words in (("sign", "--key", "jane.key", "--cert", "jane.pem"), ("encrypt", "--to", "jane.pem")):
                self.smime(*words, "--in", "given", "--out", "out", status=0)


if __name__ == "__main__":
    unittest.main()
