"""schemathesis: requests made after `/api/v1/openapi.json`, right and wrong ones; no answer may break the document."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import clinic
import pytest
from harness import Laboratory
from people import logged_in, token
from programs import INSTALLED, need

EXAMPLES = "50" if os.environ.get("MICROCHIM_LONG") else "3"


@pytest.fixture
def lab(open_clinic, laboratory: Laboratory) -> clinic.Clinic:
    made = open_clinic(clinic.destination(laboratory.port))
    made.sign_every_kind()
    return made


def run(lab: clinic.Clinic, headers: dict[str, str], *more: str) -> None:
    """Have schemathesis ask the service as somebody."""
    program = str(need(INSTALLED / "venv/bin/schemathesis"))
    settings = ["--config-file", str(Path(__file__).with_name("schemathesis.toml"))]
    words = ["--tls-verify", str(lab.service.folder / "data/tls/server.crt"), "--max-examples", EXAMPLES, *more]
    who = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    document = f"https://{lab.service.addresses['http']}/api/v1/openapi.json"
    command = [program, *settings, "run", document, *words, *who]
    done = subprocess.run(command, capture_output=True, text=True, cwd=lab.service.folder, timeout=540)
    asked = re.search(r"(\d+) generated", done.stdout)
    assert done.returncode == 0 and asked, done.stdout + done.stderr
    assert int(asked[1]) > 50
    assert lab.service.status()["audit"]["verified"] is True


def test_a_reviewer(lab: clinic.Clinic) -> None:
    run(lab, lab.bea.headers)


def test_an_administrator_and_a_machine(lab: clinic.Clinic) -> None:
    root = logged_in(lab.service, "root")
    secret = token(root, "LIS")["secret"]
    run(lab, {"Authorization": f"Bearer {secret}"}, "--phases", "fuzzing,stateful")
    run(lab, root.headers, "--phases", "fuzzing,stateful")
