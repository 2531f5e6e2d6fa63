"""Every MxPro file of the corpus through `microchim read --json`, against the same file read by other means.

The corpus is no part of the repository; support.py says where it is looked for.
"""

import collections
import csv
import functools
import io
import math
import re
import shutil
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from support import DPCR, read, run

FOLDER = DPCR.parent / "qpcr/stratagene_mx"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the corpus of real files is not at {FOLDER}")
SHEET = "{urn:schemas-microsoft-com:office:spreadsheet}"
TYPES = {"Unknown": "unkn", "Standard": "std", "NTC": "ntc", None: "unkn"}


# ---- an independent reading ----


@functools.cache
def rows(path):
    """Rows of cells without blanks around them; an empty cell is ''."""
    if path.suffix == ".xml":
        found = [
            [cell.findtext(f"{SHEET}Data") or "" for cell in row]
            for row in ElementTree.parse(path).getroot().iter(f"{SHEET}Row")
        ]
    elif path.suffix == ".xls":
        xlrd = pytest.importorskip("xlrd")
        sheet = xlrd.open_workbook(path).sheet_by_index(0)
        found = [sheet.row_values(i) for i in range(sheet.nrows)]
    elif path.suffix == ".xlsx":
        openpyxl = pytest.importorskip("openpyxl")
        found = list(openpyxl.load_workbook(path, data_only=True).worksheets[0].iter_rows(values_only=True))
    else:
        found = list(csv.reader(io.StringIO(path.read_bytes().decode("ascii").replace("\r\n", "\n")), delimiter="\t"))
    return [["" if cell is None else str(cell).strip() for cell in row] for row in found]


def is_plots(path):
    return any(len(row) > 1 and row[1] == "Cycles" for row in rows(path)[:5])


def files(plots):
    if not FOLDER.is_dir():
        return [pytest.param(None, id="no corpus")]
    found = sorted(p for p in FOLDER.rglob("*") if p.suffix in (".txt", ".xml", ".xls", ".xlsx"))
    return [pytest.param(p, id=p.name) for p in found if is_plots(p) == plots]


def column(name):
    return name.partition(" (")[0]


def records(path):
    header, *body = rows(path)
    return [dict(zip(map(column, header), row, strict=False)) for row in body if any(row)]


def number(cell):
    """A decimal comma is one where it stands; these files have no thousands."""
    return None if cell in ("", "No Ct") else float(cell.replace(",", "."))


def well(name):
    return f"{name[0]}{int(name[1:]):02}"


def blocks(path):
    """Heading -> values, from cycle 1 on."""
    found = {}
    for row in rows(path)[2:]:
        if row[0]:
            values = found.setdefault(row[0], [])
        else:
            assert float(row[1]) == len(values) + 1
            values.append(float(row[2]))
    return found


def document(path):
    found = read(path)
    assert found["reader"]["id"] == "agilent-mx"
    return found


def attributes(found, name=""):
    return {a["key"]: a["value"] for a in found["attributes"] if a["well"] == name}


# ---- one file alone ----


@pytest.mark.parametrize("path", files(plots=False))
def test_every_row_of_the_report_is_exact(path):
    found, compared = document(path), 0
    reacts = {r["well"]: r for r in found["reacts"]}
    unit = next((h for h in rows(path)[0] if h.startswith("Quantity")), "()").rpartition("(")[2].rstrip(")")
    kept = collections.defaultdict(dict)
    for a in found["attributes"]:
        kept[a["well"]][a["key"]] = a["value"]
    for row in records(path):
        if row["Ct"] == "Reference":  # of the passive reference
            assert kept[well(row["Well"])]["passive reference"]
            continue
        react = reacts[well(row["Well"])]
        (curve,) = react["curves"]
        assert react["sample"] == row.get("Well Name", "")
        assert curve["cq"] == number(row["Ct"]) and curve["amplified"] == (row["Ct"] != "No Ct")
        assert curve["threshold"] == number(row.get("Threshold", ""))
        assert curve["quantity"] == number(row.get("Quantity", ""))
        assert curve["type"] == react["type"] == TYPES[row.get("Well Type")]
        assert curve["unit"] == (unit if curve["quantity"] is not None else "")
        assert curve["dye"] == row.get("Assay", "")
        for name in ("Replicate", "RSq", "Slope", "Well Comment"):
            if name in row:
                words = {**kept[""], **kept[well(row["Well"])]}
                assert row[name] in (v for k, v in words.items() if k.startswith(name))
        compared += 1
    assert compared == len(reacts) > 40


@pytest.mark.parametrize("path", files(plots=True))
def test_every_point_of_the_plots_is_exact(path):
    found = document(path)
    reacts = {r["well"]: r for r in found["reacts"]}
    expected = blocks(path)
    assert len(expected) == len(reacts) > 70
    for heading, values in expected.items():
        name, replicate, sample, dye = re.match(r"(\w+), Repl\. (\d+), (.*), (\w+)$", heading).groups()
        react = reacts[well(name)]
        (curve,) = react["curves"]
        assert react["sample"] == sample.strip() and curve["dye"] == dye and curve["signal"] == "baselined"
        assert curve["fluorescence"] == pytest.approx(values, rel=1e-6) and len(values) == 50
        assert curve["cq"] is None and curve["amplified"] is None
        assert attributes(found, well(name))["Replicate"] == replicate


# ---- report and plots ----


def runs():
    """Report and plots of one run: their names have the number of the run in common."""
    if not FOLDER.is_dir():
        return [pytest.param(None, None, id="no corpus")]
    reports, plots = ([p.values[0] for p in files(kind)] for kind in (False, True))
    number_ = functools.partial(re.findall, r"qpcr0*(\d{3})", flags=re.I)
    pairs = [(r, p) for r in reports for p in plots if number_(r.name)[:1] == number_(p.name)[:1]]
    return [pytest.param(r, p, id="qpcr" + number_(r.name)[0]) for r, p in pairs]


def joined(report, plots, folder):
    for path in (report, plots):
        shutil.copyfile(path, folder / path.name)
    found = read(folder)
    assert "runs" not in found or len(found["runs"]) == 1
    return found


@pytest.mark.parametrize("report,plots", runs())
def test_report_and_plots_are_one_run(report, plots, tmp_path):
    found = joined(report, plots, tmp_path)
    alone = {r["well"]: r for r in read(report)["reacts"]}
    curves = {r["well"]: r for r in read(plots)["reacts"]}
    assert {r["well"] for r in found["reacts"]} == alone.keys() == curves.keys()
    for react in found["reacts"]:
        (curve,), (row,), (plot,) = (r["curves"] for r in (react, alone[react["well"]], curves[react["well"]]))
        assert react["sample"] == alone[react["well"]]["sample"] and react["type"] == alone[react["well"]]["type"]
        assert [curve[k] for k in ("cq", "threshold", "quantity")] == [row[k] for k in ("cq", "threshold", "quantity")]
        assert curve["dye"] == plot["dye"] and curve["fluorescence"] == plot["fluorescence"]


@pytest.mark.parametrize("report,plots", runs())
def test_ct_is_the_crossing_of_the_printed_threshold(report, plots, tmp_path):
    worst, compared = 0, 0
    for react in joined(report, plots, tmp_path)["reacts"]:
        (curve,) = react["curves"]
        if curve["cq"] is None:
            continue
        values, threshold = np.array(curve["fluorescence"]), curve["threshold"]
        at = max(i for i in range(1, len(values)) if values[i - 1] < threshold <= values[i])
        low, high = values[at - 1], values[at]
        crossing = at + math.log(threshold / low) / math.log(high / low)
        worst, compared = max(worst, abs(crossing - curve["cq"])), compared + 1
    print(f"{compared} wells, largest difference {worst:.4f} cycles")
    assert compared > 40 and worst < 0.01


@pytest.mark.parametrize("report,plots", runs()[:1])
def test_the_line_of_the_standards(report, plots):
    """RSq and slope are those of least squares over all standard wells with a Ct."""
    for path in {p.values[0] for p in files(plots=False)} - {None}:
        found = document(path)
        curves = [r["curves"][0] for r in found["reacts"] if r["curves"]]
        known = attributes(found)
        printed = {k.partition(" ")[0]: v for k, v in known.items() if k.startswith(("RSq", "Slope"))}
        standards = [c for c in curves if c["type"] == "std" and c["cq"]]
        if not standards or not printed:
            continue
        x, y = np.log10([c["quantity"] for c in standards]), np.array([c["cq"] for c in standards])
        slope, intercept = np.polyfit(x, y, 1)
        assert slope == pytest.approx(number(printed["Slope"]), abs=0.003)
        assert np.corrcoef(x, y)[0, 1] ** 2 == pytest.approx(number(printed["RSq"]), abs=0.001)
        for curve in curves:  # an unknown's quantity is on the line
            if curve["type"] == "unkn" and curve["quantity"]:
                on_line = 10 ** ((curve["cq"] - intercept) / slope)
                assert curve["quantity"] == pytest.approx(on_line, rel=0.015)


def test_reports_of_two_runs_stay_two(tmp_path):
    paths = [p.values[0] for p in files(plots=False) if p.values[0].name in ("S1.txt", "BL_1.txt")]
    for path in paths:
        shutil.copyfile(path, tmp_path / path.name)
    shutil.copyfile(paths[1], tmp_path / "copy.txt")
    assert len(read(tmp_path)["runs"]) == 2


def test_locked_files_are_named():
    for path in FOLDER.rglob("*.mxp"):
        code, found = run(path)
        assert code == 3 and "locked MxPro file" in found["error"]["message"]
