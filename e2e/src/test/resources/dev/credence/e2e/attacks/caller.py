"""A caller of the Workload API that plays tricks. It obeys lines on standard input; its first argument is the socket.

open             a new connection with a stream of X.509-SVIDs: "message N", or "closed N"; later "closed N" when it ends
exec PATH        becomes the same script under another interpreter (or the same one), its sockets kept open
child            a forked child opens a stream of its own: "child PID message" or "child PID closed"
orphan           the same, of a grandchild whose parent is gone
argv TEXT        writes over its own command line
setuid UID       becomes another user
"""
import ctypes
import os
import socket
import struct
import sys
import threading

PATH = b"/SpiffeWorkloadAPI/FetchX509SVID"
DATA, HEADERS, RST, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
END_STREAM, END_HEADERS, ACK = 1, 4, 1


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def frame(kind, flags, stream, body):
    return struct.pack(">I", len(body))[1:] + struct.pack(">BBI", kind, flags, stream) + body


def literal(name, value):
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


def request():
    headers = [
        (b":method", b"POST"), (b":scheme", b"http"), (b":path", PATH), (b":authority", b"localhost"),
        (b"content-type", b"application/grpc"), (b"te", b"trailers"), (b"workload.spiffe.io", b"true")]
    block = b"".join(literal(name, value) for name, value in headers)
    return (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0, b"")
            + frame(HEADERS, END_HEADERS, 1, block) + frame(DATA, END_STREAM, 1, b"\x00\x00\x00\x00\x00"))


def exactly(connection, length):
    found = b""
    while len(found) < length:
        piece = connection.recv(length - len(found))
        if not piece:
            raise EOFError
        found += piece
    return found


def words(connection):
    """What the stream says: "message" for the first message, "closed" at its end."""
    told = False
    try:
        while True:
            head = exactly(connection, 9)
            length = int.from_bytes(head[:3], "big")
            kind, flags = head[3], head[4]
            body = exactly(connection, length)
            if kind == SETTINGS and not flags & ACK:
                connection.sendall(frame(SETTINGS, ACK, 0, b""))
            elif kind == PING and not flags & ACK:
                connection.sendall(frame(PING, ACK, 0, body))
            elif kind == DATA and length > 0 and not told:
                told = True
                yield "message"
            if kind in (RST, GOAWAY) or (kind in (DATA, HEADERS) and flags & END_STREAM):
                break
    except (EOFError, OSError):
        pass
    yield "closed"


def connect():
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(sys.argv[1])
    connection.sendall(request())
    return connection


kept = []


def listen(number, connection):
    for word in words(connection):
        say("%s %d" % (word, number))


def open_stream():
    connection = connect()
    kept.append(connection)
    threading.Thread(target=listen, args=(len(kept), connection), daemon=True).start()


def child(orphan):
    sys.stdout.flush()
    first = os.fork()
    if first:
        if orphan:
            os.waitpid(first, 0)
        return
    if orphan:
        if os.fork():
            os._exit(0)
        while os.getppid() == first:
            pass
    connection = connect()
    for word in words(connection):
        os.write(1, b"child %d %s\n" % (os.getpid(), word.encode()))
        break
    # Its connection stays open, and with it its execution, until its parent's input ends.
    os.read(0, 1)
    os._exit(0)


def rewrite(text):
    with open("/proc/self/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    begin, end = int(fields[45]), int(fields[46])
    new = text.encode().replace(b" ", b"\0")[:end - begin].ljust(end - begin, b"\0")
    ctypes.memmove(begin, new, end - begin)


def main():
    say("started %d" % os.getpid())
    for line in iter(sys.stdin.readline, ""):
        word, _, rest = line.strip().partition(" ")
        if word == "open":
            open_stream()
        elif word == "exec":
            for connection in kept:
                os.set_inheritable(connection.fileno(), True)
            os.execv(rest, [rest, "-u"] + sys.argv)
        elif word in ("child", "orphan"):
            child(word == "orphan")
        elif word == "argv":
            rewrite(rest)
            say("rewritten")
        elif word == "setuid":
            os.setuid(int(rest))
            say("uid %d" % os.getuid())
        else:
            say("unknown " + line)


main()
