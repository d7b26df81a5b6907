"""Reads what `credence execution show ID -o json` printed, and makes the digest of the attestation record in it as
docs/spec/execution-extension.md says, with nothing but Python's standard library. With a certificate (a DER file) as
second argument it also prints the digest in that one's execution extension."""

import hashlib
import json
import sys

import parse

CODES = ["NONE", "CLAIMED", "FILE", "ORCHESTRATOR", "LAUNCHER"]
ISOLATIONS = ["SHARED_UID", "OWN_UID", "SANDBOXED"]


def field(content):
    return len(content).to_bytes(4, "big") + content


def text(value):
    return field(value.encode("utf-8"))


def number(value):
    return field(int(value).to_bytes(8, "big"))


def level(name, prefix, names):
    assert name.startswith(prefix), name
    return number(names.index(name[len(prefix):]) + 1)


def code(name):
    return level(name, "CODE_ASSURANCE_", CODES)


def property_content(one):
    selector = one["selector"]
    says = one["code"] != "CODE_ASSURANCE_UNSPECIFIED"
    return (
        text(selector["type"])
        + text(selector["name"])
        + text(selector["value"])
        + (code(one["code"]) if says else number(0))
        + text(one["source"])
    )


def encoding(record):
    process = record["process"]
    mark = process["mark"]
    out = text("credence-attestation-v1") + text(mark["bootId"])
    for name in ("pidNamespace", "pid", "startTime", "executableDevice", "executableInode"):
        out += number(mark[name])
    for name in ("startCode", "startStack", "argStart"):
        out += number(mark[name])
    out += number(process["uid"]) + number(process["gid"]) + text(process["executable"])
    out += code(record["code"]) + level(record["isolation"], "ISOLATION_", ISOLATIONS)
    properties = sorted({property_content(one) for one in record["properties"]})
    return out + number(len(properties)) + b"".join(field(one) for one in properties)


def in_certificate(file):
    with open(file, "rb") as opened:
        ((value,),) = [[value for oid, _, value in parse.extensions(opened.read()) if oid == parse.OID]]
    return parse.execution(value).rsplit("attestation=", 1)[1]


with open(sys.argv[1], encoding="utf-8") as opened:
    shown = json.load(opened)
print("recomputed", hashlib.sha256(encoding(shown["attestation"])).hexdigest())
print("shown", shown["attestationDigest"])
for certificate in sys.argv[2:]:
    print("certificate", in_certificate(certificate))
