"""Every result table of C1000, iQ5 and Opticon in the corpus against the same file read with csv, and the arithmetic of
these programs over what was read.

Where the corpus does not exist the tests are skipped; support.py says where it is looked for.
"""

import collections
import math
import shutil
import statistics

import numpy as np
import pytest
from realtime import QPCR, attributes, curves, number, runs, table

LEGACY = QPCR / "biorad_legacy"
pytestmark = pytest.mark.skipif(not LEGACY.is_dir(), reason=f"the corpus of real files is not at {LEGACY}")

TYPES = {"Unkn": "unkn", "Std": "std", "NTC": "ntc", "NRT": "nrt", "Pos Ctrl": "pos", "Neg Ctrl": "ntp"}
TYPES |= {"Sample": "unkn", "Blank": "ntc"}  # Opticon's
FILES = sorted(path for path in LEGACY.rglob("raw_data*"))
NAMES = {
    "well": ("Well", "Well / Set"),
    "dye": ("Fluor", "Dye"),
    "content": ("Content", "Type"),
    "sample": ("Sample", "Identifier", "Description"),
    "cq": ("C(t)", "Threshold Cycle ( C(t) )", "Threshold Cycle (Ct)"),
    "quantity": ("Starting Quantity (SQ)", "moles"),
}


def cell(row, name):
    return next((row[column] for column in NAMES[name] if column in row), "")


def expected(path):
    """(well, target, dye) to row, content, group, Cq and quantity."""
    found = {}
    for row in table(path):
        if not cell(row, "well").strip():
            continue
        comma = any("," in value for column, value in row.items() if column and "C(t)" in column)
        word, _, group = cell(row, "content").partition("-")
        group = row.get("Replicate #", group)
        name = cell(row, "well")
        key = (f"{name[0]}{int(name[1:]):02}", row.get("Target", ""), cell(row, "dye"))
        assert key not in found
        quantity = number(cell(row, "quantity"), comma)
        cq = number(cell(row, "cq"), comma)
        found[key] = (row, TYPES[word], group, cq, quantity or None, comma)
    return found


def only(path):
    (run,) = runs(path)
    return run


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_every_row(path):
    rows, found, said = expected(path), curves(only(path)), attributes(only(path))
    assert set(rows) == set(found) and len(rows) >= 60
    for key, (row, kind, group, cq, quantity, comma) in rows.items():
        curve = found[key]
        assert curve["sample"] == cell(row, "sample")
        assert (curve["type"], curve["well type"]) == (kind, kind)
        assert said.get((key[0], "Replicate group"), "") == group
        assert (curve["cq"], curve["amplified"], curve["quantity"]) == (cq, cq is not None, quantity)
        assert curve["efficiency"] == (float(row["Efficiency"]) if "Efficiency" in row else None)
        assert curve["threshold"] is None and curve["cycles"] == 0
        taken = {column for columns in NAMES.values() for column in columns}
        taken |= {"", None, "Target", "Replicate #", "Efficiency"}
        for column in set(row) - taken:
            if number(row[column], comma) is None:
                continue
            own = said.get((key[0], f"{column} [{key[1] or key[2]}]"), said.get(("", column)))
            assert own == (row[column].replace(",", ".") if comma else row[column])


def test_no_quantity_is_none():
    (path,) = (p for p in FILES if "MyIq" in p.name)
    assert any(row["Starting Quantity (SQ)"] == "0.000E+00" for row in table(path))
    assert all(curve["quantity"] is None for curve in curves(only(path)).values())


@pytest.mark.parametrize("path", [p for p in FILES if "opticon" not in p.name], ids=lambda p: p.name)
def test_means_are_over_groups(path):
    run = only(path)
    found, said = curves(run), attributes(run)
    groups = collections.defaultdict(list)
    for key, curve in found.items():
        group = said.get((key[0], "Replicate group")) or key[0]
        groups[group, curve["type"]].append(key)
    checked = 0
    for keys in groups.values():
        cqs = [found[key]["cq"] for key in keys if found[key]["cq"] is not None]
        for key in keys:
            for column in ("C(t) Mean", "Ct Mean"):
                mean = said.get((key[0], f"{column} [{key[1] or key[2]}]"))
                if mean is None:
                    continue
                assert float(mean) == pytest.approx(statistics.mean(cqs) if cqs else 0, abs=0.011)
                checked += 1
    assert checked > 60 or "c1000_1" in path.name


def test_the_standard_curve_gives_the_quantities():
    """Least squares of C(t) on log10 SQ over the standard wells; of the others SQ = 10^((C(t) - intercept) / slope)."""
    (path,) = (p for p in FILES if "c1000_2" in p.name)
    found = [c for c in curves(only(path)).values() if c["quantity"] and c["cq"]]
    points = [(math.log10(c["quantity"]), c["cq"]) for c in found if c["type"] == "std"]
    slope, intercept = np.polyfit(*np.array(points).T, 1)
    computed = [c for c in found if c["type"] != "std"]
    assert len(points) >= 4 and len(computed) > 10
    for c in computed:
        assert math.log10(c["quantity"]) == pytest.approx((c["cq"] - intercept) / slope, abs=0.005)  # two decimals


def test_short_and_long_table_of_a_run(tmp_path):
    """c1000_1 and c1000_3 say the same of the same wells, c1000_2 calls some of them standards."""
    for path in FILES:
        if "c1000" in path.name:
            shutil.copy(path, tmp_path)
    assert sorted(len(run["files"]) for run in runs(tmp_path)) == [1, 2]
