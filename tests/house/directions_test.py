#!/usr/bin/env python3
"""Holds the include directions of the tree (directions.py), and shows on a made-up tree that a breach is found."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import directions  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def tree_with(files):
    """A temporary tree; files is {path: content}."""
    root = tempfile.TemporaryDirectory()
    for path, content in files.items():
        full = os.path.join(root.name, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as f:
            f.write(content)
    return root


class Directions(unittest.TestCase):
    def test_this_tree_keeps_them(self):
        found, count = directions.faults(ROOT)
        self.assertGreater(count, 10, "hardly any source file was found: wrong root?")
        self.assertEqual([], found, "\n" + "\n".join(found))

    def expect(self, path, line, text):
        with tree_with({path: "#pragma once\n" + line + "\n"}) as root:
            found, count = directions.faults(root)
        self.assertEqual(1, count)
        if text is None:
            self.assertEqual([], found)
        else:
            self.assertEqual(1, len(found), found)
            self.assertIn(text, found[0])
            self.assertTrue(found[0].startswith(path + ":2: "), found[0])

    def test_a_lower_folder_may_not_include_an_upper_one(self):
        self.expect("crypto/cms/a.h", '#include "store/queue.h"', "crypto may not include store")
        self.expect("store/db/a.cc", '#include "peering/card.h"', "store may not include peering")
        self.expect("peering/a.cc", '  #  include "node/net/loop.h"', "peering may not include node")
        self.expect("node/smtp/a.cc", '#include "tools/cli/main.h"', "node may not include tools")
        self.expect("node/smtp/a.cc", '#include "tests/support/a.h"', "node may not include tests")

    def test_peering_and_pdf_fallback_do_not_know_each_other(self):
        self.expect("peering/a.h", '#include "pdf-fallback/layout.h"', "peering may not include pdf-fallback")
        self.expect("pdf-fallback/a.h", '#include "peering/card.h"', "pdf-fallback may not include peering")

    def test_a_library_is_included_only_at_home(self):
        self.expect("node/flow/a.cc", "#include <botan/x509cert.h>", "belongs to")
        self.expect("store/queue/a.cc", "#include <lmdb.h>", "belongs to")
        self.expect("node/smtp/a.cc", "#include <event2/event.h>", "belongs to")

    def test_rooms_of_node_have_directions(self):
        self.expect("node/net/a.h", '#include "node/smtp/reply.h"', "node/net may not include node/smtp")
        self.expect("node/intake/a.cc", '#include "node/delivery/hop.h"', "node/intake may not include node/delivery")
        self.expect("node/flow/a.cc", '#include "node/node.h"', "node/flow may not include the top of node")
        self.expect("node/attic/a.cc", '#include "node/net/socket.h"', "node/attic may not include node/net")
        self.expect("node/delivery/a.cc", '#include "node/reports/bounce.h"', None)
        self.expect("node/a.cc", '#include "node/delivery/dispatcher.h"', None)

    def test_rooms_of_crypto_and_of_the_program_have_directions(self):
        self.expect("crypto/keys/a.cc", '#include "crypto/keys/files/pem.h"', "crypto/keys may not include crypto/keys/files")
        self.expect("crypto/mime/a.cc", '#include "crypto/cms/oid.h"', "crypto/mime may not include crypto/cms")
        self.expect("tools/cli/a.cc", '#include "tools/cli/smime/keys.h"', "tools/cli may not include tools/cli/smime")
        self.expect("tools/cli/demo/a.cc", '#include "tools/cli/command.h"', None)

    def test_rooms_make_no_circle(self):
        for top, rooms in directions.ROOMS.items():
            left = dict(rooms)
            while left:
                lowest = [room for room, below in left.items() if not below & left.keys()]
                self.assertNotEqual([], lowest, f"a circle among {sorted(left)} of {top}")
                for room in lowest:
                    del left[room]

    def test_dots_do_not_lead_around_the_rule(self):
        self.expect("crypto/cms/a.h", '#include "../../store/queue.h"', "..")

    def test_what_is_allowed_is_not_reported(self):
        self.expect("node/flow/a.cc", '#include "peering/tunnel/seal.h"', None)
        self.expect("store/db/environment.cc", "#include <lmdb.h>", None)
        self.expect("tests/store/a.cc", "#include <lmdb.h>", None)
        self.expect("crypto/keys/a.cc", "#include <botan/pk_keys.h>", None)


if __name__ == "__main__":
    unittest.main()
