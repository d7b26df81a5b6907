"""A FUSE file system over the kernel's raw protocol. Arguments: MOUNTPOINT NAME FIRST LATER. It has a file NAME with what
is in the file FIRST, and a folder "inner" with the same file in it; both are everybody's to read.

It obeys lines on standard input, and ends with it:
later            who opens the file from now on reads what is in LATER; who has it open, or mapped, does not
detach           takes the mount out of the table of mounts; it stays while it is used
silent           answers nothing any more
"""
import ctypes
import os
import struct
import sys
import threading

LOOKUP, FORGET, GETATTR, OPEN, READ, STATFS, RELEASE, INIT, OPENDIR, READDIR, RELEASEDIR = 1, 2, 3, 14, 15, 17, 18, 26, 27, 28, 29
FLUSH, INTERRUPT, BATCH_FORGET, ACCESS = 25, 36, 42, 34
ENOENT, ENOSYS = 2, 38
DIRECT_IO, KEEP_CACHE = 1, 2
ROOT, FILE, FOLDER = 1, 2, 3
MNT_DETACH = 2


def main():
    place, name = sys.argv[1], os.fsencode(sys.argv[2])
    contents = [open(path, "rb").read() for path in sys.argv[3:5]]
    device = os.open("/dev/fuse", os.O_RDWR)
    libc = ctypes.CDLL(None, use_errno=True)
    options = "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other" % device
    if libc.mount(b"story", os.fsencode(place), b"fuse", 0, options.encode()):
        sys.exit("mount: " + os.strerror(ctypes.get_errno()))
    state = {"later": False, "silent": False}

    def obey():
        for line in sys.stdin:
            word = line.strip()
            state[word] = True
            if word == "detach":
                libc.umount2(os.fsencode(place), MNT_DETACH)
            print(word, flush=True)
        libc.umount2(os.fsencode(place), MNT_DETACH)
        os._exit(0)

    threading.Thread(target=obey, daemon=True).start()
    print("mounted", flush=True)

    def attributes(node):
        size, mode, links = (len(contents[0]), 0o100755, 1) if node == FILE else (0, 0o40755, 2)
        return struct.pack("<6Q10I", node, size, (size + 511) // 512, 0, 0, 0, 0, 0, 0, mode, links, 0, 0, 0, 4096, 0)

    def entry(node):
        return struct.pack("<QQQQII", node, 0, 0, 0, 0, 0) + attributes(node)

    names = {ROOT: {name: FILE, b"inner": FOLDER}, FOLDER: {name: FILE}}

    def listing(node, offset):
        out = b""
        for index, (each, inner) in enumerate(list(names[node].items())[offset:], offset + 1):
            kind = 8 if inner == FILE else 4
            record = struct.pack("<QQII", inner, index, len(each), kind) + each
            out += record + b"\0" * (-len(record) % 8)
        return out

    handles = {}

    def answer(code, node, body):
        if code == INIT:
            major, minor, readahead, flags = struct.unpack_from("<4I", body)
            return struct.pack("<4IHHIIHHI", 7, min(minor, 31), readahead, 0, 12, 10, 65536, 1, 0, 0, 0).ljust(64, b"\0")
        if code == LOOKUP:
            found = names.get(node, {}).get(body.rstrip(b"\0"))
            return entry(found) if found else ENOENT
        if code == GETATTR:
            return struct.pack("<QII", 0, 0, 0) + attributes(node)
        if code == OPEN:
            handle = len(handles) + 1
            handles[handle] = contents[state["later"]]
            # The page cache keeps what the first one was served.
            return struct.pack("<QII", handle, DIRECT_IO | KEEP_CACHE if state["later"] else KEEP_CACHE, 0)
        if code == READ:
            handle, offset, size = struct.unpack_from("<QQI", body)
            return handles[handle][offset:offset + size]
        if code == OPENDIR:
            return struct.pack("<QII", 0, 0, 0)
        if code == READDIR:
            _, offset, size = struct.unpack_from("<QQI", body)
            return listing(node, offset)
        if code == STATFS:
            return b"\0" * 80
        if code in (RELEASE, RELEASEDIR, FLUSH, ACCESS):
            return b""
        return ENOSYS

    while True:
        try:
            request = os.read(device, 1 << 18)
        except OSError:
            return  # unmounted
        length, code, unique, node = struct.unpack_from("<IIQQ", request)
        if code in (FORGET, BATCH_FORGET, INTERRUPT):
            continue
        if state["silent"]:
            print("asked", flush=True)
            continue
        told = answer(code, node, request[40:length])
        error, data = (-told, b"") if isinstance(told, int) else (0, told)
        try:
            os.write(device, struct.pack("<IiQ", 16 + len(data), error, unique) + data)
        except OSError:
            pass


main()
