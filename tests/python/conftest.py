"""Runs and settings for the tests of the Python package, made here."""

from __future__ import annotations

from pathlib import Path

import pytest
from product import COMMAND, HEADER, amplitudes, row


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A QuantaSoft result table: three wells of two targets."""
    wells = [("A01", "P1-pre", 1, 9000), ("A02", "P1-d28", 210, 9120), ("B01", "NTC", 0, 2)]
    rows = [row(w, s, 1, "SRY", k, 18123) for w, s, k, _ in wells]
    rows += [row(w, s, 2, "RPP30", k, 18123) for w, s, _, k in wells]
    path = tmp_path_factory.mktemp("table") / "plate.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return path


@pytest.fixture(scope="session")
def droplets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the amplitudes of one well: 400 droplets, 30 positive in the first channel, 100 in the second."""
    folder = tmp_path_factory.mktemp("droplets") / "run"
    folder.mkdir()
    (folder / "run.csv").write_text(
        "\n".join([HEADER, row("C03", "P1-d7", 1, "SRY", 30, 400), row("C03", "P1-d7", 2, "RPP30", 100, 400)]) + "\n"
    )
    (folder / "run_C03_Amplitude.csv").write_text(amplitudes(400, 30, 100))
    return folder


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A case, its panel and a sample sheet."""
    folder = tmp_path_factory.mktemp("settings")
    files = {
        "case": """schema = "microchim/case/1"
id = "P1"
[[donor]]
id = "D1"
[genotype]
SRY = { recipient = 0, D1 = 1 }
[[infusion]]
donor = "D1"
date = 2026-03-02
[[sample]]
name = "P1-pre"
role = "baseline"
collected = 2026-02-27
[[sample]]
name = "P1-d28"
role = "follow-up"
collected = 2026-03-30
specimen = "PB"
""",
        "panel": """schema = "microchim/panel/1"
name = "Y"
[[marker]]
id = "SRY"
class = "Y"
target = "SRY"
[[reference]]
target = "RPP30"
copies = 2
""",
        "samples": "sample,specimen\nP1-d28,BM\n",
    }
    paths = {name: folder / (name + (".csv" if name == "samples" else ".toml")) for name in files}
    for name, text in files.items():
        paths[name].write_text(text)
    return paths


@pytest.fixture(scope="session")
def command() -> Path:
    """The command of the same build."""
    if not COMMAND.exists():
        pytest.skip(f"the command was not built: {COMMAND}")
    return COMMAND
