"""What a peer can do to the service: nothing to others, and little to itself.

Numbers of connections and seconds are small here; MICROCHIM_LONG=1 takes those that were promised.
"""

from __future__ import annotations

import asyncio
import os
import re
import resource
import select
import signal
import socket
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from authority import MLLPS, Authority
from harness import Service, Wire, frame, msa, order

LONG = os.environ.get("MICROCHIM_LONG") == "1"
HEAD = b"\x0b" + order("SLOW", "SLOW").split("\r")[0].encode() + b"\r"


@pytest.fixture(autouse=True, scope="module")
def many_descriptors() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def from_address(service: Service, source: str) -> Wire:
    host, port = service.addresses["mllp"].rsplit(":", 1)
    wire = Wire.__new__(Wire)
    wire.rest = b""
    wire.socket = socket.create_connection((host, int(port)), timeout=20, source_address=(source, 0))
    return wire


def memory(service: Service) -> int:
    """The most that it ever had in memory, in bytes."""
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.M)
    assert found
    return int(found[1]) << 10


def processor_seconds(service: Service) -> float:
    fields = Path(f"/proc/{service.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def stored(service: Service) -> dict[str, str]:
    """What is in the store: MSH-10 and the state."""
    with closing(sqlite3.connect(f"file:{service.folder}/data/microchim.db?mode=ro", uri=True)) as db:
        return dict(db.execute("SELECT ctrl, state FROM inbound"))


# --- length


@pytest.mark.parametrize(("ask", "code"), [("|||", "AR"), ("|||AL|NE", "CR")])
def test_a_message_that_is_too_long_is_refused_by_its_name(start, ask: str, code: str) -> None:
    service = start()
    service.restart("[mllp]\n", "[mllp]\nmessage_bytes = 1024\n")
    other, wire = service.wire(), service.wire()
    fits = order("L1", "L1", ask=ask)
    note = "NTE|1||"
    whole = fits + note + "x" * (1024 - len(fits) - len(note) - 1) + "\r"
    assert msa(wire.ask(whole))[1] == "L1"
    answer = wire.ask(order("L2", "L2", ask=ask) + "x" * 2000 + "\r")
    assert msa(answer) == (code, "L2")
    assert b"|207^" in answer
    assert wire.read() == b""
    nameless = service.wire()
    assert nameless.ask("MSH|^~\\&|" + "x" * 2000) == b""  # the limit is reached before it has a name
    assert msa(other.ask(order("L3", "L3"))) == ("AA", "L3")
    assert set(stored(service)) == {"L1", "L3"}


def test_an_endless_frame_costs_no_more_than_the_limit(start) -> None:
    service = start()
    before = memory(service)
    wire = service.wire()
    wire.socket.sendall(HEAD)
    began, answer = time.monotonic(), b""
    with pytest.raises(ConnectionError):
        while True:
            wire.socket.sendall(b"x" * 65536)
            if not answer and select.select([wire.socket], [], [], 0)[0]:
                answer = wire.read()
    assert msa(answer) == ("AR", "SLOW")
    assert time.monotonic() - began < 5  # what comes after the refusal is thrown away, for a second
    assert memory(service) - before < (48 << 20)
    assert msa(service.wire().ask(order("L1", "L1"))) == ("AA", "L1")


def test_many_long_messages_at_once_cost_no_more_than_their_limit(start) -> None:
    """Of 450 MiB that are on their way the service holds 256; the others are closed, and a short one is answered."""
    service = start()
    wires = [service.wire() for _ in range(30)]
    for wire in wires:
        wire.socket.sendall(HEAD + b"x" * (15 << 20))
    assert msa(service.wire().ask(order("L1", "L1"))) == ("AA", "L1")
    assert memory(service) < 400_000_000
    closed = [wire for wire in wires if select.select([wire.socket], [], [], 0)[0]]
    assert 12 < len(closed) < 16
    assert service.log.read_text().count("bytes are arriving") == len(closed)


# --- time


async def connect(service: Service) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, port = service.addresses["mllp"].rsplit(":", 1)
    return await asyncio.open_connection(host, int(port))


async def slow(service: Service, until: float) -> float | None:
    """A byte a second; give after how many seconds it was closed, or nothing."""
    reader, writer = await connect(service)
    began = time.monotonic()
    writer.write(HEAD)
    ended = asyncio.ensure_future(reader.read())
    while not ended.done() and time.monotonic() < until:
        await asyncio.wait([ended], timeout=1)
        writer.write(b"x")
    took = time.monotonic() - began if ended.done() else None
    if ended.done():
        assert ended.exception() or ended.result() == b""
    ended.cancel()
    writer.transport.abort()
    return took


async def busy(service: Service, name: str, until: float, pause: float = 0) -> list[float]:
    """Orders one after another; give how long each took."""
    reader, writer = await connect(service)
    times: list[float] = []
    while time.monotonic() < until:
        began = time.monotonic()
        control = f"{name}-{len(times)}"
        writer.write(frame(order(control, control)))
        assert msa(await reader.readuntil(b"\x1c\r")) == ("AA", control)
        times.append(time.monotonic() - began)
        await asyncio.sleep(pause)
    writer.close()
    return times


def together(work: Callable[[], list[Any]]) -> list[Any]:
    async def run() -> list[Any]:
        return await asyncio.gather(*work())

    return asyncio.run(run())


def test_slow_peers_are_cut_after_15_seconds_and_harm_nobody(start) -> None:
    """64 peers that send a byte a second, one that says nothing at all and may, and one that works."""
    service = start()
    quiet = service.wire()
    until = time.monotonic() + 20
    *cut, times = together(
        lambda: [*(slow(service, until) for _ in range(64)), busy(service, "B", until - 3, pause=0.01)]
    )
    assert all(seconds and 14.5 < seconds < 17.5 for seconds in cut), cut
    times.sort()
    assert len(times) > 300
    assert times[len(times) // 2] < 0.2
    assert service.log.read_text().count("mllp.truncated") == 64
    assert msa(quiet.ask(order("Q", "Q"))) == ("AA", "Q")


@pytest.mark.skipif(not LONG, reason="takes 10 seconds; MICROCHIM_LONG=1 runs it")
def test_a_handshake_that_never_ends_is_cut(start, tmp_path: Path) -> None:
    Authority(tmp_path, "ca").issue("server", "DNS:localhost,IP:127.0.0.1", "serverAuth")
    service = start(MLLPS)
    begun = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"  # of a ClientHello
    for kind in ("mllps", "http"):
        silent, dripping = Wire(service.addresses[kind]), Wire(service.addresses[kind])
        began = time.monotonic()
        for byte in begun:
            dripping.socket.sendall(bytes([byte]))
            time.sleep(0.8)
        assert msa(service.wire().ask(order(f"{kind}", "P"))) == ("AA", kind)
        for wire in (silent, dripping):
            assert wire.read() == b""
        assert 9.5 < time.monotonic() - began < 12


# --- numbers


def test_connections_of_one_address(start) -> None:
    service = start('[[peer]]\nname = "Two"\naddress = ["127.0.0.2"]\n')
    service.restart("[mllp]\n", "[mllp]\nconnections_per_address = 3\n")
    wires = [service.wire() for _ in range(3)]
    for number, wire in enumerate(wires):
        assert msa(wire.ask(order(f"N{number}", "P"))) == ("AA", f"N{number}")
    assert service.wire().read() == b""  # one too many: closed at once
    assert msa(from_address(service, "127.0.0.2").ask(order("T", "T"))) == ("AA", "T")
    for number, wire in enumerate(wires):
        assert msa(wire.ask(order(f"M{number}", "P"))) == ("AA", f"M{number}")
    wires.pop().socket.close()
    time.sleep(0.2)
    assert msa(service.wire().ask(order("O", "O"))) == ("AA", "O")  # there is room again


def test_connections_in_all(start) -> None:
    service = start()
    service.restart("[mllp]\n", "[mllp]\nconnections = 3\n")
    wires = [service.wire() for _ in range(3)]
    for number, wire in enumerate(wires):
        assert msa(wire.ask(order(f"N{number}", "P"))) == ("AA", f"N{number}")
    waiting = service.wire()
    waiting.socket.sendall(frame(order("W", "W")))
    waiting.socket.settimeout(0.5)
    with pytest.raises(TimeoutError):
        waiting.read()
    assert msa(wires[0].ask(order("M", "P"))) == ("AA", "M")
    wires[1].socket.close()
    waiting.socket.settimeout(20)
    assert msa(waiting.read()) == ("AA", "W")


def test_no_descriptors_left(start) -> None:
    """Those who are in are answered, the others wait, and the service does not spin."""
    service = start()
    used = len(os.listdir(f"/proc/{service.process.pid}/fd"))
    first = service.wire()
    assert msa(first.ask(order("F", "F"))) == ("AA", "F")
    resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE, (used + 21, used + 21))
    others = [service.wire() for _ in range(100)]
    for number, wire in enumerate(others):
        wire.socket.sendall(frame(order(f"N{number}", f"N{number}")))
        wire.socket.settimeout(1)
    answered = [wire for wire in others[:20] if msa(wire.read())[0] == "AA"]
    assert len(answered) == 20
    with pytest.raises(TimeoutError):
        others[20].read()
    before = processor_seconds(service)
    for number in range(20):
        assert msa(first.ask(order(f"M{number}", "P"))) == ("AA", f"M{number}")
        time.sleep(0.1)
    assert processor_seconds(service) - before < 0.5
    assert "cannot accept" in service.log.read_text()
    for wire in answered:
        wire.socket.close()
    for number, wire in enumerate(others[20:], 20):
        wire.socket.settimeout(20)
        assert msa(wire.read()) == ("AA", f"N{number}")
        wire.socket.close()


@pytest.mark.parametrize(("slow_ones", "busy_ones", "seconds"), [(1000, 256, 12)] if LONG else [(300, 64, 4)])
def test_memory_with_a_crowd(start, slow_ones: int, busy_ones: int, seconds: int) -> None:
    service = start()
    until = time.monotonic() + seconds
    met = together(
        lambda: [
            *(slow(service, until) for _ in range(slow_ones)),
            *(busy(service, f"B{i}", until) for i in range(busy_ones)),
        ]
    )
    assert all(len(times) > 3 for times in met[slow_ones:])
    assert memory(service) < 100_000_000
    assert len(stored(service)) == sum(len(times) for times in met[slow_ones:])


def test_a_thousand_refusals_and_then_an_order(start) -> None:
    service = start()
    wire = service.wire()
    for number in range(1000):
        assert msa(wire.ask(order(f"R{number}", "P9", word="CA"))) == ("AE", f"R{number}")
    assert msa(wire.ask(order("G", "G"))) == ("AA", "G")
    states = list(stored(service).values())
    assert (states.count("refused"), states.count("applied")) == (1000, 1)


# --- the end


async def until_the_end(service: Service, name: str, answered: list[str]) -> bytes:
    """Orders until the service ends; give what came after the last whole answer."""
    reader, writer = await connect(service)
    number = 0
    try:
        while True:
            number += 1
            control = f"{name}-{number}"
            writer.write(frame(order(control, control)))
            assert msa(await reader.readuntil(b"\x1c\r")) == ("AA", control)
            answered.append(control)
    except asyncio.IncompleteReadError as ended:
        return ended.partial
    except ConnectionError:
        return b""


async def stop_after(service: Service, seconds: float) -> bytes:
    await asyncio.sleep(seconds)
    service.process.send_signal(signal.SIGTERM)
    return b""


@pytest.mark.parametrize("seconds", [0.05 + i * 0.037 for i in range(50 if LONG else 4)])
def test_the_end_under_load(start, seconds: float) -> None:
    service = start()
    answered: list[str] = []
    partial = together(
        lambda: [stop_after(service, seconds), *(until_the_end(service, f"E{i}", answered) for i in range(32))]
    )
    assert service.process.wait(timeout=20) == 0
    assert partial == [b""] * 33  # no answer was cut
    assert len(answered) > 10
    assert set(answered) <= set(stored(service))


def test_a_long_answer_is_finished_before_the_end(start) -> None:
    """A slow reader is still taking an answer of 8 MB, more than the system takes at once, when the service
    is told to end."""
    service = start()
    wire = service.wire()
    wire.socket.close()
    host, port = service.addresses["mllp"].rsplit(":", 1)
    wire.socket = socket.socket()
    wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    wire.socket.settimeout(20)
    wire.socket.connect((host, int(port)))
    head, patient, *one = order("A", "@", ask="|||AL|AL").rstrip("\r").split("\r")
    many = [segment.replace("@", f"P{i}-" + "x" * 1000) for i in range(4000) for segment in one]
    wire.socket.sendall(frame("\r".join([head, patient, *many]) + "\r"))
    assert msa(wire.read()) == ("CA", "A")
    service.process.send_signal(signal.SIGTERM)
    taken = bytearray(wire.rest)
    until = time.monotonic() + 1
    while piece := wire.socket.recv(1 << 20):
        taken += piece
        if time.monotonic() < until:
            time.sleep(0.02)
    assert taken.endswith(b"\x1c\r")
    assert msa(bytes(taken)) == ("AA", "A")
    assert taken.count(b"\rORC|") == 4000
    assert service.process.wait(timeout=20) == 0
