"""TLS by openssl's s_client and by stunnel: in front of a plain sender, and in front of a plain receiver."""

from __future__ import annotations

import subprocess
from pathlib import Path

import clinic
import pytest
from authority import MLLPS
from harness import Laboratory, Wire, frame, msa, order
from programs import free_port, program, wait_for


@pytest.fixture
def tunnel(certificates: Path):
    """Start stunnel: what comes to a port of ours goes on to another, and one of the two ways is TLS."""
    running: list[subprocess.Popen] = []

    def begin(accept: str, connect: str, name: str, more: str) -> None:
        settings = certificates / f"stunnel-{name}.conf"
        settings.write_text(
            f"foreground = yes\npid =\n[mllps]\naccept = {accept}\nconnect = {connect}\n"
            f"cert = {name}.crt\nkey = {name}.key\nCAfile = ca.crt\nverifyChain = yes\n{more}"
        )
        command = [program("stunnel", "stunnel4"), settings.name]
        log = (certificates / f"stunnel-{name}.log").open("w")
        running.append(subprocess.Popen(command, cwd=certificates, stdout=log, stderr=log))
        wait_for(int(accept.rsplit(":", 1)[1]))

    yield begin
    for one in running:
        one.kill()
        one.wait()


def test_stunnel_in_front_of_a_sender(start, tunnel) -> None:
    port = free_port()
    mllps = start(MLLPS).addresses["mllps"]
    tunnel(f"127.0.0.1:{port}", mllps, "good", "client = yes\ncheckHost = localhost\n")
    wire = Wire(f"127.0.0.1:{port}")
    assert [msa(wire.ask(order(f"T{i}", f"P{i}"))) for i in range(20)] == [("AA", f"T{i}") for i in range(20)]


def test_stunnel_in_front_of_a_receiver(open_clinic, tunnel, laboratory: Laboratory) -> None:
    port = free_port()
    tunnel(f"127.0.0.1:{port}", f"127.0.0.1:{laboratory.port}", "server", "requireCert = yes\n")
    ours = '[destination.tls]\nca = "ca.crt"\ncertificate = "good.crt"\nkey = "good.key"\n'
    lab = open_clinic(clinic.destination(port, ours))
    lab.sign_every_kind()
    assert lab.all_accepted() == clinic.control_ids(laboratory.received)


def s_client(folder: Path, address: str, name: str, protocol: str) -> tuple[str, str]:
    """Send an order by hand; return MSA-1 and MSA-2, empty where the service closed."""
    command = ["openssl", "s_client", "-connect", address, "-quiet", protocol, "-verify_return_error"]
    files = ["-CAfile", "ca.crt", "-cert", f"{name}.crt", "-key", f"{name}.key", "-verify_hostname", "localhost"]
    with subprocess.Popen(
        [*command, *files], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin and process.stdout
        answer = b""
        try:
            process.stdin.write(frame(order(f"O{protocol}", f"P{protocol}")))
            process.stdin.flush()
            while not answer.endswith(b"\x1c\r") and (more := process.stdout.read1()):
                answer += more
        except BrokenPipeError:
            pass
        process.kill()
    return msa(answer)


@pytest.mark.parametrize("protocol", ["-tls1_2", "-tls1_3"])
def test_openssl(start, certificates: Path, protocol: str) -> None:
    address = start(MLLPS).addresses["mllps"]
    assert s_client(certificates, address, "good", protocol) == ("AA", f"O{protocol}")
    assert s_client(certificates, address, "otherca", protocol) == ("", "")
