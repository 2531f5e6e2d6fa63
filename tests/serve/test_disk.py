"""A disk that is full, or takes no byte at all: nothing is acknowledged, nothing is half there, and nobody restarts.

A full disk is a small one of its own, which only root can mount. A disk that takes nothing is made by the limit of a
file's size: then every write fails, as on a disk that turned read-only.
"""

from __future__ import annotations

import resource
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from harness import COMMAND, Person, Service, Wire, msa, order
from people import administrator, hire, logged_in

DISK = 96 << 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """The data folder on a disk of 96 MiB."""
    folder = tmp_path / "data"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    ballast = folder / "ballast"
    for piece in (1 << 20, 4096):
        with pytest.raises(OSError, match="No space left"), ballast.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(piece))
    return ballast


class Trouble:
    """The disk fails from now on, until it is mended."""

    def __init__(self, service: Service, full: bool) -> None:
        self.service, self.pid = service, service.process.pid
        self.ballast = fill(service.folder / "data") if full else None
        if not full:
            _, self.hard = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (0, self.hard))

    def mend(self) -> None:
        if self.ballast:
            self.ballast.unlink()
        else:
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (self.hard, self.hard))


@pytest.fixture(params=["full", "takes nothing"])
def trouble(request: pytest.FixtureRequest) -> Callable[[Service], Trouble]:
    if request.param == "full":
        request.getfixturevalue("small_disk")
    return lambda service: Trouble(service, request.param == "full")


def technician(service: Service) -> Person:
    hire(administrator(service), "tom", "technician")
    return logged_in(service, "tom")


def whole(service: Service, stored: set[str]) -> None:
    """The store holds these messages and an order for each, and agrees with itself and with its audit."""
    with closing(sqlite3.connect(f"file:{service.folder}/data/microchim.db?mode=ro", uri=True)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert {row[0] for row in db.execute("SELECT ctrl FROM inbound")} == stored
        assert {row[0] for row in db.execute("SELECT placer FROM lab_order")} == stored
        assert db.execute("SELECT count(*) FROM audit WHERE action = 'message.store'").fetchone() == (len(stored),)
    admin = [COMMAND, "admin", "--config", str(service.config), "audit-verify"]
    assert subprocess.run(admin, capture_output=True).returncode == 0


def ask(wire: Wire, control: str, more: str = "|||") -> str:
    """Order; a long one, so that it needs room. Give the code of the answer."""
    note = "NTE|1||" + "x" * 8000 + "\r"
    answer = wire.ask(order(control, control, ask=more) + note)
    code, named = msa(answer)
    assert named == control
    assert (b"|207^" in answer) == (code not in ("AA", "CA"))
    return code


def test_orders(start, trouble) -> None:
    service = start()
    wire = service.wire()
    stored = set()
    for cycle in range(3):
        for number in range(5):
            assert ask(wire, f"G{cycle}-{number}") == "AA"
            stored.add(f"G{cycle}-{number}")
        failing = trouble(service)
        refused = []
        for number in range(60):
            control = f"F{cycle}-{number}"
            if (code := ask(wire, control)) == "AA":  # what fits into the last free page
                assert not refused
                stored.add(control)
            else:
                assert code == "AE"
                refused.append(control)
        assert len(refused) > 30
        assert ask(wire, f"C{cycle}", "|||AL|NE") == "CE"
        assert ask(service.wire(), f"N{cycle}") == "AE"
        whole(service, stored)  # while the disk fails
        failing.mend()
        for control in refused:  # AE asked for it
            assert ask(wire, control) == "AA"
        stored.update(refused)
        whole(service, stored)
    assert service.stop() == 0
    whole(service, stored)


def test_uploads(start, trouble) -> None:
    service = start()
    tom = technician(service)
    uploads = service.folder / "data/uploads"
    failing = trouble(service)
    for name in ("a.zip", "b.zip"):
        status, body, headers = tom.ask("POST", f"/api/v1/jobs?name={name}", b"PK" + bytes(1 << 20))
        assert (status, body["status"]) == (507, 507)
        assert headers.get_content_type() == "application/problem+json"
    status, body, _ = tom.ask("GET", "/api/v1/jobs")
    assert (status, body["items"]) == (200, [])
    assert tom.ask("GET", "/livez")[0] == 200
    assert tom.ask("GET", "/readyz")[0] == 503
    assert list(uploads.iterdir()) == []
    failing.mend()
    assert tom.ask("GET", "/readyz")[0] == 200
    status, body, _ = tom.ask("POST", "/api/v1/jobs?name=a.csv", b"not,a,run\n")
    assert status == 202, body
    service.until(lambda s: s["jobs"]["failed"] == 1)
    assert list(uploads.iterdir()) == []
    assert service.stop() == 0


def test_an_upload_that_fits_once_but_not_twice(start, small_disk: Path) -> None:
    """It arrives, and there is no room for the copy that is kept."""
    service = start()
    tom = technician(service)
    status, body, headers = tom.ask("POST", "/api/v1/jobs?name=a.zip", b"PK" + bytes(DISK * 2 // 3))
    assert (status, body["status"]) == (507, 507)
    assert headers.get_content_type() == "application/problem+json"
    assert list((small_disk / "uploads").iterdir()) == []
    assert [path.name for path in (small_disk / "spool").iterdir()] == []
    assert ask(service.wire(), "G") == "AA"


def test_the_end_and_a_new_beginning(start, trouble) -> None:
    """It ends while the disk fails; with room again it begins as if nothing had been."""
    service = start()
    wire = service.wire()
    assert ask(wire, "G1") == "AA"
    failing = trouble(service)
    while ask(wire, "F") == "AA":
        pass
    began = time.monotonic()
    assert service.stop() == 0
    assert time.monotonic() - began < 10
    if failing.ballast:
        failing.mend()
    service.start()
    assert ask(service.wire(), "G2") == "AA"
    whole(service, {"G1", "G2"})


def test_a_beginning_on_a_disk_that_nobody_may_write(start, small_disk: Path) -> None:
    service = start()
    assert ask(service.wire(), "G1") == "AA"
    assert service.stop() == 0
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    command = [COMMAND, "serve", "--config", str(service.config)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert ended.returncode == 4
    assert "cannot be written" in ended.stderr
    assert ended.stdout == ""
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    service.start()
    assert ask(service.wire(), "G2") == "AA"


@pytest.mark.usefixtures("small_disk")
def test_a_run_that_cannot_be_kept_is_kept_later(make_lab, tmp_path: Path) -> None:
    service = make_lab("")
    service.until(lambda s: s["jobs"]["done"] == 1)
    failing = Trouble(service, full=True)
    shutil.copytree(tmp_path / "inbox/run", tmp_path / "again")
    (tmp_path / "again/note.txt").write_text("another run")
    (tmp_path / "again").rename(tmp_path / "inbox/again")
    before = service.log.stat().st_size
    time.sleep(6)
    log = service.log.read_text()[before:]
    assert 0 < log.count("level=error jobs: ") < 4, log
    assert sum(service.status()["jobs"].values()) == 1
    failing.mend()
    service.until(lambda s: sum(s["jobs"].values()) == 2 and not s["jobs"].get("waiting"))
    assert service.stop() == 0
    admin = [COMMAND, "admin", "--config", str(service.config), "audit-verify"]
    assert subprocess.run(admin, capture_output=True).returncode == 0
