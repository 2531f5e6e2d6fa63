"""Every LightCycler 480 file of the corpus through `microchim read --json`, against the same file read with csv.

The corpus is no part of the repository; support.py says where it is looked for.
"""

import collections
import csv
import functools
import gzip
import io
import math
import re

import numpy as np
import pytest
from scipy import optimize
from support import DPCR, read, run

FOLDER = DPCR.parent / "qpcr/roche_lc480"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the corpus of real files is not at {FOLDER}")


# ---- an independent reading ----


@functools.cache
def table(path):
    """The lines of a file as cells, quotes gone, blanks around them, too."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    text = data.decode("ascii").replace("\r\n", "\n").replace("\r", "\n")
    return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter="\t")]


def kind(path):
    head = [cell for row in table(path)[:2] for cell in row]
    for column, name in (("Prog#", "raw"), ("Cp", "results"), ("Group", "calls"), ("CrossingPoint", "analysis")):
        if column in head:
            return name
    return None


def records(path):
    rows = table(path)
    header = next(i for i, row in enumerate(rows) if {"Pos", "Position", "SamplePos"} & set(row))
    return [dict(zip(rows[header], row, strict=False)) for row in rows[header + 1 :] if any(row)]


def well(name):
    return f"{name[0]}{int(name[1:]):02}"


def files(*kinds):
    found = sorted(p for p in FOLDER.rglob("*.txt*") if kind(p) in kinds) if FOLDER.is_dir() else []
    return [pytest.param(p, id=p.name) for p in found] or [pytest.param(None, id="no corpus")]


def number(cell):
    return float(cell) if cell else None


def reacts(path, *options):
    document = read(path, *options)
    assert document["reader"]["id"] == "roche-lightcycler480"
    return {r["well"]: r for r in document["reacts"]}


def attributes(document, well_=""):
    return {a["key"]: a["value"] for a in document["attributes"] if a["well"] == well_}


# ---- one file alone ----


@pytest.mark.parametrize("path", files("results"))
def test_every_cp_is_exact(path):
    expected, got = records(path), reacts(path)
    assert len(expected) == len(got) > 0
    title = re.match(r"Experiment: (.*?)\s+Selected Filter: (.*) \((\d{3}-\d{3})\)$", table(path)[0][0])
    for row in expected:
        react = got[well(row["Pos"])]
        assert react["sample"] == row["Name"]
        (curve,) = react["curves"]
        assert curve["cq"] == number(row["Cp"])
        assert curve["amplified"] == (row["Color"] != "65280") == (row["Cp"] != "")
        assert curve["dye"] == title[2] and curve["target"] == "" and curve["excluded"] is False
        standard = float(row["Standard"])
        assert curve["type"] == ("std" if standard else "unkn") == react["type"]
        assert curve["quantity"] == (standard or number(row["Concentration"]))
        if standard and row["Concentration"]:
            assert attributes(read(path), well(row["Pos"]))[f"Concentration [{title[3]}]"] == row["Concentration"]
        assert curve["fluorescence"] == []
    assert read(path)["run"]["id"] == title[1]


@pytest.mark.parametrize("path", files("raw"))
def test_every_reading_is_exact(path):
    curves, melting = collections.defaultdict(list), collections.defaultdict(list)
    for row in records(path):
        (channel,) = (c for c in row if re.fullmatch(r"\d{3}-\d{3}", c))
        where = curves if row["Prog#"] == "2" else melting
        where[well(row["SamplePos"])].append((int(row["Cycle#"]), float(row["Temp"]), float(row[channel])))
    got = reacts(path, "--partitions")
    assert got.keys() == curves.keys() == melting.keys() and len(got) == 384
    for name, react in got.items():
        (curve,), (series,) = react["curves"], react["series"]
        assert [c for c, _, _ in curves[name]] == list(range(1, len(curves[name]) + 1))
        assert curve["signal"] == "raw" and curve["dye"] == series["name"] == channel
        assert curve["fluorescence"] == pytest.approx([f for _, _, f in curves[name]], rel=1e-6)
        assert curve["cq"] is None and curve["amplified"] is None
        assert series["kind"] == "melt" and len(series["at"]) == len(melting[name]) > 170
        assert series["at"] == pytest.approx([t for _, t, _ in melting[name]], rel=1e-6)
        assert series["fluorescence"] == pytest.approx([f for _, _, f in melting[name]], rel=1e-6)
    title = re.match(r"Experiment - (.*) \(Run on (\S+) (\S+)\)", table(path)[0][2])
    facts = read(path)["run"]
    assert [facts["id"], facts["software"]["name"], facts["software"]["version"]] == list(title.groups())
    assert [facts["rows"], facts["columns"]] == [16, 24]


@pytest.mark.parametrize("path", files("calls"))
def test_every_melting_call_is_kept(path):
    filter_ = re.search(r"\((\d{3}-\d{3})\)", table(path)[0][0])[1]
    document, compared = read(path), 0
    said = collections.defaultdict(dict)
    for a in document["attributes"]:
        said[a["well"]][a["key"]] = a["value"]
    for row in records(path):
        for column in ("Color", "Group", "Score", "Res"):
            assert said[well(row["Pos"])].get(f"{column} [melting, {filter_}]", "") == row[column]
            compared += 1
        (curve,) = reacts(path)[well(row["Pos"])]["curves"]
        assert curve["cq"] is None and curve["amplified"] is None
    assert compared == 4 * 384


@pytest.mark.parametrize("path", files("analysis"))
def test_every_row_of_the_long_table(path):
    expected, got = records(path), reacts(path)
    assert len(expected) == len(got) == 96
    for row in expected:
        (curve,) = got[well(row["Position"])]["curves"]
        assert got[well(row["Position"])]["sample"] == row["SampleName"]
        assert curve["cq"] == number(row["CrossingPoint"])
        assert curve["amplified"] == {"pdcPositive": True, "pdcNegative": False}[row["Call"]]
    assert sum(row["Call"] == "pdcNegative" for row in expected) == 6
    assert read(path)["run"]["id"] == expected[0]["Experiment Name"]
    assert attributes(read(path))["Analysis Name"] == expected[0]["Analysis Name"]


@pytest.mark.parametrize("path", files("analysis"))
def test_a_cap_is_no_measurement(path, tmp_path):
    """The real rows, one of them as the program writes a Cp beyond its range."""
    row = next(row for row in records(path) if row["Call"] == "pdcPositive")
    text = path.read_bytes().decode()
    line = next(line for line in text.split("\r\n") if row["CrossingPoint"] in line)
    capped = line.replace(row["CrossingPoint"], "35").replace("cpsNormal", "cpsLarge")
    (tmp_path / "long.txt").write_bytes(text.replace(line, capped).encode())
    got = {r["well"]: r for r in read(tmp_path / "long.txt")["reacts"]}
    (curve,) = got[well(row["Position"])]["curves"]
    assert curve["cq"] is None and curve["amplified"] is True and curve["status"] == "cpsLarge"
    assert attributes(read(tmp_path / "long.txt"), well(row["Position"]))["CrossingPoint"] == "35"


# ---- several files ----


def experiment(path):
    title = " ".join(cell for cell in table(path)[0] if cell and cell != "Raw Data")
    return re.sub(r"^Experiment\W+|\s*(Selected Filter|\(Run on).*", "", title)


def pairs():
    """Raw data and Cp of one experiment."""
    if not FOLDER.is_dir():
        return [pytest.param(None, None, id="no corpus")]
    all_ = [p.values[0] for p in files("raw", "results")]
    found = [(a, b) for a in all_ for b in all_ if kind(a) == "raw" and kind(b) == "results"]
    return [pytest.param(a, b, id=a.name) for a, b in found if experiment(a) == experiment(b)]


def both(raw, results, folder):
    for path in (raw, results):
        (folder / path.name.removesuffix(".gz")).write_bytes(
            gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        )
    return read(folder)


@pytest.mark.parametrize("raw,results", pairs())
def test_curves_and_cp_are_one_run(raw, results, tmp_path):
    document = both(raw, results, tmp_path)
    assert len(document.get("runs", [document])) == 1
    alone = reacts(raw)
    for react in document["reacts"]:
        (curve,) = react["curves"]
        assert curve["fluorescence"] == alone[react["well"]]["curves"][0]["fluorescence"] != []
    cps = {well(row["Pos"]): number(row["Cp"]) for row in records(results)}
    assert {r["well"]: r["curves"][0]["cq"] for r in document["reacts"]} == cps


def sigmoid(x, slope, low, high, middle, asymmetry):
    return low + (high - low) / (1 + np.exp(slope * (np.log(x) - np.log(middle)))) ** asymmetry


def second_derivative_maximum(values):
    """Of a sigmoid with five parameters: some of these curves are too noisy for differences."""
    cycles = np.arange(1.0, len(values) + 1)
    start = [-10, values[:5].mean(), values.max(), np.argmax(np.diff(values)) + 1, 1]
    try:
        with np.errstate(all="ignore"):
            fitted, _ = optimize.curve_fit(sigmoid, cycles, values, p0=start, maxfev=500)
            fine = np.linspace(2, len(values) - 1, 2000)
            return fine[np.argmax(np.gradient(np.gradient(sigmoid(fine, *fitted), fine), fine))]
    except RuntimeError:
        return math.nan


@pytest.mark.parametrize("raw,results", pairs())
def test_cp_is_the_second_derivative_maximum_and_a_constant(raw, results, tmp_path):
    """The constant is that of the plate: the program's own smoothing is not known."""
    differences = []
    for react in both(raw, results, tmp_path)["reacts"][::7]:  # a fit takes its time
        (curve,) = react["curves"]
        values = np.array(curve["fluorescence"])
        if curve["cq"] and np.ptp(values) > 4:
            differences.append(second_derivative_maximum(values) - curve["cq"])
    middle = np.nanmedian(differences)
    spread = 1.4826 * np.nanmedian(np.abs(np.array(differences) - middle))
    print(f"{len(differences)} wells, offset {middle:.3f}, robust SD {spread:.3f}, SD {np.nanstd(differences):.3f}")
    assert len(differences) > 35 and abs(middle) < 4 and spread < 1 and np.nanstd(differences) < 2


def test_a_folder_of_two_experiments_is_two_runs():
    folder = next(p.parent for p in FOLDER.rglob("*n1-melt.txt"))
    document = read(folder)
    assert [len(r["files"]) for r in document["runs"]] == [3, 1]
    first = document["runs"][0]
    assert all(r["curves"][0]["cq"] and r["series"] and r["curves"][0]["fluorescence"] for r in first["reacts"][:20])


def test_a_list_made_of_an_export_is_not_taken():
    for path in FOLDER.rglob("*_select.txt.gz"):
        code, document = run(path)
        assert code == 3 or document["reader"]["id"] != "roche-lightcycler480"
