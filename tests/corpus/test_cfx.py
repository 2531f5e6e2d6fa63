"""Every file of CFX Manager and CFX Maestro in the corpus, alone and with its siblings, against the same file read with
csv, and the program's own arithmetic over what was read.

Where the corpus does not exist the tests are skipped; support.py says where it is looked for. What is not in it (curves
of several dyes, standards, the combined export, workbooks) stands in the reader's fixtures.
"""

import collections
import math
import re
import shutil
import statistics

import numpy as np
import pytest
from realtime import NOTHING, QPCR, attributes, curves, number, refused, runs, table, well

CFX = QPCR / "biorad_cfx"
pytestmark = pytest.mark.skipif(not CFX.is_dir(), reason=f"the corpus of real files is not at {CFX}")

TYPES = {"Unkn": "unkn", "Std": "std", "NTC": "ntc", "NRT": "nrt", "Pos Ctrl": "pos", "Neg Ctrl": "ntp"}


def files(*kinds):
    """All csv files of the corpus whose column names have one of these."""
    found = []
    for path in sorted(CFX.rglob("*.csv")):
        head = path.read_text().split("\n", 1)[0]
        if any(kind in re.split("[,;]", head.strip()) for kind in kinds):
            found.append(path)
    return found


def is_german(path):
    return path.read_text().split("\n", 1)[0].count(";") > 2


def content(cell):
    word, _, group = cell.rpartition("-") if re.search(r"-\d+$", cell) else (cell, "", "")
    return TYPES[word], group.lstrip("0")


def only(path):
    (run,) = runs(path)
    return run


def one(folder):
    (path,) = CFX.glob(folder)
    return path


BUNDLE = "derele*/data/Experiment_results/*/01_07_2019*"
GIGAS = "RobertsLab*"


# ---- tables with a row per well and target ----


def rows_of(path):
    """(well, target, dye) to the rows of a result table."""
    rows = collections.defaultdict(list)
    for row in table(path):
        rows[row["Well"], row["Target"], row["Fluor"]].append(row)
    return rows


@pytest.mark.parametrize("path", files("Fluor"), ids=lambda p: p.name[-60:])
def test_every_row_alone(path):
    if "Well" not in table(path)[0]:
        return  # the standard curve, see below
    rows, found, comma = rows_of(path), curves(only(path)), is_german(path)
    assert set(rows) == set(found)
    said = attributes(only(path))
    for key, (row, *_) in rows.items():
        curve = found[key]
        kind, group = content(row["Content"])
        assert curve["sample"] == row["Sample"]
        assert (curve["type"], curve["well type"]) == (kind, kind)
        assert said.get((key[0], "Replicate group"), "") == group
        quantity = number(row.get("Starting Quantity (SQ)", row.get("SQ", "")), comma)
        assert curve["quantity"] == quantity
        cq = number(row["Cq"], comma) if "Cq" in row else None
        assert curve["cq"] == cq
        assert curve["amplified"] is (cq is not None if "Cq" in row else None)
        assert curve["threshold"] is None and curve["cycles"] == 0  # Set Point is a temperature


TAKEN = {"", "Well", "Fluor", "Target", "Content", "Sample", "Cq", "Starting Quantity (SQ)", "SQ"}


def kept(path, run, suffix="", label=lambda row: row["Target"] or row["Fluor"]):
    """Asserts that every cell of unused columns is an attribute, of the well or, where all are alike, of the run."""
    said, rows, comma = attributes(run), table(path), is_german(path)
    count = 0
    for column in set(rows[0]) - TAKEN - {None}:
        for row in rows:
            cell = row[column]
            if cell in NOTHING:
                continue
            if comma and re.fullmatch(r"-?[\d,]+(E-?\d+)?", cell):
                cell = cell.replace(",", ".")
            name = label(row)
            own = said.get((row.get("Well", ""), column + suffix + (f" [{name}]" if name else "")))
            assert cell in (own or said.get(("", column + suffix))).split("; "), (path, column, row)
            count += 1
    return count


def test_no_cell_is_lost():
    assert sum(kept(path, only(path)) for path in files("Fluor") if "Well" in table(path)[0]) > 1500


# ---- curves ----


@pytest.mark.parametrize("path", files("Cycle"), ids=lambda p: p.name[-60:])
def test_every_amplification_curve_alone(path):
    rows, comma = table(path), is_german(path)
    found = curves(only(path))
    hint = re.search(r"Results[-_](\w+)\.csv$", path.name)[1]
    by_target = hint != "SYBR"
    wells = [name for name in rows[0] if name not in ("", "Cycle")]
    assert {key[0] for key in found} == {well(name) for name in wells}
    for name in wells:
        curve = found[well(name), hint if by_target else "", "" if by_target else hint]
        expected = np.array([number(row[name], comma) for row in rows], np.float32)
        assert [int(row["Cycle"]) for row in rows] == list(range(1, len(rows) + 1))
        assert np.array_equal(np.array(curve["fluorescence"], np.float32), expected)
        assert curve["signal"] == "baselined" and curve["cq"] is None and curve["amplified"] is None


@pytest.mark.parametrize("path", files("Temperature"), ids=lambda p: p.name[-60:])
def test_every_melting_curve_alone(path, tmp_path):
    rows = table(path)
    renamed = tmp_path / "Melt Curve Results.csv"  # which of the two it is, its values tell as well
    shutil.copy(path, renamed)
    for run in (only(path), only(renamed)):
        series = {react["well"]: react["series"] for react in run["reacts"]}
        wells = [name for name in rows[0] if name not in ("", "Temperature")]
        assert set(series) == {well(name) for name in wells}
        for name in wells:
            (curve,) = series[well(name)]
            assert curve["kind"] == ("melt_derivative" if "Derivative" in path.name else "melt")
            expected = np.array([[number(row[c], True) for row in rows] for c in ("Temperature", name)], np.float32)
            assert np.array_equal(np.array([curve["at"], curve["fluorescence"]], np.float32), expected)


def test_the_derivative_is_that_of_the_melting_curve():
    for react in only(one(BUNDLE))["reacts"]:
        series = {s["kind"]: s for s in react["series"]}
        at, rfu = (np.array(series["melt"][name]) for name in ("at", "fluorescence"))
        given = np.array(series["melt_derivative"]["fluorescence"])
        assert np.corrcoef(-np.gradient(rfu, at)[3:-3], given[3:-3])[0, 1] > 0.95
        assert {s["target"] for s in react["series"]} == {react["curves"][0]["target"]}


# ---- a whole bundle ----


def test_a_bundle_is_one_run():
    run = only(one(BUNDLE))
    info = dict(line.split(";", 1) for line in one(BUNDLE + "/*Run Information.csv").read_text().splitlines())
    assert run["run"]["id"] == info["File Name"].removesuffix(".pcrd")
    assert run["run"]["serial_number"] == info["Base Serial Number"]
    assert run["run"]["started"] == info["Run Started"]
    assert run["run"]["software"] == {"name": "CFX Manager", "version": info["CFX Manager Version"].rstrip(". ")}
    assert (run["run"]["rows"], run["run"]["columns"]) == (8, 12)
    said = attributes(run)
    for key, value in info.items():
        assert said.get(("", key), "") == value.strip()
    assert len(run["files"]) == 18 and len(run["notes"]) == 1  # the locked run file


def test_the_files_of_a_bundle_add_up():
    """Cqs from one table, curves from another, peaks, end points and alleles from others: as each alone."""
    run = only(one(BUNDLE))
    found, said = curves(run), attributes(run)
    (cq,), (amplification,) = files("Biological Set Name")[-1:], [p for p in files("Cycle") if is_german(p)]
    expected = curves(only(cq))
    assert set(found) == set(expected) and len(found) == 88
    alone = {key[0]: curve["fluorescence"] for key, curve in curves(only(amplification)).items()}
    for key, curve in found.items():
        for name in ("cq", "amplified", "quantity", "sample", "type", "well type"):
            assert curve[name] == expected[key][name]
        assert curve["fluorescence"] == alone[key[0]] and curve["signal"] == "baselined"
    cells = 0
    for path in files("Fluor"):
        if is_german(path) and "Well" in table(path)[0]:
            cells += kept(path, run)
    assert cells > 900
    view = one(BUNDLE + "/* Quantification Plate View Results_SYBR.csv").read_text().splitlines()
    for line in view[1:]:
        letter, label, *row = line.split(";")
        for column, cell in enumerate(row, 1):
            keys = [key for key in found if key[0] == f"{letter}{column:02}"]
            if label == "Cq" and keys:
                assert found[keys[0]]["cq"] == number(cell, True)
            assert bool(cell) <= bool(keys)
    assert said["", "dialect"] == "CFX"


@pytest.mark.parametrize("kind", ["Bar Chart", "Clustergram", "Heat Map", "Scatter Plot", "Summary", "Volcano Plot"])
def test_gene_expression_is_kept(kind):
    (path,) = one(BUNDLE).glob(f"*Gene Expression Results - {kind}_0.csv")

    def label(row):
        return ", ".join(row[name] for name in ("Target", "Sample") if row.get(name))

    assert kept(path, only(one(BUNDLE)), f" ({kind})", label) >= 5
    assert "says nothing about wells" in refused(path)["message"]


def test_files_in_two_folders_and_under_other_names_are_joined():
    """Cq tables in one folder, curves in another, one file per target, one twice."""
    found = {run["run"]["id"]: run for run in runs(one(GIGAS))}
    assert len(found) == 2
    for path in files("Biological Set Name"):
        if is_german(path) or "gigas" not in str(path):
            continue
        (run,) = (r for name, r in found.items() if path.name.startswith(name))
        expected, joined = curves(only(path)), curves(run)
        assert set(joined) == set(expected)
        for table_path in files("Cycle"):
            if not table_path.name.startswith(run["run"]["id"]):
                continue
            hint = re.search(r"Results[-_](\w+)\.csv$", table_path.name)[1]
            for key, alone in curves(only(table_path)).items():
                (both,) = (k for k in joined if k[0] == key[0])
                assert both[1].startswith(hint) or both[2] == hint
                assert joined[both]["fluorescence"] == alone["fluorescence"]
        assert all(curve["cycles"] == 40 for curve in joined.values())
        for key, curve in expected.items():
            assert (joined[key]["cq"], joined[key]["sample"]) == (curve["cq"], curve["sample"])
    assert next(note["what"] for note in found["sam_2024-12-10-11-46-04_Connect-GAPDH-03"]["notes"]).startswith("Holds")


def test_all_of_the_corpus_in_one_drop():
    found = runs(CFX)
    assert sorted(len(run["reacts"]) for run in found) == [24, 48, 68, 88]
    alone = {run["run"]["id"]: curves(run) for place in (GIGAS, BUNDLE) for run in runs(one(place))}
    for run in found:
        assert curves(run) == alone.get(run["run"]["id"], curves(run))


def test_the_same_run_with_any_names(tmp_path):
    """Nothing but what they say ties the files together."""
    for path, name in zip([*files("Biological Set Name"), *files("Cycle")], "abcdefgh", strict=False):
        if "gigas" in str(path):
            shutil.copy(path, tmp_path / f"{name}.csv")
    found = runs(tmp_path)
    expected = [curves(run) for run in runs(one(GIGAS))]
    assert len(found) == 2
    for run in found:
        assert curves(run) in expected


# ---- arithmetic ----


def thresholds(found):
    """Of each curve with a Cq: its value there, drawn straight from cycle to cycle."""
    values = {}
    for key, curve in found.items():
        if curve["cq"] is not None and curve["cycles"]:
            values[key] = float(np.interp(curve["cq"], np.arange(1, curve["cycles"] + 1), curve["fluorescence"]))
    return values


@pytest.mark.parametrize("folder", [BUNDLE, GIGAS])
def test_cq_is_where_the_curve_crosses_one_threshold(folder):
    for run in runs(one(folder)):
        found = curves(run)
        values = thresholds(found)
        assert len(values) > 30
        # 68 wells of one run were exported in two files, one per target, each with its own threshold
        for target in {key[1] for key in values} if folder == GIGAS else {None}:
            mine = {key: value for key, value in values.items() if target in (None, key[1])}
            threshold = next(iter(mine.values()))
            for key in mine:
                curve = np.array(found[key]["fluorescence"])
                last = int(np.flatnonzero(curve < threshold)[-1])  # the last cycle below
                crossing = last + 1 + (threshold - curve[last]) / (curve[last + 1] - curve[last])
                assert crossing == pytest.approx(found[key]["cq"], abs=1e-4), key
            for key, curve in found.items():
                if curve["cq"] is None and target in (None, key[1]):
                    assert max(curve["fluorescence"][5:]) < threshold


@pytest.mark.parametrize("path", files("Biological Set Name"), ids=lambda p: p.name[-60:])
def test_means_are_over_content_groups(path):
    """The group's number in Content; a well without one is a group of its own."""
    run = only(path)
    found, said = curves(run), attributes(run)
    groups = collections.defaultdict(list)
    for key, curve in found.items():
        group = said.get((key[0], "Replicate group")) or key[0]
        groups[group, curve["type"], key[1], key[2]].append(key)
    for keys in groups.values():
        cqs = [found[key]["cq"] for key in keys if found[key]["cq"] is not None]
        for key in keys:
            label = f" [{key[1] or key[2]}]"
            mean, sd = (
                float(said.get((key[0], name + label), said.get(("", name), "nan")))
                for name in ("Cq Mean", "Cq Std. Dev")
            )
            assert mean == pytest.approx(statistics.mean(cqs) if cqs else 0, rel=1e-10)
            if not math.isnan(sd):
                assert sd == pytest.approx(statistics.stdev(cqs) if len(cqs) > 1 else 0, rel=1e-6, abs=1e-10)


# ---- what cannot be read ----


@pytest.mark.parametrize("path", sorted(CFX.rglob("*.pcrd")), ids=lambda p: p.name)
def test_the_run_file_is_locked(path):
    error = refused(path)
    assert "is a locked CFX Maestro file" in error["message"]
    assert "Export > RDML File or Export > Export All Data Sheets" in error["hint"]


def test_run_information_and_standard_curve_need_wells():
    for name in ("*Run Information.csv", "*Standard Curve Results*.csv"):
        assert "says nothing about wells" in refused(one(f"{BUNDLE}/{name}"))["message"]
