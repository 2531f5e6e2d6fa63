"""Wireshark's dissector, a judge that belongs to neither side: nothing malformed in a session, nothing missing."""

from __future__ import annotations

import collections
import signal
import subprocess
import time
from pathlib import Path

import clinic
import pytest
from harness import Laboratory, msa
from programs import program


class Capture:
    """Everything on loopback to or from a port of two."""

    def __init__(self, file: Path, ports: list[str]) -> None:
        self.file, self.ports, self.tshark = file, ports, program("tshark", "tshark")
        which = " or ".join(f"tcp port {port}" for port in ports)
        command = [self.tshark, "-i", "lo", "-f", which, "-w", str(file)]
        self.log = file.with_suffix(".log")
        self.process = subprocess.Popen(command, stderr=self.log.open("w"), stdout=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while not file.exists() or not file.stat().st_size:  # the file's head is written when the capture runs
            if self.process.poll() is not None or time.monotonic() > end:
                self.process.kill()
                pytest.skip(f"capturing on loopback is not permitted here: {self.log.read_text().strip()}")
            time.sleep(0.1)

    def stop(self) -> None:
        time.sleep(1)  # what was seen last is still on its way to the file
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=20)

    def read(self, *words: str) -> list[str]:
        decode = [word for port in self.ports for word in ("-d", f"tcp.port=={port},hl7")]
        command = [self.tshark, "-n", "-r", str(self.file), *decode, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def test_nothing_is_malformed_and_nothing_is_missing(open_clinic, laboratory: Laboratory, tmp_path: Path) -> None:
    lab = open_clinic(clinic.destination(laboratory.port))
    capture = Capture(
        tmp_path / "session.pcap", [lab.service.addresses["mllp"].rsplit(":", 1)[1], str(laboratory.port)]
    )
    wire = lab.service.wire()
    assert [msa(wire.ask(order))[0] for order in clinic.orders("TS")] == ["AA"] * 3
    lab.sign_every_kind()
    lab.all_accepted()
    capture.stop()
    assert capture.read("-Y", "hl7.malformed or _ws.malformed") == []
    types = capture.read("-Y", "hl7", "-T", "fields", "-E", "aggregator=,", "-e", "hl7.message.type")
    seen = collections.Counter(name for line in types for name in line.split(","))
    assert seen == {"OML": 3, "ORU": 4, "ACK": 7}
