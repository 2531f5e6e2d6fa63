"""ASM documents of real-time runs: against Allotrope's schema, and against the run that they were made of."""

from __future__ import annotations

import copy
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from asm_schema import REAL_TIME, validator
from product import COMMAND

CYCLES = [100.0 + 400.0 / (1 + 2.0 ** (20 - cycle)) for cycle in range(1, 31)]


def react(number: int, sample: str, cq: str, cycles: list[float]) -> str:
    points = "".join(f"<adp><cyc>{i}</cyc><fluor>{value}</fluor></adp>" for i, value in enumerate(cycles, 1))
    melting = "<mdp><tmp>60</tmp><fluor>9</fluor></mdp><mdp><tmp>61.5</tmp><fluor>8</fluor></mdp>"
    return (
        f'<react id="{number}"><sample id="{sample}"/><data><tar id="SRY"/><cq>{cq}</cq>'
        f"{points}{melting}<quantFluor>150.5</quantFluor></data></react>"
    )


DOCUMENT = (
    '<rdml version="1.3" xmlns="http://www.rdml.org"><dye id="FAM"/>'
    '<sample id="std 1000"><type>std</type><quantity><value>1000</value><unit>cop</unit></quantity></sample>'
    '<sample id="P1 d+28"><type>unkn</type></sample><sample id="water"><type>ntc</type></sample>'
    '<target id="SRY"><type>toi</type><dyeId id="FAM"/></target>'
    '<experiment id="e"><run id="run 7"><instrument>Cycler</instrument><pcrFormat><rows>8</rows><columns>12</columns>'
    "<rowLabel>ABC</rowLabel><columnLabel>123</columnLabel></pcrFormat><runDate>2026-11-22T08:12:00Z</runDate>"
    + react(1, "std 1000", "20.125", CYCLES)
    + react(2, "P1 d+28", "21.5", CYCLES)
    + react(3, "water", "-1.0", [100.0] * 30)
    + "</run></experiment></rdml>"
)


def convert(path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [str(COMMAND), "convert", str(path), "--to", "asm", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("asm") / "run.xml"
    file.write_text(DOCUMENT)
    return file


@pytest.fixture
def document(path: Path) -> dict[str, Any]:
    done = convert(path, "--well-volume", "20")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def measurements(document: dict[str, Any]) -> list[dict[str, Any]]:
    wells = document["qpcr aggregate document"]["qpcr document"]
    return [m for well in wells for m in well["measurement aggregate document"]["measurement document"]]


def test_the_schema_takes_it(document: dict[str, Any]) -> None:
    assert [error.message for error in validator(REAL_TIME).iter_errors(document)] == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda d: d["qpcr aggregate document"]["data system document"].pop("ASM file identifier"),
        lambda d: d["qpcr aggregate document"]["device system document"].pop("equipment serial number"),
        lambda d: measurements(d)[0].pop("measurement time"),
        lambda d: measurements(d)[0]["sample document"].update({"sample role type": "NTC"}),
    ],
)
def test_the_schema_refuses_what_is_damaged(document: dict[str, Any], damage: Any) -> None:
    damaged = copy.deepcopy(document)
    damage(damaged)
    assert not validator(REAL_TIME).is_valid(damaged)


def test_what_was_measured(document: dict[str, Any]) -> None:
    standard, patient, water = measurements(document)
    assert standard["measurement identifier"] == "run 7/A01/SRY"
    assert standard["sample document"]["sample role type"] == "standard sample role"
    assert standard["sample document"]["custom information document"]["known quantity"] == 1000
    assert patient["sample document"]["sample identifier"] == "P1 d+28"
    assert water["sample document"]["sample role type"] == "control sample role"
    results = patient["processed data aggregate document"]["processed data document"][0]
    assert results["cycle threshold result (qPCR)"] == {"value": 21.5, "unit": "(unitless)"}
    assert results["data processing document"]["cycle threshold value setting (qPCR)"]["value"] == 150.5
    cube = patient["reporter data cube"]["data"]
    assert cube["dimensions"] == [list(range(1, 31))]
    assert cube["measures"][0] == pytest.approx(CYCLES, rel=1e-6)
    assert patient["melting curve data cube"]["data"] == {
        "dimensions": [[60.0, 61.5]],
        "measures": [[9.0, 8.0], pytest.approx([-2 / 3, -2 / 3], rel=1e-6)],
    }


def test_no_cq_is_no_number(document: dict[str, Any]) -> None:
    water = measurements(document)[2]
    assert "cycle threshold result (qPCR)" not in json.dumps(water["processed data aggregate document"])
    assert water["error aggregate document"]["error document"][0]["error"] == "no amplification"


def test_without_the_volume_of_a_reaction(path: Path) -> None:
    done = convert(path)
    assert done.returncode == 4
    assert "ASM demands the volume of a reaction" in done.stderr
    assert "--well-volume 20" in done.stderr


def test_the_same_bytes_twice(path: Path) -> None:
    assert convert(path, "--well-volume", "20").stdout == convert(path, "--well-volume", "20").stdout
