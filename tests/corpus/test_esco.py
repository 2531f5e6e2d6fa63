"""Exports of Esco Spectrum through `microchim read --json`, against the same files read with csv."""

import csv

import pytest
from qpcr import attributes, corpus, number, reactions, well_name
from support import read


@pytest.mark.parametrize("path", corpus("esco_spectrum", "*.csv"))
def test_every_well_is_as_in_the_file(path):
    with path.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Number"]]
    document = read(path)
    found = reactions(document)
    assert len(found) == len(rows) > 0
    groups = {row["Group"] for row in rows}
    for row in rows:
        well = well_name(row["Number"].strip("<>"))
        react, curve = found[well, "", "", ""]
        standard = number(row["Standard Concentration"])
        assert react["sample"] == row["Sample Name"]
        assert curve["cq"] == number(row["Ct"])
        assert curve["amplified"] == (row["Ct"] != "")
        assert curve["type"] == ("std" if standard else "unkn")
        assert curve["quantity"] == (standard or number(row["Calculated Concentration"]))
        assert attributes(document, well if len(groups) > 1 else "")["Group"] == row["Group"]
