"""Reads a certificate with a strict DER reader of its own and prints what it says, a line each.

Standard library only; where the package `cryptography` is there, it must agree.
Usage: python3 read_certificate.py LEAF.der
"""

import sys

SEQUENCE, SET, INTEGER, BITS, OCTETS, OID, ENUMERATED, BOOLEAN = 0x30, 0x31, 2, 3, 4, 6, 10, 1
EXECUTION = "1.3.6.1.4.1.32473.1"
OPTIONAL = {0x80: ("parent", 16), 0x81: ("workflow", 16), 0x82: ("task", 32), 0x83: ("delegator", 32), 0x84: ("grant", 32)}


def element(data, at):
    """(tag, content, position behind it); refuses what is not DER."""
    tag, first = data[at], data[at + 1]
    at += 2
    assert tag & 0x1F != 0x1F, "tag of several bytes"
    if first < 0x80:
        length = first
    else:
        count = first & 0x7F
        assert 1 <= count <= 3, "length of %d bytes" % count
        length = int.from_bytes(data[at : at + count], "big")
        assert length >= 0x80 and data[at] != 0, "length not minimal"
        at += count
    assert at + length <= len(data), "cut"
    return tag, data[at : at + length], at + length


def elements(data):
    at, found = 0, []
    while at < len(data):
        tag, content, at = element(data, at)
        found.append((tag, content))
    return found


def only(data, tag):
    (found,) = elements(data)
    assert found[0] == tag, "tag 0x%02x instead of 0x%02x" % (found[0], tag)
    return found[1]


def number(content):
    assert content and not (len(content) > 1 and content[0] in (0, 0xFF) and (content[0] >> 7) == (content[1] >> 7))
    return int.from_bytes(content, "big", signed=True)


def oid(content):
    arcs, value = [], 0
    for byte in content:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, [first, arcs[0] - 40 * first] + arcs[1:]))


def fixed(part, tag, length):
    assert part[0] == tag and len(part[1]) == length, "wrong type or length"
    return part[1].hex()


def execution(value):
    parts = elements(only(value, SEQUENCE))
    kinds = [INTEGER, OCTETS, OCTETS, OCTETS, ENUMERATED, ENUMERATED, ENUMERATED, INTEGER, OCTETS]
    assert [tag for tag, _ in parts[:9]] == kinds
    for name, index in [("version", 0), ("kind", 4), ("code", 5), ("isolation", 6), ("depth", 7)]:
        print("%s=%d" % (name, number(parts[index][1])))
    for name, index in [("owner_id", 1), ("agent_id", 2), ("execution_id", 3)]:
        print("%s=%s" % (name, fixed(parts[index], OCTETS, 16)))
    print("attestation=" + fixed(parts[8], OCTETS, 32))
    last = 0
    for part in parts[9:]:
        assert part[0] > last, "order"
        last = part[0]
        name, length = OPTIONAL[part[0]]
        print("%s=%s" % (name, fixed(part, part[0], length)))


def extension(parts):
    name, critical, value = oid(parts[0][1]), len(parts) == 3, parts[-1][1]
    assert not critical or parts[1] == (BOOLEAN, b"\xff")
    if name == "2.5.29.17":
        for tag, content in elements(only(value, SEQUENCE)):
            print("%s=%s" % ({0x86: "uri", 0x82: "dns"}[tag], content.decode("ascii")))
    elif name == "2.5.29.19":
        print("ca=%s" % ("true" if elements(only(value, SEQUENCE)) else "false"))
    elif name == EXECUTION:
        print("execution_critical=%s" % str(critical).lower())
        execution(value)


def second_opinion(der):
    try:
        from cryptography import x509
    except ImportError:
        print("cryptography=absent")
        return
    certificate = x509.load_der_x509_certificate(der)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    print("cryptography=" + names.get_values_for_type(x509.UniformResourceIdentifier)[0])


def main():
    with open(sys.argv[1], "rb") as source:
        der = source.read()
    (signed, _, _) = elements(only(der, SEQUENCE))
    fields = elements(signed[1])
    assert fields[0] == (0xA0, b"\x02\x01\x02"), "version"
    print("serial=%x" % number(fields[1][1]))
    (extensions,) = [content for tag, content in fields if tag == 0xA3]
    for tag, content in elements(only(extensions, SEQUENCE)):
        assert tag == SEQUENCE
        extension(elements(content))
    second_opinion(der)


main()
