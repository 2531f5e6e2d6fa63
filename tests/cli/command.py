"""Running the command, and the simulated patient that the tests of this folder share."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = os.environ.get("MICROCHIM_BIN", str(ROOT / "build/bin/microchim"))


def run(*words: object, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BIN, *map(str, words)], input=stdin, capture_output=True, text=True, timeout=120)


def question(patient: Path) -> list[str]:
    return ["--case", str(patient / "case.toml"), "--panel", str(patient / "panel.toml")]


def error_of(done: subprocess.CompletedProcess[str]) -> dict:
    return json.loads(done.stdout)["error"]


EXAMPLE = {
    "id": "s1",
    "observations": [
        {"target": "SRY", "positive": 12, "accepted": 36246, "donor": 1, "recipient": 0, "volume_nl": 0.85,
         "blank": {"positive": 1, "accepted": 60000}},
        {"target": "RPP30", "positive": 9120, "accepted": 36246, "donor": 2, "recipient": 2, "volume_nl": 0.85},
    ],
}  # fmt: skip
