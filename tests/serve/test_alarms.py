"""What a person has to look at, and certificates that are renewed while the service runs."""

from __future__ import annotations

import signal
import ssl
import subprocess
import time
from pathlib import Path

from harness import COMMAND, Service, msa, order
from people import administrator


def shown(service: Service) -> bytes:
    host, port = service.addresses["http"].rsplit(":", 1)
    return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate((host, int(port))))


def certificate(folder: Path, days: int) -> None:
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-days", str(days)]
    files = ["-keyout", str(folder / "server.key"), "-out", str(folder / "server.crt")]
    subprocess.run([*make, *names, *files], check=True, capture_output=True)


def test_a_certificate_is_renewed_while_the_service_runs(start) -> None:
    service = start()
    root = administrator(service)
    assert root.ask("GET", "/api/v1/status")[1]["alarms"] == []
    folder = service.folder / "data/tls"
    old, wire = shown(service), service.wire()
    certificate(folder, days=7)
    service.process.send_signal(signal.SIGHUP)
    until(lambda: shown(service) != old)
    assert msa(wire.ask(order("M1", "P1"))) == ("AA", "M1")  # nobody lost a connection
    until(lambda: "alarm certificate.ends" in service.log.read_text())
    root.context.load_verify_locations(folder / "server.crt")
    assert [alarm["code"] for alarm in root.ask("GET", "/api/v1/status")[1]["alarms"]] == ["certificate.ends"]

    new = shown(service)
    (folder / "server.crt").write_text("no certificate")
    service.process.send_signal(signal.SIGHUP)
    until(lambda: "not reloaded" in service.log.read_text())
    assert shown(service) == new
    assert service.stop() == 0


def until(what, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_with_too_little_room_nothing_new_is_taken(start) -> None:
    service = start()
    assert msa(service.wire().ask(order("M1", "P1"))) == ("AA", "M1")
    service.restart("disk_reserve_mib = 0", "disk_reserve_mib = 1000000")
    answer = service.wire().ask(order("M2", "P2"))
    assert msa(answer) == ("AE", "M2") and b"|207^" in answer
    assert "alarm disk.full" in service.log.read_text()
    service.restart("disk_reserve_mib = 1000000", "disk_reserve_mib = 0")
    assert msa(service.wire().ask(order("M2", "P2"))) == ("AA", "M2")
    assert service.status()["orders"]["stored"] == 2


def test_a_lost_signing_key_is_not_replaced(start) -> None:
    service = start()
    assert msa(service.wire().ask(order("M1", "P1"))) == ("AA", "M1")
    assert service.stop() == 0
    key = service.folder / "data/signing.pem"
    key.rename(service.folder / "kept.pem")
    audit = service.status()["audit"]
    assert audit["verified"] is False and "key" in audit["what"]
    assert not key.exists()
    serve = [COMMAND, "serve", "--config", str(service.config)]
    refused = subprocess.run(serve, capture_output=True, text=True)
    assert refused.returncode != 0 and "signing key" in refused.stderr and not key.exists()
    (service.folder / "kept.pem").rename(key)
    service.start()
    assert service.status()["audit"]["verified"] is True
