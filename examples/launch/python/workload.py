"""The Workload API by hand, as far as it takes to learn one's own name. A real agent uses a SPIFFE library."""
import socket
import struct

DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY = 0, 1, 3, 4, 7
END_STREAM, END_HEADERS, ACK = 1, 4, 1


class Refused(Exception):
    """The node gives this process no identity."""


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def field(name, value):
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


def request(path):
    headers = b"\x83\x86" + field(b":path", path) + field(b":authority", b"localhost") + field(b"te", b"trailers")
    headers += field(b"content-type", b"application/grpc") + field(b"workload.spiffe.io", b"true")
    start = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0)
    return start + frame(HEADERS, END_HEADERS, 1, headers) + frame(DATA, END_STREAM, 1, b"\0\0\0\0\0")


def exactly(stream, count):
    read = stream.read(count)
    if len(read) < count:
        raise Refused("the node closed the connection")
    return read


def first_message(connection, stream):
    message = b""
    while True:
        head = exactly(stream, 9)
        payload = exactly(stream, int.from_bytes(head[:3], "big"))
        kind, flags = head[3], head[4]
        if kind == DATA:
            message += payload
            if len(message) >= 5 and len(message) >= 5 + int.from_bytes(message[1:5], "big"):
                return message[5:]
        elif kind == SETTINGS and not flags & ACK:
            connection.sendall(frame(SETTINGS, ACK, 0))
        elif kind in (RST_STREAM, GOAWAY) or (kind == HEADERS and flags & END_STREAM):
            raise Refused("the node knows no agent like this process (credence explain says why)")


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def spiffe_id(endpoint):
    """The name of this process: field 1 of the first X.509-SVID in the answer."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with connection:
        connection.connect(endpoint.removeprefix("unix://"))
        connection.sendall(request(b"/SpiffeWorkloadAPI/FetchX509SVID"))
        answer = first_message(connection, connection.makefile("rb"))
    _, at = varint(answer, 1)
    length, at = varint(answer, at + 1)
    return answer[at : at + length].decode()
