#!/usr/bin/env python3
"""Seeds for the CMS and MIME fuzz targets out of the shared vectors.

    cms_seeds.py SHARED OUT

Puts files into a folder for each target, OUT/fuzz_cms_signed and so on (TARGETS). Large vectors are
left out: a seed is to be mutated many times a second.
"""
import json
import pathlib
import shutil
import sys

MOST_OCTETS = 4 * 1024
TARGETS = {
    "signed": ["fuzz_cms_signed"],
    "certs-only": ["fuzz_cms_signed"],
    "auth-enveloped": ["fuzz_cms_auth_enveloped", "fuzz_cms_recipients"],
    "enveloped": ["fuzz_cms_enveloped", "fuzz_cms_recipients"],
    "compressed": ["fuzz_cms_compressed"],
    "mail": ["fuzz_multipart_signed", "fuzz_mime_entity", "fuzz_header_protection"],
}


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    vectors, out = pathlib.Path(sys.argv[1]) / "vectors", pathlib.Path(sys.argv[2])
    count = 0
    for file in json.loads((vectors / "manifest.json").read_text())["files"]:
        path = vectors / file["path"]
        if path.stat().st_size > MOST_OCTETS:
            continue
        for target in TARGETS.get(file["kind"], []):
            (out / target).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, out / target / path.name)
            count += 1
    print(f"{count} seeds")


if __name__ == "__main__":
    main()
