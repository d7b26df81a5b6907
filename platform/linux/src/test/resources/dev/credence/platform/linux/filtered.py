"""Puts itself into a control group with a BPF program that lets everything through, and becomes another program; arguments:
FOLDER WORD..."""
import ctypes
import os
import platform
import struct
import sys

BPF = {"x86_64": 321, "aarch64": 280}[platform.machine()]
LOAD, ATTACH, EGRESS, SOCKETS = 5, 8, 1, 8
libc = ctypes.CDLL(None, use_errno=True)


def bpf(command, attributes):
    room = ctypes.create_string_buffer(attributes, 128)
    result = libc.syscall(BPF, command, room, len(room))
    if result < 0:
        print("bpf:", os.strerror(ctypes.get_errno()), file=sys.stderr, flush=True)
        sys.exit(1)
    return result


def main():
    folder = sys.argv[1]
    allow = ctypes.create_string_buffer(struct.pack("=BBhiBBhi", 0xB7, 0, 0, 1, 0x95, 0, 0, 0))
    license = ctypes.create_string_buffer(b"GPL")
    program = bpf(LOAD, struct.pack("=IIQQ", SOCKETS, 2, ctypes.addressof(allow), ctypes.addressof(license)))
    group = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    bpf(ATTACH, struct.pack("=IIII", group, program, EGRESS, 0))
    with open(folder + "/cgroup.procs", "w", encoding="ascii") as procs:
        procs.write(str(os.getpid()))
    os.execvp(sys.argv[2], sys.argv[2:])


main()
