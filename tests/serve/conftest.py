"""Services and laboratory systems that are gone when their test is."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import Laboratory, Service


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
