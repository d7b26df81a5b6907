"""Reads certificates (DER files) with nothing but Python's standard library, and prints what their execution
extension says."""

import base64
import sys

OID = bytes.fromhex("2b0601040181fd5901")
SUBJECT_ALT_NAME = bytes.fromhex("551d11")
URI = 0x86


def elements(data):
    """The DER elements in data: (tag, content)."""
    at = 0
    while at < len(data):
        tag, length = data[at], data[at + 1]
        at += 2
        if length & 0x80:
            count = length & 0x7F
            length = int.from_bytes(data[at : at + count], "big")
            at += count
        assert at + length <= len(data), "cut off"
        yield tag, data[at : at + length]
        at += length


def extensions(certificate):
    ((_, whole),) = elements(certificate)
    to_be_signed = next(elements(whole))[1]
    ((_, wrapped),) = [e for e in elements(to_be_signed) if e[0] == 0xA3]
    ((_, all_of_them),) = elements(wrapped)
    for _, extension in elements(all_of_them):
        parts = list(elements(extension))
        yield parts[0][1], len(parts) == 3, parts[-1][1]


def identifier(raw):
    return base64.b32encode(raw).decode().rstrip("=").lower()


def execution(value):
    ((_, sequence),) = elements(value)
    fields = [content for _, content in elements(sequence)]
    numbers = [int.from_bytes(fields[i], "big") for i in (0, 4, 5, 6, 7)]
    ids = [identifier(fields[i]) for i in (1, 2, 3)]
    return "version=%d owner=%s agent=%s execution=%s kind=%d code=%d isolation=%d depth=%d attestation=%s" % (
        numbers[0], *ids, *numbers[1:], fields[8].hex())


def main():
    for file in sys.argv[1:]:
        line = ""
        with open(file, "rb") as opened:
            for oid, critical, value in extensions(opened.read()):
                if oid == SUBJECT_ALT_NAME:
                    ((_, names),) = elements(value)
                    line = "uri=" + next(content for tag, content in elements(names) if tag == URI).decode() + " " + line
                if oid == OID:
                    assert not critical, "the execution extension must not be critical"
                    line += execution(value)
        print(line)


if __name__ == "__main__":
    main()
