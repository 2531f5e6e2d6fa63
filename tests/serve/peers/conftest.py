"""Laboratories, receivers and certificates that are gone when their test is."""

from __future__ import annotations

import subprocess
from pathlib import Path

import clinic
import pytest
from people import administrator, hire
from programs import INSTALLED, Receiver, need, program


@pytest.fixture
def open_clinic(start, tmp_path: Path):
    """Start a service with three runs and two reviewers."""

    def begin(more: str) -> clinic.Clinic:
        clinic.make_runs(tmp_path)
        service = start(more + clinic.SETTINGS)
        root = administrator(service)
        hire(root, "ada", "reviewer", "Ada Tekin")
        hire(root, "bea", "reviewer", "Bea Öztürk")
        return clinic.Clinic(service)

    return begin


@pytest.fixture
def receive():
    """Start servers of other people."""
    running: list[Receiver] = []

    def begin(command: list[str]) -> Receiver:
        running.append(Receiver(command))
        return running[-1]

    yield begin
    for one in running:
        one.end()


@pytest.fixture(scope="session")
def hapi(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Compile our peer for HAPI; give the command that runs it."""
    java, javac = program("java", "openjdk-17-jdk-headless"), program("javac", "openjdk-17-jdk-headless")
    jars = str(need(INSTALLED / "jars") / "*")
    classes = tmp_path_factory.mktemp("hapi")
    source = str(Path(__file__).with_name("Peer.java"))
    subprocess.run([javac, "-Xlint:all", "-Werror", "-cp", jars, "-d", str(classes), source], check=True)
    # HAPI leaves a file of numbers where it runs.
    return ["env", "-C", str(classes), java, "-cp", f"{jars}:{classes}", "Peer"]
