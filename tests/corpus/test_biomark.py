"""The BioMark file of the corpus through `microchim read --json`, against the same file read with csv.

The corpus is no part of the repository: <repository>/../shared/corpus, or MICROCHIM_SHARED/corpus. Where it does
not exist the tests are skipped. The command is build/bin/microchim, or MICROCHIM_BIN.

No real summary export is at hand: the one used here is written by the test from the real chambers.
"""

import collections
import csv
import functools
import json
import math
import os
import pathlib
import subprocess

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("MICROCHIM_BIN", str(REPOSITORY / "build/bin/microchim"))
CORPUS = pathlib.Path(os.environ.get("MICROCHIM_SHARED", REPOSITORY.parent / "shared")) / "corpus"
FOLDER = CORPUS / "dpcr/fluidigm"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the corpus of real files is not at {FOLDER}")

DYES = {"FAM-MGB": (5, 9), "VIC-TAMRA": (7, 14)}  # columns of the target's name and of the Ct
SUMMARY = ["Name", "Type", "Threshold", "Range Min", "Range Max", "Count", "nVolume"]
SUMMARY += ["Est. Targets", "Est.T-95L", "Est.T-95U"]


# ---- an independent reading of the same file ----


@functools.cache
def rows(path):
    with path.open(newline="") as file:
        table = list(csv.reader(file))
    assert table[11][0] == "Chamber ID"
    return [row for row in table[12:] if row]


def panels(path):
    """Panel -> its rows."""
    found = collections.defaultdict(list)
    for row in rows(path):
        found[row[0].split("-")[0]].append(row)
    return found


def hits(chambers, dye):
    return sum(row[DYES[dye][1] + 3] == "Hit" for row in chambers)


def detailed():
    if not FOLDER.is_dir():
        return [pytest.param(None, id="no corpus")]
    return [pytest.param(path, id=str(path.relative_to(FOLDER))) for path in sorted(FOLDER.rglob("*detailed*.csv"))]


def run(path):
    done = subprocess.run([COMMAND, "read", str(path), "--json"], capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout)


@functools.cache
def read(path):
    code, document = run(path)
    assert code == 0, document
    assert document["reader"]["id"] == "standardbio-biomark"
    return document


def attributes(document, well):
    return {a["key"]: a["value"] for a in document["attributes"] if a["well"] == well}


def summary_of(path, per_panel):
    """A summary export of the same chip: the preamble as it is, one row per panel."""
    with path.open(newline="") as file:
        lines = file.read().split("\r\n")[:9]
    head = ["Panel", *["Sample Information"] * 3, *[dye for dye in DYES for _ in SUMMARY], "", ""]
    out = [*lines, ",".join(head), ",".join(["ID", "Name", "Type", "rConc.", *SUMMARY * 2, "Intersection", "Union"])]
    for panel, chambers in per_panel.items():
        cells = [panel[1:].lstrip("0"), *chambers[0][2:5]]
        for dye, (name, ct) in DYES.items():
            k, n = hits(chambers, dye), len(chambers)
            cells += [chambers[0][name], chambers[0][name + 1], chambers[0][ct + 4], "0", "40", str(k), "1"]
            cells += [str(round(-n * math.log1p(-k / n))), "", ""]
        out.append(",".join([*cells, "", ""]))
    return "\r\n".join(out) + "\r\n"


# ---- the detailed export ----


@pytest.mark.parametrize("path", detailed())
def test_hits_and_chambers_of_every_panel_are_exact(path):
    expected = panels(path)
    reacts = {react["well"]: react for react in read(path)["reacts"]}
    assert reacts.keys() == expected.keys()
    compared = 0
    for panel, chambers in expected.items():
        assert reacts[panel]["sample"] == chambers[0][2]
        assert reacts[panel]["type"] == {"Unknown": "unkn", "NTC": "ntc"}[chambers[0][3]]
        counts = {c["dye"]: c for c in reacts[panel]["counts"]}
        assert counts.keys() == DYES.keys()
        for dye, (name, ct) in DYES.items():
            assert counts[dye]["target"] == chambers[0][name]
            assert counts[dye]["positive"] == hits(chambers, dye)
            assert counts[dye]["accepted"] == len(chambers) == 770
            assert counts[dye]["excluded"] is None
            assert counts[dye]["threshold"] == float(chambers[0][ct + 4])
            compared += 1
    assert compared == 2 * len(expected) > 0


@pytest.mark.parametrize("path", detailed())
def test_every_ct_is_kept(path):
    document, kept = read(path), 0
    for panel, chambers in panels(path).items():
        said = attributes(document, panel)
        assert said["rConc."] == chambers[0][4]
        for dye, (_, ct) in DYES.items():
            with_ct = [row for row in chambers if row[ct] != "999"]
            items = [f"{row[0].partition('-')[2]} {' '.join(row[ct : ct + 4])}" for row in with_ct]
            assert said.get(f"chamber Ct Quality Call Target [{dye}]", "") == "; ".join(items)
            passed = sum(row[ct + 2] == "Pass" and row[ct + 3] == "No Hit" for row in chambers)
            assert said.get(f"Pass without Hit [{dye}]", "0") == str(passed)
            kept += len(items)
    assert kept == sum(row[ct] != "999" for row in rows(path) for _, ct in DYES.values()) > 0


@pytest.mark.parametrize("path", detailed())
def test_the_chip_is_named(path):
    document = read(path)
    with path.open(newline="") as file:
        info = next(csv.reader(file))
    run_facts = document["run"]
    assert [run_facts["plate"], run_facts["consumable"]] == info[2:4]
    assert [run_facts["started"], run_facts["serial_number"]] == [info[7], info[9]]
    said = attributes(document, "")
    assert said["dialect"] == f"BioMark detailed, {info[3]}"
    assert run_facts["software"]["version"] == said["Application Version"]
    # No volume is stated, and none is invented.
    assert {c["volume_nl"] for react in document["reacts"] for c in react["counts"]} == {None}


# ---- both exports ----


@pytest.mark.parametrize("path", detailed())
def test_a_summary_says_the_same_and_joins(path, tmp_path):
    expected = panels(path)
    (tmp_path / "chip summary.csv").write_text(summary_of(path, expected), newline="")
    alone = read(tmp_path / "chip summary.csv")
    both = tmp_path / "both"
    both.mkdir()
    (both / "a.csv").write_bytes(path.read_bytes())
    (both / "b.csv").write_bytes((tmp_path / "chip summary.csv").read_bytes())
    joined = read(both)

    def counts(document):
        return [
            (r["well"], r["sample"], c["dye"], c["positive"], c["accepted"])
            for r in document["reacts"]
            for c in r["counts"]
        ]

    assert counts(alone) == counts(read(path)) == counts(joined)
    for react in joined["reacts"]:
        said = attributes(joined, react["well"])
        for c in react["counts"]:  # the program's rule, from our counts
            targets = -770 * math.log1p(-c["positive"] / 770)
            assert float(said[f"Est. Targets [{c['dye']}]"]) == pytest.approx(targets, abs=0.5)


@pytest.mark.parametrize("path", detailed())
def test_a_summary_that_differs_is_kept_apart(path, tmp_path):
    expected = {panel: list(chambers) for panel, chambers in panels(path).items()}
    wrong = next(i for i, row in enumerate(expected["P02"]) if row[12] == "No Hit")
    row = expected["P02"][wrong]
    expected["P02"][wrong] = [*row[:12], "Hit", *row[13:]]
    (tmp_path / "a.csv").write_bytes(path.read_bytes())
    (tmp_path / "b.csv").write_text(summary_of(path, expected), newline="")
    code, document = run(tmp_path)
    assert code == 0 and len(document["runs"]) == 2
    first, second = document["runs"]
    assert [f["name"] for f in first["files"]] == ["a.csv"] and [f["name"] for f in second["files"]] == ["b.csv"]
    assert any("kept apart" in note["what"] and "P02" in note["what"] for note in second["notes"])


# ---- what is not ours ----


def test_the_real_time_export_of_the_instrument_is_not_taken():
    for path in sorted((CORPUS / "qpcr/fluidigm_biomark").rglob("*.csv")):
        code, document = run(path)
        assert code == 3 or document["reader"]["id"] != "standardbio-biomark"
