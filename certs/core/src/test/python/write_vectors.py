"""Writes docs/spec/vectors/*.json: an implementation of docs/spec/execution-extension.md of its own.

Standard library only. Usage: python3 write_vectors.py FOLDER
A test runs it and compares, so the vectors, this program and the Java code can only change together.
"""

import hashlib
import json
import os
import struct
import sys

INTEGER, OCTETS, ENUMERATED, SEQUENCE = 0x02, 0x04, 0x0A, 0x30
PARENT, WORKFLOW, TASK, DELEGATOR, GRANT = 0x80, 0x81, 0x82, 0x83, 0x84
KINDS = ["process", "task"]
CODES = ["none", "claimed", "file", "orchestrator", "launcher"]
ISOLATIONS = ["shared-uid", "own-uid", "sandboxed"]


def tlv(tag, content):
    n = len(content)
    if n < 0x80:
        length = bytes([n])
    elif n < 0x100:
        length = bytes([0x81, n])
    else:
        length = bytes([0x82, n >> 8, n & 0xFF])
    return bytes([tag]) + length + content


def number(tag, n):
    return tlv(tag, n.to_bytes(n.bit_length() // 8 + 1, "big", signed=True))


def text_of_id(raw):
    bits = int.from_bytes(raw, "big") << 2
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    return "".join(alphabet[(bits >> (5 * i)) & 31] for i in range(25, -1, -1))


def ident(seed):
    return hashlib.sha256(b"id " + seed.encode()).digest()[:16]


def digest(seed):
    return hashlib.sha256(b"digest " + seed.encode()).digest()


MINIMAL = {
    "version": 1,
    "owner_id": ident("owner"),
    "agent_id": ident("agent"),
    "execution_id": ident("execution"),
    "kind": "process",
    "code": "none",
    "isolation": "shared-uid",
    "depth": 0,
    "attestation": digest("attestation"),
}
MAXIMAL = dict(
    MINIMAL,
    owner_id=b"\xff" * 16,
    agent_id=b"\xfe" * 16,
    execution_id=b"\xfd" * 16,
    kind="task",
    code="launcher",
    isolation="sandboxed",
    depth=255,
    attestation=b"\xff" * 32,
    parent=b"\xfc" * 16,
    workflow=b"\xfb" * 16,
    task=b"\xfa" * 32,
    delegator=b"\xf9" * 32,
    grant=b"\xf8" * 32,
)


def required(f):
    return [
        number(INTEGER, f["version"]),
        tlv(OCTETS, f["owner_id"]),
        tlv(OCTETS, f["agent_id"]),
        tlv(OCTETS, f["execution_id"]),
        number(ENUMERATED, KINDS.index(f["kind"]) + 1),
        number(ENUMERATED, CODES.index(f["code"]) + 1),
        number(ENUMERATED, ISOLATIONS.index(f["isolation"]) + 1),
        number(INTEGER, f["depth"]),
        tlv(OCTETS, f["attestation"]),
    ]


def optional(f):
    tags = [("parent", PARENT), ("workflow", WORKFLOW), ("task", TASK)]
    tags += [("delegator", DELEGATOR), ("grant", GRANT)]
    return [tlv(tag, f[name]) for name, tag in tags if name in f]


def encode(f):
    return tlv(SEQUENCE, b"".join(required(f) + optional(f)))


def valid(name, f):
    shown = {}
    for key, value in f.items():
        if isinstance(value, bytes):
            value = text_of_id(value) if len(value) == 16 else value.hex()
        shown[key] = value
    return {"name": name, "der": encode(f).hex(), "fields": shown}


def replaced(index, element, f=MINIMAL):
    parts = required(f)
    parts[index] = element
    return tlv(SEQUENCE, b"".join(parts + optional(f)))


def appended(element, f=MINIMAL):
    return tlv(SEQUENCE, b"".join(required(f) + optional(f)) + element)


def without(index):
    parts = required(MINIMAL)
    del parts[index]
    return tlv(SEQUENCE, b"".join(parts))


def valid_vectors():
    m = MINIMAL
    yield valid("minimal: a process, nothing optional", m)
    yield valid("maximal: a task with everything, every number at its largest", MAXIMAL)
    yield valid("ids and digests of zeros", dict(m, owner_id=bytes(16), agent_id=bytes(16), attestation=bytes(32)))
    yield valid("a task of an agent's own", dict(m, kind="task", task=digest("task"), grant=digest("grant")))
    yield valid("a process with standing roles", dict(m, grant=digest("grant")))
    yield valid("a process in a workflow", dict(m, workflow=ident("workflow")))
    yield valid("delegated by a user", dict(m, kind="task", task=digest("task"), delegator=digest("user")))
    yield valid("depth 1", dict(m, depth=1, parent=ident("parent")))
    yield valid("depth 127: the last that takes one byte", dict(m, depth=127, parent=ident("parent")))
    yield valid("depth 128: the first that takes two", dict(m, depth=128, parent=ident("parent")))
    for code in CODES:
        yield valid("code " + code, dict(m, code=code))
    for isolation in ISOLATIONS:
        yield valid("isolation " + isolation, dict(m, isolation=isolation))


def invalid_vectors():
    good = encode(MINIMAL)
    content = good[2:] if good[1] < 0x80 else good[3:]
    long_form = tlv(OCTETS, ident("owner"))

    def bad(rule, name, der):
        return {"name": name, "rule": rule, "der": der.hex()}

    everything = b"".join(required(MAXIMAL) + optional(MAXIMAL))
    # 4 bytes of outer header, 3 of the filler's
    yield bad("R1", "401 bytes", tlv(SEQUENCE, everything + tlv(0x85, bytes(401 - 7 - len(everything)))))
    yield bad("R2", "no bytes", b"")
    yield bad("R2", "a SET instead of a SEQUENCE", bytes([0x31]) + good[1:])
    yield bad("R2", "an OCTET STRING around the value", tlv(OCTETS, good))
    yield bad("R2", "a byte after the value", good + b"\x00")
    yield bad("R2", "the value twice", good + good)
    yield bad("R2", "cut by one byte", good[:-1])
    yield bad("R2", "cut after the first length byte", good[:2])
    yield bad("R3", "indefinite length", bytes([SEQUENCE, 0x80]) + content + b"\x00\x00")
    yield bad("R3", "length in more bytes than needed", bytes([SEQUENCE, 0x82, 0x00, len(content)]) + content)
    yield bad("R3", "long form for a short length", replaced(1, bytes([OCTETS, 0x81, 16]) + long_form[2:]))
    yield bad("R3", "length of four bytes", bytes([SEQUENCE, 0x84, 0, 0, 0, len(content)]) + content)
    yield bad("R3", "length beyond the end", bytes([SEQUENCE, len(content) + 1]) + content)
    yield bad("R3", "length byte 0xff", bytes([SEQUENCE, 0xFF]) + content)
    yield bad("R3", "inner length beyond the value", replaced(8, bytes([OCTETS, 33]) + digest("attestation")))
    yield bad("R4", "version 0", replaced(0, number(INTEGER, 0)))
    yield bad("R4", "version 2", replaced(0, number(INTEGER, 2)))
    yield bad("R4", "version -1", replaced(0, number(INTEGER, -1)))
    yield bad("R4", "version 257", replaced(0, number(INTEGER, 257)))
    yield bad("R4", "version in two bytes", replaced(0, bytes([INTEGER, 2, 0, 1])))
    yield bad("R4", "version without content", replaced(0, bytes([INTEGER, 0])))
    yield bad("R4", "version missing", without(0))
    yield bad("R4", "version as ENUMERATED", replaced(0, number(ENUMERATED, 1)))
    for index, name in [(1, "owner"), (2, "agent"), (3, "execution")]:
        yield bad("R5", name + " id of 15 bytes", replaced(index, tlv(OCTETS, bytes(15))))
        yield bad("R5", name + " id of 17 bytes", replaced(index, tlv(OCTETS, bytes(17))))
        yield bad("R5", name + " id missing", without(index))
    yield bad("R5", "owner id without content", replaced(1, tlv(OCTETS, b"")))
    yield bad("R5", "owner id as UTF8String", replaced(1, tlv(0x0C, bytes(16))))
    yield bad("R5", "owner id as constructed OCTET STRING", replaced(1, tlv(0x24, tlv(OCTETS, bytes(16)))))
    yield bad("R5", "attestation digest of 20 bytes", replaced(8, tlv(OCTETS, bytes(20))))
    yield bad("R5", "attestation digest of 48 bytes", replaced(8, tlv(OCTETS, bytes(48))))
    yield bad("R5", "attestation digest missing", without(8))
    for index, name, beyond in [(4, "kind", 3), (5, "code", 6), (6, "isolation", 4)]:
        yield bad("R6", name + " 0", replaced(index, number(ENUMERATED, 0)))
        yield bad("R6", name + " %d" % beyond, replaced(index, number(ENUMERATED, beyond)))
        yield bad("R6", name + " -1", replaced(index, number(ENUMERATED, -1)))
        yield bad("R6", name + " in two bytes", replaced(index, bytes([ENUMERATED, 2, 0, 1])))
        yield bad("R6", name + " as INTEGER", replaced(index, number(INTEGER, 1)))
        yield bad("R6", name + " missing", without(index))
    parent = tlv(PARENT, ident("parent"))
    yield bad("R7", "depth 256", replaced(7, number(INTEGER, 256), dict(MINIMAL, parent=ident("parent"))))
    yield bad("R7", "depth -1", replaced(7, number(INTEGER, -1), dict(MINIMAL, parent=ident("parent"))))
    yield bad("R7", "depth 1 in two bytes", replaced(7, bytes([INTEGER, 2, 0, 1]), dict(MINIMAL, parent=ident("parent"))))
    yield bad("R7", "depth of nine bytes", replaced(7, bytes([INTEGER, 9, 1]) + bytes(8)))
    yield bad("R7", "depth missing", without(7))
    workflow = tlv(WORKFLOW, ident("workflow"))
    deep = dict(MINIMAL, depth=1)
    yield bad("R8", "an unknown field at the end", appended(tlv(0x85, bytes(32))))
    yield bad("R8", "a NULL at the end", appended(b"\x05\x00"))
    yield bad("R8", "workflow before parent", appended(workflow + parent, deep))
    yield bad("R8", "workflow twice", appended(workflow + workflow))
    yield bad("R8", "grant before delegator", appended(tlv(GRANT, digest("g")) + tlv(DELEGATOR, digest("d"))))
    yield bad("R8", "parent of 15 bytes", appended(tlv(PARENT, bytes(15)), deep))
    yield bad("R8", "parent without content", appended(tlv(PARENT, b""), deep))
    yield bad("R8", "grant of 31 bytes", appended(tlv(GRANT, bytes(31))))
    yield bad("R8", "grant with an explicit tag", appended(tlv(0xA4, tlv(OCTETS, digest("g")))))
    yield bad("R8", "owner id before version", tlv(SEQUENCE, b"".join([required(MINIMAL)[1], required(MINIMAL)[0]] + required(MINIMAL)[2:])))
    yield bad("R9", "a process with a task digest", encode(dict(MINIMAL, task=digest("task"))))
    yield bad("R9", "a task without a task digest", encode(dict(MINIMAL, kind="task")))
    yield bad("R10", "a parent at depth 0", encode(dict(MINIMAL, parent=ident("parent"))))
    yield bad("R10", "depth 1 without a parent", encode(dict(MINIMAL, depth=1)))
    yield bad("R11", "an execution that is its own parent", encode(dict(MINIMAL, depth=1, parent=ident("execution"))))


def field(content):
    return struct.pack(">I", len(content)) + content


def u64(n):
    return field(struct.pack(">Q", n))


def attestation_encoding(r):
    p = r["process"]
    out = field(b"credence-attestation-v1") + field(p["boot_id"].encode())
    for name in ["pid_namespace", "pid", "start_time", "executable_device", "executable_inode"]:
        out += u64(int(p[name]))
    for name in ["start_code", "start_stack", "arg_start", "uid", "gid"]:
        out += u64(int(p[name]))
    out += field(p["executable"].encode())
    out += u64(CODES.index(r["code"]) + 1) + u64(ISOLATIONS.index(r["isolation"]) + 1)
    properties = set()
    for q in r["properties"]:
        one = field(q["type"].encode()) + field(q["name"].encode()) + field(q["value"].encode())
        one += u64(CODES.index(q["code"]) + 1 if "code" in q else 0) + field(q["source"].encode())
        properties.add(one)
    return out + u64(len(properties)) + b"".join(field(one) for one in sorted(properties))


def attestation_vectors():
    # 64-bit numbers are strings: many JSON readers make doubles of numbers.
    process = {
        "boot_id": "5f6f0d0e-3b0e-4f3e-9a53-0c7d6b1a2c3d",
        "pid_namespace": "4026531836",
        "pid": "4711",
        "start_time": "123456789",
        "executable_device": "2049",
        "executable_inode": "918273",
        "start_code": "94512345678912",
        "start_stack": "140721234567890",
        "arg_start": "140721234569999",
        "uid": "1000",
        "gid": "1000",
        "executable": "/usr/local/bin/invoice-bot",
    }
    uid = {"type": "unix", "name": "uid", "value": "1000", "source": "SO_PEERCRED"}
    path = {
        "type": "unix",
        "name": "path",
        "value": "/usr/local/bin/invoice-bot",
        "code": "file",
        "source": "/proc/PID/exe",
    }
    base = {"process": process, "properties": [uid, path], "code": "file", "isolation": "own-uid"}
    largest = {k: "18446744073709551615" for k in process}
    largest.update(boot_id="", pid="4194304", uid="4294967295", gid="4294967295", executable="")

    def vector(name, record):
        encoded = attestation_encoding(record)
        return {
            "name": name,
            "record": record,
            "encoding": encoded.hex(),
            "sha256": hashlib.sha256(encoded).hexdigest(),
        }

    yield vector("a plain program", base)
    yield vector("the same, properties in another order", dict(base, properties=[path, uid]))
    yield vector("the same, a property twice", dict(base, properties=[uid, path, uid]))
    yield vector("no properties", dict(base, properties=[], code="none", isolation="shared-uid"))
    yield vector("a boundary moved between name and value", dict(base, properties=[dict(uid, name="uid1", value="000")]))
    yield vector("text beyond ASCII, and a line break", dict(base, properties=[dict(path, value="/home/zo\u00eb/\u2615\U0001F916\n")]))
    yield vector("largest numbers, empty texts", dict(base, process=largest, code="launcher", isolation="sandboxed"))


def shown(r):
    """A record as `credence execution show -o json` prints it."""
    p = r["process"]

    def level(prefix, name):
        return prefix + name.upper().replace("-", "_")

    return {
        "process": {
            "mark": {
                "bootId": p["boot_id"],
                "pidNamespace": p["pid_namespace"],
                "pid": int(p["pid"]),
                "startTime": p["start_time"],
                "executableDevice": p["executable_device"],
                "executableInode": p["executable_inode"],
                "startCode": p["start_code"],
                "startStack": p["start_stack"],
                "argStart": p["arg_start"],
            },
            "uid": int(p["uid"]),
            "gid": int(p["gid"]),
            "executable": p["executable"],
        },
        "properties": [
            {
                "selector": {"type": q["type"], "name": q["name"], "value": q["value"]},
                "code": level("CODE_ASSURANCE_", q.get("code", "unspecified")),
                "source": q["source"],
                "controlledBy": "file" if "code" in q else "kernel",
            }
            for q in r["properties"]
        ],
        "code": level("CODE_ASSURANCE_", r["code"]),
        "isolation": level("ISOLATION_", r["isolation"]),
    }


def write(path, document):
    with open(path, "w", encoding="ascii", newline="\n") as out:
        json.dump(document, out, indent=1)
        out.write("\n")


def main():
    folder = sys.argv[1]
    write(
        os.path.join(folder, "execution-extension.json"),
        {
            "about": "Values of the execution extension, docs/spec/execution-extension.md. Written by certs/core/src/test/python/write_vectors.py",
            "oid": "1.3.6.1.4.1.32473.1",
            "valid": list(valid_vectors()),
            "invalid": list(invalid_vectors()),
        },
    )
    write(
        os.path.join(folder, "attestation-digest.json"),
        {
            "about": "Attestation digests, docs/spec/execution-extension.md. Written by certs/core/src/test/python/write_vectors.py",
            "vectors": list(attestation_vectors()),
        },
    )
    plain = next(attestation_vectors())
    write(
        os.path.join(folder, "attestation-shown.json"),
        {
            "about": "The first record of attestation-digest.json as `credence execution show -o json` prints it, with its digest. Written by certs/core/src/test/python/write_vectors.py",
            "attestation": shown(plain["record"]),
            "attestationDigest": plain["sha256"],
        },
    )


main()
