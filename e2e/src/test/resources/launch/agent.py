"""Says who it is, then does what standard input tells it, line by line."""
import os
import re
import signal
import socket
import struct
import sys
import time

import helper


def frame(kind, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def header(name, value):
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


def read(connection, length):
    data = b""
    while len(data) < length:
        piece = connection.recv(length - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def fetch():
    """The SPIFFE ID that the Workload API gives this process, or `refused`."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(os.environ["SPIFFE_ENDPOINT_SOCKET"][len("unix://"):])
    headers = [
        (b":method", b"POST"), (b":scheme", b"http"), (b":path", b"/SpiffeWorkloadAPI/FetchX509SVID"),
        (b":authority", b"localhost"), (b"content-type", b"application/grpc"), (b"te", b"trailers"),
        (b"workload.spiffe.io", b"true")]
    connection.sendall(
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b"")
        + frame(1, 4, 1, b"".join(header(n, v) for n, v in headers)) + frame(0, 1, 1, b"\0\0\0\0\0"))
    answer = b""
    try:
        while True:
            head = read(connection, 9)
            payload = read(connection, struct.unpack(">I", b"\0" + head[:3])[0])
            kind, flags = head[3], head[4]
            if kind == 4 and not flags & 1:
                connection.sendall(frame(4, 1, 0, b""))
            if kind == 0:
                answer += payload
                found = re.search(rb"spiffe://[a-z0-9./-]+", answer)
                if found:
                    return found.group().decode()
            if kind == 1 and flags & 1:
                return "refused"
    except EOFError:
        return "refused"


def descriptors():
    """Those that are open; the one that the listing itself needs is closed again by then."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            os.fstat(int(name))
            found.append(int(name))
        except OSError:
            pass
    return sorted(found)


def told(word, rest):
    if word == "fetch":
        return fetch()
    if word == "child":
        pid = os.fork()
        if pid == 0:
            os.write(1, ("child " + fetch() + "\n").encode())
            os._exit(0)
        os.waitpid(pid, 0)
        return "done"
    if word == "exec":
        os.execv(sys.executable, [sys.executable] + sys.argv)
    if word == "read":
        with open(rest, encoding="utf-8") as file:
            return file.readline().strip()
    if word == "write":
        try:
            with open(rest, "w", encoding="utf-8"):
                return "written"
        except OSError as problem:
            return "refused " + str(problem.errno)
    if word == "sees":
        return str(os.path.exists(rest))
    if word == "users":
        import ctypes
        return str(ctypes.CDLL(None).unshare(0x10000000))
    if word == "leave":
        pid = os.fork()
        if pid == 0:
            os.setsid()
            for number in (0, 1, 2):
                os.close(number)
            time.sleep(600)
        return str(pid)
    if word == "reopen":
        said = []
        for what, attempt in (("write", lambda: os.write(0, b"x")), ("open", lambda: open("/proc/self/fd/0", "wb"))):
            try:
                attempt()
                said.append(what + " done")
            except OSError as problem:
                said.append(what + " " + str(problem.errno))
        return " ".join(said)
    if word == "env":
        return os.environ.get(rest, "unset")
    if word == "limits":
        import resource
        return " ".join(str(n) for n in resource.getrlimit(resource.RLIMIT_NOFILE))
    if word == "tty":
        return os.ttyname(0) if os.isatty(0) else "none"
    if word == "exit":
        sys.exit(int(rest))
    return "what?"


def main():
    def hangup(number, _frame):
        os.write(1, f"signal {number}\n".encode())  # print may be what was interrupted
        if number == signal.SIGTERM:
            sys.exit(7)

    for number in (signal.SIGHUP, signal.SIGUSR1, signal.SIGTERM):
        signal.signal(number, hangup)
    status = dict(line.split(":\t", 1) for line in open("/proc/self/status") if ":\t" in line)
    print("started", os.getpid(), "uid", os.getuid(), "groups", os.getgroups(), "caps", status["CapEff"].strip(),
          "bounds", status["CapBnd"].strip(), "nnp", status["NoNewPrivs"].strip(), "fds", descriptors(),
          "umask", status["Umask"].strip(), "helper", helper.WORD, "cwd", os.getcwd(), flush=True)
    for line in sys.stdin:
        word, _, rest = line.strip().partition(" ")
        print("answer", told(word, rest), flush=True)
    print("end of input", flush=True)


main()
