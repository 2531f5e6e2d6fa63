"""ASM documents of `microchim convert --to asm`: against Allotrope's schema, and against what the schema lets pass.

The schema comes with the package `allotropy`, of which only the data are used; without it, or without jsonschema, the
tests that need it are skipped.
"""

from __future__ import annotations

import copy
import json
import math
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from asm_schema import validator
from product import COMMAND

TOML = """\
schema = "microchim/csv/1"
partition_volume_nl = { column = "v" }

[run]
id = "run 7"
plate = "P-77"
instrument = "Nimbus DropScope"
serial_number = "DS-0042"
software = "Analyst"
software_version = "4.2"
started = { column = "start" }
rows = 8
columns = 12

[columns]
well = "well"
sample = "sample"
type = "type"
target = "target"
dye = "dye"
accepted = "n"
positive = "k"
threshold = "threshold"
concentration = "conc"

[[pooled]]
column = "row"
equals = "sum"
kind = "sum"
members = "members"

[[pooled]]
column = "row"
equals = "mean"
kind = "mean"
members = "members"
"""
HEADER = "row,well,members,sample,type,target,dye,n,k,threshold,conc,v,start"
START = "2026-11-22 08:12+0100"
ROWS = [
    ("well", "A1", "", "P1 d+28", "unkn", "SRY", "FAM", 17842, 31, 5000.5, 2.05, 0.85),
    ("well", "A1", "", "P1 d+28", "unkn", "RPP30", "HEX", 17842, 9120, "", "", 0.85),
    ("well", "B1", "", "P1 d+28", "unkn", "SRY", "FAM", 16000, 12, 5000.5, "", 0.85),
    ("well", "B1", "", "P1 d+28", "unkn", "RPP30", "HEX", 16000, 16000, "", "", 0.85),  # saturated
    ("well", "C1", "", "", "ntc", "SRY", "FAM", 15000, 0, "", "", 0.85),
    ("well", "D1", "", "dry", "unkn", "SRY", "FAM", 0, 0, "", "", 0.85),
    ("sum", "M1", "A1 B1", "P1 d+28", "", "SRY", "FAM", 33842, 43, "", "", 0.85),
    ("mean", "M2", "A1 B1", "P1 d+28", "", "SRY", "FAM", "", "", "", 1.5, ""),
    ("sum", "M3", "A1 D1", "P1 d+28", "", "SRY", "FAM", 17842, 31, "", "", 0.85),  # D1 is not in the document
]


def drop(folder: Path, start: str = START, rows: list[tuple[Any, ...]] = ROWS, toml: str = TOML) -> Path:
    folder.mkdir(exist_ok=True)
    lines = [HEADER, *(",".join(map(str, (*row, start))) for row in rows)]
    (folder / "results.csv").write_text("\n".join(lines) + "\n")
    (folder / "description.toml").write_text(toml)
    return folder


def convert(*words: object) -> subprocess.CompletedProcess[str]:
    command = [str(COMMAND), "convert", *map(str, words), "--to", "asm"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    done = convert(drop(tmp_path_factory.mktemp("asm") / "drop"))
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def document(text: str) -> dict[str, Any]:
    return json.loads(text)  # type: ignore[no-any-return]


# ---- the schema


def refused(document: dict[str, Any]) -> bool:
    return not validator().is_valid(document)


# ---- our own checks: what the schema lets pass although it is poor

KEYS = {
    "": "$asm.manifest|dPCR aggregate document",
    "dPCR aggregate document": "device system document|data system document|dPCR document|"
    "calculated data aggregate document",
    "device system document": "device identifier|model number|device serial number",
    "data system document": "file name|software name|software version|ASM converter name|ASM converter version",
    "dPCR document": "measurement aggregate document",
    "measurement aggregate document": "experimental data identifier|experiment type|plate well count|container type|"
    "well volume|error aggregate document|measurement document",
    "measurement document": "measurement identifier|measurement time|target DNA description|sample document|"
    "device control aggregate document|total partition count|processed data aggregate document|"
    "custom information document",
    "sample document": "sample identifier|sample role type|well location identifier|well plate identifier|"
    "custom information document",
    "device control aggregate document": "device control document",
    "device control document": "device type|reporter dye setting",
    "processed data aggregate document": "processed data document",
    "processed data document": "number concentration|positive partition count|negative partition count|"
    "data processing document",
    "data processing document": "fluorescence intensity threshold setting",
    "calculated data aggregate document": "calculated data document",
    "calculated data document": "calculated data identifier|calculated data name|calculated data description|"
    "calculated datum|data source aggregate document",
    "data source aggregate document": "data source document",
    "data source document": "data source identifier|data source feature",
    "error aggregate document": "error document",
    "error document": "error|error feature",
}
UNITS = {
    "number concentration": "#/\u03bcL",
    "calculated datum": "#/\u03bcL",
    "well volume": "\u03bcL",
    "fluorescence intensity threshold setting": "(unitless)",
}


def objects(node: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a document with the key it stands under."""
    yield name, node
    for key, value in node.items() if isinstance(node, dict) else []:
        yield from objects(value, key)
    for value in node if isinstance(node, list) else []:
        yield from objects(value, name)


def measurements(document: dict[str, Any]) -> list[dict[str, Any]]:
    wells = document["dPCR aggregate document"]["dPCR document"]
    return [m for well in wells for m in well["measurement aggregate document"]["measurement document"]]


def check(document: dict[str, Any]) -> None:
    for name, node in objects(document):
        assert node is not None, name
        if not isinstance(node, dict) or name == "custom information document":
            assert node not in ("", "NaN", "+Infinity", "-Infinity"), name
            continue
        if "value" in node:
            assert set(node) == {"value", "unit"} and not isinstance(node["value"], str | bool), name
            assert math.isfinite(node["value"]) and node["unit"] == UNITS.get(name, "#"), name
            continue
        assert set(node) <= set(KEYS[name].split("|")), (name, sorted(node))
    known = set()
    for m in measurements(document):
        time = m["measurement time"]
        assert (
            "T" in time and datetime.fromisoformat(time).tzinfo is not None and datetime.fromisoformat(time).year > 2000
        )
        assert m["measurement identifier"] not in known
        known.add(m["measurement identifier"])
        done = m["processed data aggregate document"]["processed data document"][0]
        total, k = m["total partition count"]["value"], done["positive partition count"]["value"]
        assert isinstance(total, int) and k + done["negative partition count"]["value"] == total
        volume = m["custom information document"]["partition volume (nL)"] * 1e-3
        assert done["number concentration"]["value"] == pytest.approx(-math.log1p(-k / total) / volume, rel=1e-12)
    for well in document["dPCR aggregate document"]["dPCR document"]:
        assert well["measurement aggregate document"]["plate well count"]["value"] > 0
    calculated = document["dPCR aggregate document"].get("calculated data aggregate document", {})
    for datum in calculated.get("calculated data document", []):
        assert datum["calculated data identifier"] not in known and "calculated datum" in datum
        known.add(datum["calculated data identifier"])
        for source in datum["data source aggregate document"]["data source document"]:
            assert source["data source identifier"] in known


# ---- what is written


def test_the_schema_and_our_own_checks_are_kept(document: dict[str, Any]) -> None:
    check(document)
    errors = [error.message for error in validator().iter_errors(document)]
    assert errors == []


def test_the_run_is_in_it(document: dict[str, Any]) -> None:
    top = document["dPCR aggregate document"]
    assert top["device system document"] == {
        "device identifier": "DS-0042",
        "model number": "Nimbus DropScope",
        "device serial number": "DS-0042",
    }
    assert top["data system document"]["software version"] == "4.2"
    assert top["data system document"]["ASM converter name"] == "microchim"
    by_name = {m["measurement identifier"]: m for m in measurements(document)}
    assert sorted(by_name) == ["run 7/A01/RPP30", "run 7/A01/SRY", "run 7/B01/SRY", "run 7/C01/SRY"]
    first = by_name["run 7/A01/SRY"]
    assert first["measurement time"] == "2026-11-22T08:12:00+01:00"
    assert first["total partition count"] == {"value": 17842, "unit": "#"}
    assert first["sample document"]["sample identifier"] == "P1 d+28"
    assert first["sample document"]["well plate identifier"] == "P-77"
    assert first["custom information document"]["instrument software concentration (copies per microlitre)"] == 2.05
    blank = by_name["run 7/C01/SRY"]["sample document"]
    assert (blank["sample identifier"], blank["sample role type"]) == ("N/A", "control sample role")
    assert blank["custom information document"] == {"RDML sample type": "ntc"}


def test_the_unit_has_the_greek_letter(text: str) -> None:
    assert "#/\u03bcL" in text and "\u00b5" not in text


def test_what_has_no_concentration_is_named_not_written(tmp_path: Path) -> None:
    done = convert(drop(tmp_path / "drop"))
    assert "every partition is positive: B01 RPP30" in done.stderr
    assert "no partition was accepted: D01 SRY" in done.stderr
    wells = json.loads(done.stdout)["dPCR aggregate document"]["dPCR document"]
    errors = [well["measurement aggregate document"].get("error aggregate document") for well in wells]
    assert [error is not None for error in errors] == [False, True, False]
    assert "RPP30: every partition is positive" in errors[1]["error document"][0]["error"]


def test_pooled_rows_are_calculated_data(tmp_path: Path) -> None:
    done = convert(drop(tmp_path / "drop"))
    top = json.loads(done.stdout)["dPCR aggregate document"]
    total, mean = top["calculated data aggregate document"]["calculated data document"]
    assert total["calculated datum"]["value"] == pytest.approx(-math.log1p(-43 / 33842) / 0.85e-3, rel=1e-12)
    assert mean["calculated datum"]["value"] == 1.5 and "instrument software" in mean["calculated data description"]
    sources = [s["data source identifier"] for s in total["data source aggregate document"]["data source document"]]
    assert sources == ["run 7/A01/SRY", "run 7/B01/SRY"]
    assert "M3 SRY" in done.stderr


def test_twice_is_the_same_to_the_byte(text: str, tmp_path: Path) -> None:
    elsewhere = drop(tmp_path / "drop")
    assert convert(elsewhere).stdout == convert(elsewhere).stdout == text


def test_a_target_measured_in_two_dyes_has_two_identifiers(tmp_path: Path) -> None:
    rows = [ROWS[0], (*ROWS[0][:6], "HEX", *ROWS[0][7:])]
    done = convert(drop(tmp_path / "drop", rows=rows))
    assert [m["measurement identifier"] for m in measurements(json.loads(done.stdout))] == [
        "run 7/A01/SRY",
        "run 7/A01/SRY/HEX",
    ]


# ---- what is refused, with exit code 4


@pytest.mark.parametrize(
    "start",
    ["", "2026-11-22", "22.11.2026 08:12", "2026-11-22T08:12", "2026-02-30T08:12:00Z", "2026-11-22T24:12:00Z",
     "2026-11-22T08:12:00+1", "2026-11-22T08:12:00 Z"],
)  # fmt: skip
def test_no_time_is_invented(tmp_path: Path, start: str) -> None:
    folder = drop(tmp_path / "drop", start)
    done = convert(folder)
    assert done.returncode == 4 and done.stdout == "" and "--run-date" in done.stderr
    assert start in done.stderr
    done = convert(folder, "--run-date", "2026-11-22T08:12:00Z")
    assert done.returncode == 0
    assert measurements(json.loads(done.stdout))[0]["measurement time"] == "2026-11-22T08:12:00+00:00"


def test_a_date_that_the_file_contradicts_is_told(tmp_path: Path) -> None:
    done = convert(drop(tmp_path / "drop"), "--run-date", "2026-11-23T08:12:00+01:00")
    assert done.returncode == 0 and START in done.stderr


@pytest.mark.parametrize("date", ["2026-11-22", "today", "2026-11-22T08:12:00"])
def test_a_date_without_time_and_zone_is_wrong_usage(tmp_path: Path, date: str) -> None:
    done = convert(drop(tmp_path / "drop"), "--run-date", date)
    assert done.returncode == 2 and date in done.stderr


def test_unknown_geometry_or_volume_is_refused(tmp_path: Path) -> None:
    done = convert(drop(tmp_path / "a", toml=TOML.replace("rows = 8\ncolumns = 12\n", "")))
    assert done.returncode == 4 and "number of wells" in done.stderr
    done = convert(tmp_path / "a", "--wells", 24)
    assert done.returncode == 0 and well(json.loads(done.stdout))["plate well count"]["value"] == 24
    toml = TOML.replace('partition_volume_nl = { column = "v" }\n', "")
    done = convert(drop(tmp_path / "b", toml=toml))
    assert done.returncode == 4 and "partition volume is not known" in done.stderr


# ---- the checks find what they are there for


def change(document: dict[str, Any], how: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    how(changed)
    return changed


def result(document: dict[str, Any]) -> dict[str, Any]:
    first = measurements(document)[0]["processed data aggregate document"]["processed data document"][0]
    assert isinstance(first, dict)
    return first


def well(document: dict[str, Any]) -> dict[str, Any]:
    first = document["dPCR aggregate document"]["dPCR document"][0]["measurement aggregate document"]
    assert isinstance(first, dict)
    return first


SCHEMA_REFUSES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "micro sign": lambda d: result(d)["number concentration"].update(unit="#/\u00b5L"),
    "other unit": lambda d: result(d)["number concentration"].update(unit="copies/uL"),
    "null": lambda d: result(d)["number concentration"].update(value=None),
    "no time": lambda d: measurements(d)[0].pop("measurement time"),
    "no well count": lambda d: well(d).pop("plate well count"),
    "no positives": lambda d: result(d).pop("positive partition count"),
    "no manifest": lambda d: d.pop("$asm.manifest"),
    "no device": lambda d: d["dPCR aggregate document"]["device system document"].pop("device identifier"),
    "no sample": lambda d: measurements(d)[0]["sample document"].pop("sample identifier"),
    "other container": lambda d: well(d).update({"container type": "microplate"}),
}
WE_REFUSE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "time without zone": lambda d: measurements(d)[0].update({"measurement time": "2026-11-22T08:12:00"}),
    "date only": lambda d: measurements(d)[0].update({"measurement time": "2026-11-22"}),
    "false date": lambda d: measurements(d)[0].update({"measurement time": "1970-01-01T00:00:00+00:00"}),
    "unknown key": lambda d: measurements(d)[0].update({"measurement tiem": "2026"}),
    "result key of qPCR": lambda d: calculated(d).update({"calculated result": calculated(d).pop("calculated datum")}),
    "not a number": lambda d: result(d)["number concentration"].update(value="NaN"),
    "infinite": lambda d: result(d)["number concentration"].update(value="+Infinity"),
    "one identifier twice": lambda d: measurements(d)[0].update(
        {"measurement identifier": measurements(d)[1]["measurement identifier"]}
    ),
    "source that is not there": lambda d: calculated(d)["data source aggregate document"]["data source document"][
        0
    ].update({"data source identifier": "run 7/H12/SRY"}),
    "false concentration": lambda d: result(d)["number concentration"].update(value=1.0),
    "counts that do not add up": lambda d: measurements(d)[0]["total partition count"].update(value=1),
    "no wells on the plate": lambda d: well(d)["plate well count"].update(value=0),
}


def calculated(document: dict[str, Any]) -> dict[str, Any]:
    aggregate = document["dPCR aggregate document"]["calculated data aggregate document"]
    first = aggregate["calculated data document"][0]
    assert isinstance(first, dict)
    return first


@pytest.mark.parametrize("name", SCHEMA_REFUSES)
def test_the_schema_refuses(document: dict[str, Any], name: str) -> None:
    assert refused(change(document, SCHEMA_REFUSES[name]))


@pytest.mark.parametrize("name", WE_REFUSE)
def test_our_checks_refuse(document: dict[str, Any], name: str) -> None:
    with pytest.raises(AssertionError):
        check(change(document, WE_REFUSE[name]))
