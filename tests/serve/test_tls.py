"""Who may speak MLLP over TLS: six certificates, of which one is good; and keys that others may read."""

from __future__ import annotations

import socket
import ssl
import subprocess
from pathlib import Path

import pytest
from authority import MLLPS
from authority import Authority as Authority
from harness import COMMAND, Wire, msa, order


def answer(address: str, folder: Path, name: str | None, message: str) -> tuple[str, str]:
    """Ask over TLS; ("", "") where the service closed."""
    context = ssl.create_default_context(cafile=str(folder / "ca.crt"))
    if name:
        context.load_cert_chain(folder / f"{name}.crt", folder / f"{name}.key")
    host, port = address.rsplit(":", 1)
    wire = Wire.__new__(Wire)
    wire.rest = b""
    try:
        with socket.create_connection((host, int(port)), timeout=10) as raw:
            wire.socket = context.wrap_socket(raw, server_hostname="localhost")
            return msa(wire.ask(message))
    except (ssl.SSLError, OSError):
        return "", ""


def test_only_one_of_six_certificates_is_answered(start, certificates: Path) -> None:
    address = start(MLLPS).addresses["mllps"]
    for name in (None, "expired", "serveronly", "stranger", "otherca"):
        assert answer(address, certificates, name, order("T0", "P0")) == ("", ""), name
    assert answer(address, certificates, "good", order("T1", "P1")) == ("AA", "T1")
    # A message that names another sender than the certificate does.
    assert answer(address, certificates, "good", order("T2", "P2").replace("|LIS|", "|EVE|", 1)) == ("AR", "T2")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_old_versions_of_tls_are_refused(start, certificates: Path) -> None:
    service = start(MLLPS)
    for kind in ("mllps", "http"):
        host, port = service.addresses[kind].rsplit(":", 1)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        with socket.create_connection((host, int(port)), timeout=10) as raw, pytest.raises((ssl.SSLError, OSError)):
            context.wrap_socket(raw)


def check(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    (folder / "c.toml").write_text('data = "d"\n' + text)
    command = [COMMAND, "serve", "--config", str(folder / "c.toml"), "--check"]
    return subprocess.run(command, capture_output=True, text=True)


def test_a_key_that_others_may_read_is_refused(certificates: Path) -> None:
    assert check(certificates, MLLPS).returncode == 0
    (certificates / "server.key").chmod(0o644)
    done = check(certificates, MLLPS)
    assert done.returncode == 4
    assert "server.key" in done.stderr


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[mllp]\nlisten = "0.0.0.0:2575"\n', "allow_plain_mllp_on_network"),
        ('[mllp]\nlisten = "2575"\n', "a host and a port"),
        ('[[peer]]\nname = "X"\n', "address"),
        ('[[peer]]\nname = "X"\naddress = ["127.0.0.1"]\nprofil = "strict"\n', "did you mean 'profile'"),
        ('[[destination]]\nname = "X"\nkind = "file"\nfolder = "nowhere"\n', "nowhere"),
        ('[[destination]]\nname = "X"\naddress = "127.0.0.1:1"\n' * 2, "two destinations"),
        ("[inbox]\nfolder = 5\n", "text in quotes"),
        ('instance = "a name that is too long"\n', "instance"),
    ],
)
def test_settings_that_are_wrong_are_told(tmp_path: Path, text: str, named: str) -> None:
    done = check(tmp_path, text)
    assert done.returncode == 4, done
    assert named in done.stderr


def test_admin(start) -> None:
    service = start()
    service.wire().ask(order("M1", "P1"))
    admin = [COMMAND, "admin", "--config", str(service.config)]
    copy = service.folder / "copy.db"
    assert subprocess.run([*admin, "backup", str(copy)], capture_output=True).returncode == 0
    assert subprocess.run([*admin, "backup", str(copy)], capture_output=True).returncode == 4  # never replaced
    assert subprocess.run([*admin, "restore", str(copy)], capture_output=True).returncode == 4  # it runs
    service.wire().ask(order("M2", "P2"))
    assert service.stop() == 0
    assert service.status()["orders"]["stored"] == 2
    assert subprocess.run([*admin, "restore", str(copy)], capture_output=True, check=True)
    status = service.status()
    assert (status["running"], status["orders"]["stored"], status["audit"]["verified"]) == (False, 1, True)
    added = subprocess.run(
        [*admin, "user", "add", "ada", "Ada", "reviewer"], input="short\n", capture_output=True, text=True
    )
    assert added.returncode == 4 and "12" in added.stderr
    good = subprocess.run([*admin, "user", "add", "ada", "Ada", "reviewer"], input="quite long enough\n", text=True)
    assert good.returncode == 0
