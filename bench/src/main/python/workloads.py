"""Cheap workload processes: each is a fork of this one, and a process that the node has never seen.

A client of the Workload API in plain Python: HTTP/2 frames by hand, so that what is measured is the node and not a
client library warming up. Times are CLOCK_MONOTONIC, the clock of System.nanoTime().

    workloads.py first SOCKET COUNT     each process: connect -> complete first message of FetchX509SVID, one after another
    workloads.py exit SOCKET COUNT      each process: fetches, then is killed; prints when
    workloads.py health SOCKET COUNT    the same with grpc.health.v1.Health/Check: the floor of this client
    workloads.py live SOCKET COUNT      each process: fetches, and then sleeps in the read of its stream; all stay until a line comes

Prints one line per process: "NANOSECONDS" or, for exit, "PID NANOSECONDS"; for live also "renewed" for each further message.
"""

import os
import select
import signal
import socket
import struct
import sys
import time

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
END_STREAM, END_HEADERS, ACK = 1, 4, 1
# A node serves so many connections of one user at once (limits.connections_per_uid), and a few more are needed.
ALIVE = 200
EMPTY_MESSAGE = b"\0\0\0\0\0"


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def literal(name, value):
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


def request(path):
    headers = b"\x83\x86" + b"\x04" + bytes([len(path)]) + path + b"\x01\x09localhost"
    headers += literal(b"te", b"trailers") + literal(b"content-type", b"application/grpc")
    headers += literal(b"workload.spiffe.io", b"true")
    return (
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        + frame(SETTINGS, 0, 0)
        + frame(HEADERS, END_HEADERS, 1, headers)
        + frame(DATA, END_STREAM, 1, EMPTY_MESSAGE)
    )


def read_exactly(connection, count):
    parts = b""
    while len(parts) < count:
        part = connection.recv(count - len(parts))
        if not part:
            raise EOFError("the node closed the connection")
        parts += part
    return parts


def first_message(connection):
    """Reads until one gRPC message is complete; fails if the stream ends before."""
    message = b""
    while True:
        head = read_exactly(connection, 9)
        length = int.from_bytes(head[:3], "big")
        kind, flags = head[3], head[4]
        payload = read_exactly(connection, length)
        if kind == DATA:
            message += payload
            if len(message) >= 5 and len(message) >= 5 + int.from_bytes(message[1:5], "big"):
                return message[5:]
        elif kind == SETTINGS and not flags & ACK:
            connection.sendall(frame(SETTINGS, ACK, 0))
        elif kind == PING and not flags & ACK:
            connection.sendall(frame(PING, ACK, 0, payload))
        elif kind == HEADERS and flags & END_STREAM:
            raise EOFError("the node refused the stream")
        elif kind in (RST_STREAM, GOAWAY):
            raise EOFError("the node reset the stream")


def call(path, method):
    """One new connection and one call; gives the connection and how long it took."""
    asked = request(method)
    began = time.monotonic_ns()
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.connect(path)
    connection.sendall(asked)
    first_message(connection)
    return connection, time.monotonic_ns() - began


def in_child(path, method):
    """Forks; the child calls, reports, and lives on until it is killed."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        try:
            connection, took = call(path, method)
            os.write(write, b"%d" % took)
        except (EOFError, OSError) as failure:
            os.write(write, b"failed: " + str(failure).encode())
            os._exit(1)
        os.close(write)
        while True:
            signal.pause()
    os.close(write)
    answer = os.read(read, 200).decode()
    os.close(read)
    if not answer.isdigit():
        sys.exit("process %d: %s" % (pid, answer))
    return pid, int(answer)


def stay(path, method, told):
    """Forks; the child calls, says how long it took, and then what comes on its stream."""
    pid = os.fork()
    if pid == 0:
        try:
            connection, took = call(path, method)
            os.write(told, b"%d\n" % took)
            while True:
                first_message(connection)
                os.write(told, b"renewed\n")
        except (EOFError, OSError) as failure:
            os.write(told, b"failed: " + str(failure).encode() + b"\n")
            os._exit(1)
    return pid


def live(path, method, count):
    """One process after the other; then passes on what they say until a line comes."""
    read, write = os.pipe()
    said = os.fdopen(read, "rb", 0)
    children = []
    try:
        for _ in range(count):
            children.append(stay(path, method, write))
            print(said.readline().decode().strip(), flush=True)
        while True:
            ready, _, _ = select.select([said, sys.stdin], [], [])
            if sys.stdin in ready:
                return
            print(said.readline().decode().strip(), flush=True)
    finally:
        for pid in children:
            end(pid)


def end(pid):
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def main(what, path, count):
    method = b"/grpc.health.v1.Health/Check" if what == "health" else b"/SpiffeWorkloadAPI/FetchX509SVID"
    if what == "live":
        live(path, method, count)
        return
    children = []
    try:
        for _ in range(count):
            pid, took = in_child(path, method)
            if what == "exit":
                when = time.monotonic_ns()
                end(pid)
                print(pid, when, flush=True)
                sys.stdin.readline()
            else:
                children.append(pid)
                print(took, flush=True)
                if len(children) > ALIVE:
                    end(children.pop(0))
    finally:
        for pid in children:
            end(pid)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
