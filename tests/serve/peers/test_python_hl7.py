"""Python's hl7: its command mllp_send, and its asyncio client and server, also over TLS with certificates."""

from __future__ import annotations

import asyncio
import re
import ssl
import subprocess
import threading
from pathlib import Path

import clinic
import pytest
from authority import MLLPS
from harness import frame, msa, order
from programs import program

hl7 = pytest.importorskip("hl7", reason="python3-hl7 is not installed: `./dev test` installs it")
mllp = pytest.importorskip("hl7.mllp")


def sent(address: str, path: Path, *more: str) -> list[tuple[str, str]]:
    """Send a file with mllp_send; return MSA-1 and MSA-2 of each answer. Its exit code says nothing."""
    host, port = address.rsplit(":", 1)
    command = [program("mllp_send", "python3-hl7"), *more, "-p", port, "-f", str(path), host]
    done = subprocess.run(command, capture_output=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return re.findall(r"MSA\|(\w+)\|([^|\r\n]*)", done.stdout.decode())


def test_mllp_send(start, tmp_path: Path) -> None:
    service = start()
    address, script = service.addresses["mllp"], tmp_path / "orders.mllp"
    new, cancelled = order("S1", "P1"), order("S2", "P1", word="CA")
    unknown, other = order("S3", "P9", word="CA"), order("S1", "P2")
    old = order("S4", "P4").replace("|2.5.1", "|9.9")
    script.write_bytes(b"".join(frame(message) for message in (new, new, cancelled, unknown, other, old)))
    expected = [("AA", "S1"), ("AA", "S1"), ("AA", "S2"), ("AE", "S3"), ("AR", "S1"), ("AR", "S4")]
    assert sent(address, script) == expected
    script.write_text(order("L1", "P5").replace("\r", "\n"))
    assert sent(address, script, "--loose") == [("AA", "L1")]


async def ask(address: str, messages: list[str], context: ssl.SSLContext | None = None) -> list[tuple[str, str]]:
    host, port = address.rsplit(":", 1)
    name = {"server_hostname": "localhost"} if context else {}
    opened = mllp.open_hl7_connection(host, int(port), ssl=context, encoding="utf-8", limit=2**24, **name)
    reader, writer = await asyncio.wait_for(opened, 20)
    answers = []
    for message in messages:
        writer.writemessage(hl7.parse(message))
        await writer.drain()
        answers.append(msa(str(await asyncio.wait_for(reader.readmessage(), 20)).encode()))
    writer.close()
    return answers


def test_asyncio_client(start) -> None:
    service = start()
    messages = [order(f"A{number}", f"P{number}") for number in range(20)]
    assert asyncio.run(ask(service.addresses["mllp"], messages)) == [("AA", f"A{number}") for number in range(20)]


def test_asyncio_client_over_tls(start, certificates: Path) -> None:
    address = start(MLLPS).addresses["mllps"]
    context = ssl.create_default_context(cafile=str(certificates / "ca.crt"))
    with pytest.raises((ssl.SSLError, OSError, EOFError)):
        asyncio.run(ask(address, [order("T0", "P0")], context))  # it shows no certificate
    context.load_cert_chain(certificates / "good.crt", certificates / "good.key")
    assert asyncio.run(ask(address, [order("T1", "P1")], context)) == [("AA", "T1")]


class Server:
    """hl7's asyncio server in a thread; over TLS it asks for a certificate."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.context = context
        self.received: list[str] = []
        self.names: list[str] = []  # of the certificates that were shown
        self.ready, self.loop = threading.Event(), asyncio.new_event_loop()
        threading.Thread(target=self.run, daemon=True).start()
        assert self.ready.wait(10)

    def run(self) -> None:
        started = mllp.start_hl7_server(self.talk, "127.0.0.1", 0, ssl=self.context, encoding="utf-8", limit=2**24)
        self.port = self.loop.run_until_complete(started).sockets[0].getsockname()[1]
        self.ready.set()
        self.loop.run_forever()

    async def talk(self, reader, writer) -> None:
        shown = writer.get_extra_info("peercert")
        while not writer.is_closing():
            try:
                message = await reader.readmessage()
            except asyncio.IncompleteReadError:
                return
            self.names += [value for _, value in shown["subjectAltName"]] if shown else []
            self.received.append(str(message))
            writer.writemessage(message.create_ack())
            await writer.drain()


def test_results_to_the_asyncio_server(open_clinic) -> None:
    server = Server()
    lab = open_clinic(clinic.destination(server.port))
    answers = asyncio.run(ask(lab.service.addresses["mllp"], clinic.orders("PY")))
    assert [code for code, _ in answers] == ["AA"] * 3
    lab.sign_every_kind()
    assert lab.all_accepted() == clinic.control_ids(server.received)
    clinic.check_kinds(server.received, "PY")


def test_results_to_the_asyncio_server_over_tls(open_clinic, certificates: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(certificates / "ca.crt"))
    context.load_cert_chain(certificates / "server.crt", certificates / "server.key")
    context.verify_mode = ssl.CERT_REQUIRED
    server = Server(context)
    lab = open_clinic(
        clinic.destination(
            server.port, '[destination.tls]\nca = "ca.crt"\ncertificate = "good.crt"\nkey = "good.key"\n'
        )
    )
    lab.sign_every_kind()
    assert lab.all_accepted() == clinic.control_ids(server.received)
    assert set(server.names) == {"lis.example.org"}
