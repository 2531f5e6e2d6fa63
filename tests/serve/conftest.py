"""Services and laboratory systems that are gone when their test is."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from authority import Authority
from harness import COMMAND, Laboratory, Service
from people import administrator, hire


@pytest.fixture
def laboratory() -> Laboratory:
    return Laboratory()


@pytest.fixture
def start(tmp_path: Path):
    """Start services; they are gone when the test is."""
    running: list[Service] = []

    def begin(more: str = "") -> Service:
        running.append(Service(tmp_path, more))
        return running[-1]

    yield begin
    for service in running:
        if service.process.poll() is None:
            service.kill()


@pytest.fixture
def make_lab(start, tmp_path: Path):
    """Start a service with a patient's run in its inbox, and Ada (reviewer), Tom (technician)."""

    def make(destinations: str) -> Service:
        simulate = [COMMAND, "simulate", "--patient", "-o", str(tmp_path / "patient")]
        subprocess.run(simulate, check=True, capture_output=True)
        for folder in ("cases", "inbox", "out"):
            (tmp_path / folder).mkdir()
        (tmp_path / "patient/case.toml").rename(tmp_path / "cases/case.toml")
        service = start(
            destinations + '[inbox]\nfolder = "inbox"\nsettle_seconds = 1\n'
            '[quantify]\npanel = "patient/panel.toml"\ncases = "cases"\n'
        )
        (tmp_path / "patient/run").rename(tmp_path / "inbox/run")
        root = administrator(service)
        hire(root, "ada", "reviewer", "Ada Tekin")
        hire(root, "tom", "technician", "Tom Kaya")
        return service

    return make


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    ours, others = Authority(tmp_path, "ca"), Authority(tmp_path, "other")
    ours.issue("server", "DNS:localhost,IP:127.0.0.1", "serverAuth")
    ours.issue("good", "DNS:lis.example.org", "clientAuth")
    ours.issue("expired", "DNS:lis.example.org", "clientAuth", days="-1")
    ours.issue("serveronly", "DNS:lis.example.org", "serverAuth")
    ours.issue("stranger", "DNS:somebody.example.org", "clientAuth")
    others.issue("otherca", "DNS:lis.example.org", "clientAuth")
    return tmp_path


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with Ada (reviewer) and Tom (technician), and no runs."""
    service = Service(tmp_path_factory.mktemp("house"))
    root = administrator(service)
    hire(root, "ada", "reviewer")
    hire(root, "tom", "technician")
    yield service
    service.kill()
