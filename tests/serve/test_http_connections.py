"""Connections to the HTTPS side: many requests on one, slow ones, large and broken uploads."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import socket
import threading
import time
import uuid
from pathlib import Path

from harness import Person, Service
from people import administrator, hire, logged_in, new_order, pages


class Raw:
    """One connection, by hand."""

    def __init__(self, person: Person) -> None:
        host, port = person.address.split(":")
        plain = socket.create_connection((host, int(port)), timeout=40)
        self.socket = person.context.wrap_socket(plain, server_hostname=host)
        self.stream = self.socket.makefile("rb")
        self.person = person

    def head(self, method: str, path: str, more: str = "", version: str = "1.1") -> bytes:
        own = "".join(f"{name}: {value}\r\n" for name, value in self.person.headers.items())
        return f"{method} {path} HTTP/{version}\r\nHost: {self.person.address}\r\n{own}{more}\r\n".encode()

    def answer(self) -> tuple[int, bytes, http.client.HTTPMessage]:
        status = int(self.stream.readline().split()[1])
        headers = http.client.parse_headers(self.stream)
        return status, self.stream.read(int(headers.get("Content-Length", 0))), headers

    def ended(self) -> bool:
        """Whether nothing more comes, and the service closes."""
        with contextlib.suppress(OSError):
            return self.stream.read() == b""
        return True


def test_one_connection_for_many_requests(house: Service) -> None:
    tom = logged_in(house, "tom")
    wire = Raw(tom)
    paths = ["/livez", "/api/v1/session", "/api/v1/nothing", "/api/v1/orders?limit=1"] * 5
    for path in paths:
        wire.socket.sendall(wire.head("GET", path))
        assert wire.answer()[0] == (404 if "nothing" in path else 200)
    wire.socket.sendall(b"".join(wire.head("GET", path) for path in paths))  # not waiting for the answers
    bodies = [wire.answer() for _ in paths]
    assert [status for status, _, _ in bodies[:4]] == [200, 200, 404, 200]
    assert json.loads(bodies[1][1])["user"] == "tom"
    body = json.dumps(new_order("KEEP")).encode()
    more = f"Content-Type: application/json\r\nIdempotency-Key: keep-alive-1\r\nContent-Length: {len(body)}\r\n"
    post = wire.head("POST", "/api/v1/orders", more) + body
    wire.socket.sendall(post + post + wire.head("GET", "/livez", "Connection: close\r\n"))
    first, again, last = wire.answer(), wire.answer(), wire.answer()
    assert (first[0], again[0], last[0]) == (201, 201, 200) and first[1] == again[1]
    assert last[2]["Connection"] == "close" and wire.ended()
    old = Raw(tom)
    old.socket.sendall(old.head("GET", "/livez", version="1.0"))
    assert old.answer()[0] == 200 and old.ended()
    # Two lengths, or a length beside chunks, would be read differently by somebody in between.
    for more in (
        "Content-Length: 2\r\nContent-Length: 3\r\n",
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Content-Length: +2\r\n",
        "Content-Length: 99999999999999999999\r\n",
    ):
        odd = Raw(tom)
        odd.socket.sendall(odd.head("POST", "/api/v1/orders", more) + b"{}" + odd.head("GET", "/livez"))
        assert odd.answer()[0] in (400, 411, 413, 415, 501), more
        assert odd.ended(), more


def test_slow_clients_are_cut_off(house: Service) -> None:
    """Whoever says nothing, or a byte now and then, is cut off; nobody else waits for it."""
    tom = logged_in(house, "tom")
    host, port = tom.address.split(":")
    lasted: dict[str, float] = {}

    def silent() -> None:
        with socket.create_connection((host, int(port)), timeout=40) as plain:
            assert plain.recv(100) == b""

    def drip(first: bytes) -> None:
        wire = Raw(tom)
        wire.socket.sendall(first)
        wire.socket.settimeout(1)
        with contextlib.suppress(ConnectionError, BrokenPipeError):
            while True:
                wire.socket.sendall(b"x")
                with contextlib.suppress(TimeoutError):
                    if wire.socket.recv(1) == b"":
                        return

    def timed(name: str, work, *of) -> None:
        since = time.monotonic()
        work(*of)
        lasted[name] = time.monotonic() - since

    upload = Raw(tom).head(
        "POST",
        "/api/v1/jobs?name=slow.zip",
        "Content-Type: application/octet-stream\r\nIdempotency-Key: slow-client\r\nContent-Length: 1000\r\n",
    )
    threads = [
        threading.Thread(target=timed, args=("handshake", silent)),
        threading.Thread(target=timed, args=("header", drip, b"GET /livez HTTP/1.1\r\nX: ")),
        threading.Thread(target=timed, args=("body", drip, upload)),
    ]
    for thread in threads:
        thread.start()
    for _ in range(10):
        since = time.monotonic()
        assert tom.ask("GET", "/api/v1/orders?limit=1")[0] == 200
        assert time.monotonic() - since < 2
        time.sleep(0.5)
    for thread in threads:
        thread.join(timeout=40)
    assert 9 < lasted["handshake"] < 14 and 9 < lasted["header"] < 14 and 14 < lasted["body"] < 20, lasted
    assert list((house.folder / "data/uploads").iterdir()) == []


def peak_memory(service: Service) -> int:
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) << 10


def test_uploads_large_cut_off_and_too_large(start) -> None:
    service = start()
    hire(administrator(service), "tom", "technician")
    tom = logged_in(service, "tom")
    before = peak_memory(service)
    size = 200 << 20
    wire = Raw(tom)
    kind = "Content-Type: application/octet-stream\r\n"
    piece = os.urandom(1 << 20)
    more = f"{kind}Idempotency-Key: {uuid.uuid4().hex}\r\nContent-Length: {size}\r\n"
    wire.socket.sendall(wire.head("POST", "/api/v1/jobs?name=large.bin", more))
    for _ in range(size // len(piece)):
        wire.socket.sendall(piece)
    status, body, _ = wire.answer()
    assert status == 202, body
    assert peak_memory(service) - before < 48 << 20
    service.until(lambda s: s["jobs"]["failed"] == 1)
    kept = [path for path in (service.folder / "data/spool").rglob("*") if path.is_file()]
    assert [path.stat().st_size for path in kept] == [size]
    assert list((service.folder / "data/uploads").iterdir()) == []
    # Cut off in the middle: nothing is left, and the same key works afterwards.
    cut = Raw(tom)
    more = f"{kind}Idempotency-Key: cut-off-upload\r\nContent-Length: {8 << 20}\r\n"
    cut.socket.sendall(cut.head("POST", "/api/v1/jobs?name=cut.bin", more) + piece)
    time.sleep(0.3)
    assert len(list((service.folder / "data/uploads").iterdir())) == 1
    cut.socket.close()
    cut.stream.close()
    end = time.monotonic() + 5
    while list((service.folder / "data/uploads").iterdir()):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert tom.ask("POST", "/api/v1/jobs?name=cut.bin", piece, Idempotency_Key="cut-off-upload")[0] == 202
    assert [job["name"] for page in pages(tom, "/api/v1/jobs", 200) for job in page] == ["large.bin", "cut.bin"]
    # Too large is told before it is read.
    large = Raw(tom)
    more = f"{kind}Idempotency-Key: much-too-large\r\nContent-Length: {(1 << 30) + 1}\r\n"
    large.socket.sendall(large.head("POST", "/api/v1/jobs?name=huge.bin", more))
    status, body, _ = large.answer()
    assert (status, json.loads(body)["code"]) == (413, "body.size")
    # What a killed service left half uploaded is gone after its next start.
    half = Raw(tom)
    more = f"{kind}Idempotency-Key: half-an-upload\r\nContent-Length: {8 << 20}\r\n"
    half.socket.sendall(half.head("POST", "/api/v1/jobs?name=half.bin", more) + piece)
    time.sleep(0.3)
    service.kill()
    assert len(list((service.folder / "data/uploads").iterdir())) == 1
    service.start()
    assert list((service.folder / "data/uploads").iterdir()) == []
