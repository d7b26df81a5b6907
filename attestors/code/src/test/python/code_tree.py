"""The digest of a tree of code, docs/spec/code-tree.md, without ignore files.

code_tree.py FOLDER            prints the digest of a folder
code_tree.py --vectors FILE    writes the test vectors
"""
import hashlib, json, os, sys

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def text(value):
    return len(value).to_bytes(4, "big") + value


def digest(entries):
    whole = hashlib.sha256(b"credence code tree 1\n")
    for entry in sorted(entries, key=lambda e: e["path"].encode()):
        if "target" in entry:
            whole.update(b"L" + text(entry["path"].encode()) + text(entry["target"].encode()))
        else:
            whole.update(b"F" + text(entry["path"].encode()) + bytes([entry["executable"]]))
            whole.update(entry["length"].to_bytes(8, "big") + bytes.fromhex(entry["sha256"]))
    return whole.hexdigest()


def file(path, content=b"", executable=False):
    return {"path": path, "executable": executable, "length": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def link(path, target):
    return {"path": path, "target": target}


def measure(root):
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            at = os.path.join(folder, name)
            path = os.path.relpath(at, root)
            if os.path.islink(at):
                yield link(path, os.readlink(at))
            elif name in files:
                with open(at, "rb") as content:
                    yield file(path, content.read(), bool(os.stat(at).st_mode & 0o100))


VECTORS = [
    ("one empty file", [file("a")]),
    ("one file with content", [file("agent.py", b"print('hello')\n")]),
    ("the same, executable", [file("agent.py", b"print('hello')\n", True)]),
    ("another name", [file("agent.pz", b"print('hello')\n")]),
    ("files in folders, not in order", [file("lib/b.py", b"b"), file("lib/a.py", b"a"), file("main.py", b"m")]),
    ("a slash sorts after a hyphen and before a letter", [file("ab", b"1"), file("a/b", b"2"), file("a-b", b"3")]),
    ("a path that another one begins with", [file("ab", b"1"), file("a", b"2")]),
    ("a link", [file("lib/tool.py", b"x = 1\n"), link("lib/again.py", "tool.py")]),
    ("a link is not a file with its target in it", [file("again.py", b"tool.py")]),
    ("the same link", [link("again.py", "tool.py")]),
    ("a link upwards", [file("a/b/c", b"1"), link("a/b/d", "../../a/b/c")]),
    ("one code point", [file("caf\u00e9.py", b"1")]),
    ("two code points that look the same", [file("cafe\u0301.py", b"1")]),
    ("order of bytes, not of UTF-16", [file("\U0001f600", b"1"), file("\uff5e", b"2"), file("z", b"3")]),
    ("large length", [{"path": "big", "executable": False, "length": (1 << 40) + 1, "sha256": EMPTY}]),
]


def main(arguments):
    if arguments[0] == "--vectors":
        vectors = [{"name": name, "entries": entries, "digest": digest(entries)} for name, entries in VECTORS]
        about = "Digests of trees of code, docs/spec/code-tree.md. Written by attestors/code/src/test/python/code_tree.py"
        with open(arguments[1], "w", encoding="ascii") as out:
            json.dump({"about": about, "vectors": vectors}, out, indent=1)
            out.write("\n")
    else:
        print(digest(list(measure(arguments[0]))))


main(sys.argv[1:])
