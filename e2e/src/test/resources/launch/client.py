"""Asks a node for a launch as credence run does, and says what it answers; arguments: [--seccomp | --pause | --times N | --env NAME] SOCKET
CODE AGENT USER WORD... With --times it asks as often over connections that it keeps, says `launch flood STARTED REFUSED`, and the last
refusal, and waits for a line."""
import array
import ctypes
import os
import socket
import struct
import sys


def varint(number):
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def text(number, value):
    data = value.encode()
    return bytes([number << 3 | 2]) + varint(len(data)) + data


def exactly(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            return None
        data += piece
    return data


def event(connection):
    """Field number and content of the event, or None at the end."""
    head = exactly(connection, 4)
    if head is None:
        return None
    message = exactly(connection, struct.unpack(">I", head)[0])
    at = 1
    while message[at] & 0x80:
        at += 1
    return message[0] >> 3, message[at + 1:]


def seccomp():
    """A filter that allows everything: it is there, which is what counts."""
    libc = ctypes.CDLL(None, use_errno=True)
    program = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0x7FFF0000))
    pointer = ctypes.create_string_buffer(struct.pack("HxxxxxxP", 1, ctypes.addressof(program)))
    if libc.prctl(22, 2, pointer, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def asked(path, request, descriptors):
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
    connection.sendmsg([struct.pack(">I", len(request)) + request], ancillary)
    return connection


def flood(times, ask):
    kept, started, refusal = [], 0, ""
    for _ in range(times):
        connection = ask()
        told = event(connection)
        if told is not None and told[0] == 1:
            started += 1
            kept.append(connection)
        elif told is not None:
            refusal = told[1].decode(errors="replace")[2:]
    print("launch flood %d %d %s" % (started, times - started, refusal), file=sys.stderr, flush=True)
    os.read(0, 1)


def main():
    arguments = sys.argv[1:]
    if arguments[0] == "--seccomp":
        seccomp()
        arguments = arguments[1:]
    pause = arguments[0] == "--pause"
    if pause:
        arguments = arguments[1:]
    times = 0
    if arguments[0] == "--times":
        times = int(arguments[1])
        arguments = arguments[2:]
    variables = b""
    if arguments[0] == "--env":
        variable = text(1, arguments[1]) + text(2, os.environ[arguments[1]])
        variables = bytes([5 << 3 | 2]) + varint(len(variable)) + variable
        arguments = arguments[2:]
    path, code, agent, user = arguments[:4]
    os.chdir(code)
    request = text(1, agent) + text(2, user) + b"".join(text(3, word) for word in arguments[4:]) + variables
    descriptors = [0, 1, 2, os.open(".", os.O_RDONLY), os.open(code, os.O_RDONLY)]
    if pause:
        print("launch paused", file=sys.stderr, flush=True)
        os.read(0, 1)
    if times:
        null = os.open("/dev/null", os.O_RDWR)
        waits, _ = os.pipe()
        flood(times, lambda: asked(path, request, [waits, null, null] + descriptors[3:]))
        return
    connection = asked(path, request, descriptors)
    while True:
        told = event(connection)
        if told is None:
            print("launch over", file=sys.stderr, flush=True)
            return
        kind, content = told
        if kind == 2:
            words = "itself" if content.endswith(b"\x10\x01") else "refused"
            print("launch", words, content.decode(errors="replace")[2:], file=sys.stderr, flush=True)
        else:
            print("launch", {1: "started", 3: "ended"}[kind], file=sys.stderr, flush=True)


main()
