"""The simulated patient, once for all tests of this folder."""

from pathlib import Path

import pytest
from command import run


@pytest.fixture(scope="session")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("simulated") / "patient"
    done = run("simulate", "--patient", "-o", out)
    assert done.returncode == 0, done.stderr
    return out
