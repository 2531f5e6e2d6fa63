"""Exports of Eco through `microchim read --json`, against the same files read with csv, and its arithmetic."""

import csv
import io
import math
import re

import numpy as np
import pytest
from qpcr import attributes, corpus, number, reactions, well_name
from support import read

FILES = corpus("illumina_eco", "*.csv")
TYPES = {"Standard": "std", "Unknown": "unkn", "NTC": "ntc", "": "unkn"}


def parts(path):
    """(keys of the preamble, standard curves, rows of the wells), each as csv reads them."""
    text = path.read_bytes().decode("utf-8-sig")
    blocks = [list(csv.reader(io.StringIO(b))) for b in re.split(r"\r?\n\r?\n", text.strip())]
    keys = {row[0]: row[1] for row in blocks[0]}
    curves, wells = [], []
    for block in blocks[1:]:
        head = block[1] if block[0][0] == "Standard Curve Data" else block[0]
        rows = [dict(zip(head, row + [""] * len(head), strict=False)) for row in block[block.index(head) + 1 :]]
        (curves if "Slope" in head else wells).extend(rows)
    return keys, curves, [row for row in wells if row["Assay Name"] or row["Sample Name"] or row["Cq"]]


@pytest.mark.parametrize("path", FILES)
def test_every_well_is_as_in_the_file(path):
    keys, curves, wells = parts(path)
    document = read(path)
    found = reactions(document)
    efficiency = {c["Assay Name"]: 1 + float(c["Efficiency %"]) / 100 for c in curves}
    assert found.keys() == {(well_name(row["Well"]), row["Assay Name"], "", "") for row in wells}
    for row in wells:
        react, curve = found[well_name(row["Well"]), row["Assay Name"], "", ""]
        excluded = row["Exclude"] == "Excluded"
        assert react["sample"] == row["Sample Name"]
        assert curve["type"] == TYPES[row["Assay Role"]]
        assert curve["cq"] == number(row["Cq"])
        assert curve["amplified"] == (None if excluded and not row["Cq"] else row["Cq"] != "")
        assert curve["excluded"] == excluded
        assert curve["quantity"] == number(row["Quantity"]) and curve["unit"] == row["Quantity Unit"]
        assert curve["threshold"] == number(row["Cq Threshold"])
        assert [curve["baseline_first"], curve["baseline_last"]] == [
            int(row[key]) if row[key] else None for key in ("Baseline Start", "Baseline End")
        ]
        assert curve["efficiency"] == pytest.approx(efficiency[row["Assay Name"]])
        if row["Tm1"]:
            said = attributes(document, well_name(row["Well"]))
            assert row["Tm1"] in {value for key, value in said.items() if key.startswith("Tm1")}
    assert document["run"]["id"] == keys["Experiment Name"]
    assert document["run"]["started"] == keys["Run Start"]
    assert document["run"]["instrument"] == keys["Instrument"]


@pytest.mark.parametrize("path", FILES)
def test_the_standard_curve_is_least_squares_over_the_wells_read(path):
    _, curves, _ = parts(path)
    document = read(path)
    said = attributes(document)
    for line in curves:
        assay = line["Assay Name"]
        points = [
            (math.log10(c["quantity"]), c["cq"])
            for (_, target, _, _), (_, c) in reactions(document).items()
            if target == assay and c["type"] == "std" and c["cq"] is not None and not c["excluded"]
        ]
        slope, intercept = np.polyfit(*zip(*points, strict=True), 1)
        assert slope == pytest.approx(float(said[f"Slope [{assay}]"]), abs=2e-6)
        assert intercept == pytest.approx(float(said[f"Intercept [{assay}]"]), abs=2e-6)
        assert 10 ** (-1 / slope) == pytest.approx(points and curve_efficiency(document, assay), abs=1e-6)


def curve_efficiency(document, assay):
    return next(c["efficiency"] for (_, target, _, _), (_, c) in reactions(document).items() if target == assay)


@pytest.mark.parametrize("path", FILES)
def test_quantities_follow_from_the_line(path):
    _, curves, _ = parts(path)
    lines = {c["Assay Name"]: (float(c["Slope"]), float(c["Intercept"])) for c in curves}
    for (_, target, _, _), (_, c) in reactions(read(path)).items():
        if c["type"] != "unkn" or c["cq"] is None or c["quantity"] is None or target not in lines:
            continue
        slope, intercept = lines[target]
        expected = 10 ** ((c["cq"] - intercept) / slope)
        assert c["quantity"] == pytest.approx(expected, rel=1e-6, abs=6e-5)  # printed with four decimals
