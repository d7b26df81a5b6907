"""A caller of the Workload API that plays tricks. It obeys lines on standard input; its first argument is the socket.

open             a new connection with a stream of X.509-SVIDs: "message N", or "closed N"; later "closed N" when it ends
exec PATH        becomes the same script under another interpreter (or the same one), its sockets kept open
child            a forked child opens a stream of its own: "child PID message" or "child PID closed"
named-child      the same as child, which says "forked PID" first, and waits for a line
orphan           the same, of a grandchild whose parent is gone
argv TEXT        writes over its own command line
setuid UID       becomes another user
name TEXT        calls itself so, after a carriage return: "named" (its name is in /proc/PID/status, before all lines)
late PATH        connects, becomes PATH, and asks over that connection then: "late message" or "late closed"
exec-kept PATH   as exec, and listens on to the connections that it had: "kept message N" or "kept closed N"
token-late PATH  becomes PATH, and asks for a JWT-SVID over the first connection that it had: "token answered" or
                 "token refused"
token            a new connection with a stream of X.509-SVIDs, and then a JWT-SVID over it: "token answered" or "token refused"
reuse PATH       a child connects and ends; PATH gets its pid; somebody else asks over the connection: "holder message" or
                 "holder closed"; "reused PID" before
children N       N children one after the other open a stream each: "served M"
disguised PROGRAM SHOWN  asks through PROGRAM, which has the kernel show SHOWN: "disguised message LINK" or
                 "disguised closed LINK", where LINK is what /proc shows
storm N          N children at once open a stream each and stay: "storm"
"""
import ctypes
import os
import socket
import struct
import subprocess
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


def token_request():
    """For a JWT-SVID with the audience "tool", as the second stream of a connection."""
    headers = [
        (b":method", b"POST"), (b":scheme", b"http"), (b":path", b"/SpiffeWorkloadAPI/FetchJWTSVID"),
        (b":authority", b"localhost"), (b"content-type", b"application/grpc"), (b"te", b"trailers"),
        (b"workload.spiffe.io", b"true")]
    block = b"".join(literal(name, value) for name, value in headers)
    body = b"\x0a\x04tool"
    return (frame(HEADERS, END_HEADERS, 3, block)
            + frame(DATA, END_STREAM, 3, b"\x00" + struct.pack(">I", len(body)) + body))


def token_over(connection):
    try:
        connection.sendall(token_request())
        while True:
            head = exactly(connection, 9)
            body = exactly(connection, int.from_bytes(head[:3], "big"))
            kind, flags, stream = head[3], head[4], int.from_bytes(head[5:], "big")
            if kind == PING and not flags & ACK:
                connection.sendall(frame(PING, ACK, 0, body))
            elif kind == DATA and stream == 3 and body:
                return "answered"
            elif kind == GOAWAY or stream == 3 and (kind == RST or flags & END_STREAM):
                return "refused"
    except (EOFError, OSError):
        return "refused"


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


def connect_only():
    """A connection that was accepted, as the server's first word shows, and over which nothing was asked."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(sys.argv[1])
    head = exactly(connection, 9)
    exactly(connection, int.from_bytes(head[:3], "big"))
    return connection


def ask_over(connection):
    try:
        connection.sendall(request())
    except OSError:
        return "closed"
    return next(words(connection))


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


def named_child():
    sys.stdout.flush()
    go, start = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(start)
        os.read(go, 1)
        connection = connect()
        os.write(1, b"child %d %s\n" % (os.getpid(), next(words(connection)).encode()))
        # Its connection stays open until its parent ends.
        os.read(go, 1)
        os._exit(0)
    os.close(go)
    say("forked %d" % pid)
    return start


def late(path):
    connection = connect_only()
    connection.set_inheritable(True)
    os.execv(path, [path, "-u"] + sys.argv[:2] + ["--late", str(connection.fileno())])


def token_late(path):
    kept[0].set_inheritable(True)
    os.execv(path, [path, "-u"] + sys.argv[:2] + ["--token", str(kept[0].fileno())])


def exec_kept(path):
    for connection in kept:
        connection.set_inheritable(True)
    numbers = [str(connection.fileno()) for connection in kept]
    os.execv(path, [path, "-u"] + sys.argv[:2] + ["--kept"] + numbers)


def listen_kept(number, connection):
    for word in words(connection):
        say("kept %s %d" % (word, number))


def inherited():
    """What was done before exec goes on."""
    if sys.argv[2:3] == ["--late"]:
        say("late " + ask_over(socket.socket(fileno=int(sys.argv[3]))))
    if sys.argv[2:3] == ["--token"]:
        say("token " + token_over(socket.socket(fileno=int(sys.argv[3]))))
    if sys.argv[2:3] == ["--kept"]:
        for number, descriptor in enumerate(sys.argv[3:], 1):
            connection = socket.socket(fileno=int(descriptor))
            kept.append(connection)
            threading.Thread(target=listen_kept, args=(number, connection), daemon=True).start()


CLONE3, PR_SET_PDEATHSIG, SIGCHLD, SIGKILL = 435, 1, 17, 9


def clone_as(pid, path):
    """A child with this pid that runs another program; false if the pid was taken meanwhile."""
    # The lock of the interpreter is kept: the child has no other thread that could give it back.
    libc = ctypes.PyDLL(None)
    wanted = ctypes.c_int(pid)
    arguments = struct.pack("<11Q", 0, 0, 0, 0, SIGCHLD, 0, 0, 0, ctypes.addressof(wanted), 1, 0)
    done, running = os.pipe()
    found = libc.syscall(ctypes.c_long(CLONE3), arguments, ctypes.c_size_t(len(arguments)))
    if found == 0:
        libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
        os.execv(path, [path, "-c", "import time; time.sleep(600)"])
    os.close(running)
    os.read(done, 1)  # ends when it executes
    os.close(done)
    return found == pid


def holder(connection, go, told):
    os.write(told, b"x")
    if os.read(go, 1):
        os.write(1, b"holder %s\n" % ask_over(connection).encode())
    os._exit(0)


def reuse(path):
    for _ in range(100):
        go, start = os.pipe()
        ready, told = os.pipe()
        first = os.fork()
        if first == 0:
            os.close(start)
            connection = connect_only()
            if os.fork() == 0:
                holder(connection, go, told)
            os._exit(0)
        os.read(ready, 1)
        os.waitpid(first, 0)
        again = clone_as(first, path)
        if again:
            say("reused %d" % first)
            os.write(start, b"x")
        for one in (go, start, ready, told):
            os.close(one)
        if again:
            return
    say("not reused")


def children(count):
    served = 0
    for _ in range(count):
        done, told = os.pipe()
        one = os.fork()
        if one == 0:
            connection = connect()
            os.write(told, b"1" if next(words(connection)) == "message" else b"0")
            os._exit(0)
        served += os.read(done, 1) == b"1"
        os.waitpid(one, 0)
        os.close(done)
        os.close(told)
    say("served %d" % served)


def storm(count):
    for _ in range(count):
        if os.fork() == 0:
            try:
                connection = connect()
            except OSError:
                pass
            # Until its parent's input ends.
            os.read(0, 1)
            os._exit(0)
    say("storm")


def disguised(program, shown):
    here, there = socket.socketpair()
    process = subprocess.Popen([program, shown, sys.argv[1]], stdin=there)
    there.close()
    word = ask_over(here)
    say("disguised %s %s" % (word, os.readlink("/proc/%d/exe" % process.pid)))
    process.kill()
    process.wait()


def rewrite(text):
    with open("/proc/self/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    begin, end = int(fields[45]), int(fields[46])
    new = text.encode().replace(b" ", b"\0")[:end - begin].ljust(end - begin, b"\0")
    ctypes.memmove(begin, new, end - begin)


def main():
    say("started %d" % os.getpid())
    inherited()
    waiting = None
    for line in iter(sys.stdin.readline, ""):
        word, _, rest = line.strip().partition(" ")
        if word == "open":
            open_stream()
        elif word == "exec":
            for connection in kept:
                os.set_inheritable(connection.fileno(), True)
            os.execv(rest, [rest, "-u"] + sys.argv[:2])
        elif word == "exec-kept":
            exec_kept(rest)
        elif word == "late":
            late(rest)
        elif word == "token-late":
            token_late(rest)
        elif word == "token":
            kept.append(socket.socket(socket.AF_UNIX))
            kept[-1].connect(sys.argv[1])
            kept[-1].sendall(request())
            next(words(kept[-1]))
            say("token " + token_over(kept[-1]))
        elif word == "reuse":
            reuse(rest)
        elif word == "children":
            children(int(rest))
        elif word == "disguised":
            disguised(*rest.split(" "))
        elif word == "storm":
            storm(int(rest))
        elif word in ("child", "orphan"):
            child(word == "orphan")
        elif word == "named-child":
            waiting = named_child()
        elif word == "go":
            os.write(waiting, b"x")
        elif word == "argv":
            rewrite(rest)
            say("rewritten")
        elif word == "name":
            # Of the process itself, whichever thread asks.
            with open("/proc/self/comm", "wb") as comm:
                comm.write(b"\r" + rest.encode())
            say("named")
        elif word == "setuid":
            os.setuid(int(rest))
            say("uid %d" % os.getuid())
        else:
            say("unknown " + line)


main()
