"""Every Rotor-Gene file of the corpus through `microchim read --json`, against the same file read with csv and xml.

The corpus is no part of the repository; support.py says where it is looked for.
"""

import collections
import csv
import functools
import re
import xml.etree.ElementTree as ElementTree

import pytest
from support import DPCR, read

FOLDER = DPCR.parent / "qpcr/qiagen_rotorgene"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the corpus of real files is not at {FOLDER}")


def files(pattern):
    found = sorted(FOLDER.rglob(pattern)) if FOLDER.is_dir() else []
    return [pytest.param(p, id=p.name) for p in found] or [pytest.param(None, id="no corpus")]


def document(path, *options):
    found = read(path, *options)
    assert found["reader"]["id"] == "qiagen-rotorgene"
    return found


def kept(found):
    said = collections.defaultdict(dict)
    for a in found["attributes"]:
        said[a["well"]][a["key"]] = a["value"]
    return said


def well_of_tube(number):
    return "ABCDEFGHIJKLM"[(number - 1) // 8] + f"{(number - 1) % 8 + 1:02}"


# ---- analysed data ----


@functools.cache
def table(path):
    with path.open(newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    header = next(i for i, row in enumerate(rows) if row and row[0] == "No.")
    names = [re.sub(r" \(.*/.*\)$", "", name) for name in rows[header]]
    return rows[:header], [dict(zip(names, row, strict=True)) for row in rows[header + 1 :] if row]


def number(cell):
    return float(cell.replace(",", ".")) if cell else None


def position(cell):
    return well_of_tube(int(cell)) if cell.isdigit() else f"{cell[0]}{int(cell[1:]):02}"


@pytest.mark.parametrize("path", files("*.csv"))
def test_every_row_of_the_analysis_is_exact(path):
    found = document(path)
    head, rows = table(path)
    reacts, said = {r["well"]: r for r in found["reacts"]}, kept(found)
    assert len(reacts) == len(rows) == 72
    for row in rows:
        name = position(row["No."])
        (curve,) = reacts[name]["curves"]
        assert reacts[name]["sample"] == row["Name"] and curve["dye"] == "FAM"
        assert curve["cq"] == number(row["Ct"]) and curve["amplified"] == (row["Ct"] != "")
        standard = row["Type"] == "Standard"
        assert curve["type"] == ("std" if standard else "unkn")
        assert curve["quantity"] == number(row["Given Conc" if standard else "Calc Conc"])
        assert curve["unit"] == ("ng/ul" if curve["quantity"] is not None else "")
        assert said[name]["tube"] == row["No."]
        for column in ("Rep. Ct", "Rep. Calc. Conc.", "Rep. Calc. Conc. (95% CI)", "% Var"):
            assert said[name].get(f"{column} [FAM]", "") == row[column]
    lines = {row[0]: row[1] for row in head if len(row) == 2}
    assert found["run"]["id"] + ".rex" == lines["File"]
    assert found["run"]["started"] == f"{lines['Date']} {lines['Time']}"


def test_tube_numbers_and_names_are_the_same_wells():
    """The same run was exported with both: every tube has the same Ct."""
    one, other = (
        {r["well"]: (r["sample"], r["curves"][0]["cq"], r["curves"][0]["quantity"]) for r in document(p)["reacts"]}
        for p in sorted(FOLDER.rglob("*.csv"))
    )
    assert one == other and len({cq for _, cq, _ in one.values()}) > 50


def test_two_exports_of_one_run_are_one():
    folder = next(FOLDER.rglob("*.csv")).parent
    found = document(folder)
    assert "runs" not in found or len(found["runs"]) == 1
    assert len(found["reacts"]) == 72 and all(len(r["curves"]) == 1 for r in found["reacts"])


# ---- run files ----


@pytest.mark.parametrize("path", files("*.rex"))
def test_every_reading_of_the_run_file_is_exact(path):
    found, root = document(path, "--partitions"), ElementTree.parse(path).getroot()
    reacts, said = {r["well"]: r for r in found["reacts"]}, kept(found)
    samples = {int(s.findtext("TubePosition")): s for s in root.find("Samples/Page").iter("Sample")}
    assert len(samples) == len(reacts) == 72
    compared = 0
    for channel in root.iter("RawChannel"):
        name = channel.findtext("Name")
        start, step = float(channel.findtext("StartX")), float(channel.findtext("StepX"))
        for tube, node in enumerate(channel.findall("Reading"), 1):
            values = [float(word) for word in node.text.split()]
            react = reacts[well_of_tube(tube)]
            if channel.findtext("XAxisLabel") == "Cycle":
                (curve,) = react["curves"]
                assert curve["dye"] == name.rpartition(".")[2] and curve["signal"] == "raw"
                assert curve["fluorescence"] == pytest.approx(values, rel=1e-6)
                assert curve["cq"] is None and curve["amplified"] is None and curve["quantity"] is None
            else:
                (series,) = react["series"]
                assert series["name"] == name and series["kind"] == "melt"
                assert series["fluorescence"] == pytest.approx(values, rel=1e-6)
                assert series["at"] == pytest.approx([start + step * i for i in range(len(values))], rel=1e-6)
            assert react["sample"] == samples[tube].findtext("Name")
            assert said[react["well"]]["Type"] == samples[tube].findtext("Type")
            compared += len(values)
    assert compared == 72 * (55 + 126)
    facts = found["run"]
    assert facts["started"] == root.findtext("StartTime")
    record = {f.findtext("Name"): f.findtext("Value") for f in root.iter("Field")}
    assert facts["serial_number"] == record["Machine Serial No"]
    assert f"{facts['software']['name']} {facts['software']['version']}" == record["Program Version"]
    for key in ("Notes", "Operator", "RexHeader", "FinishTime"):
        assert said[""][key] == root.findtext(key)
    assert said[""]["Profile/Cycle/RepeatCount"] == "55"
