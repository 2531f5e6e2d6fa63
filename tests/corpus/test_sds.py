"""The exports of SDS, StepOne and 7500 software through `microchim read --json`, against the same files read with csv,
and against the vendor's own arithmetic.

The corpus is no part of the repository; support.py says where it is looked for.
"""

import collections
import csv
import functools
import io
import json
import math
import statistics
import subprocess

import numpy
import pytest
import support

QPCR = support.DPCR.parent / "qpcr"
FOLDER = QPCR / "abi_legacy_sds"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the corpus of real files is not at {FOLDER}")

TASKS = {"Unknown": "unkn", "UNKNOWN": "unkn", "Target": "unkn", "Endogenous Control": "unkn", "": "unkn", "NTC": "ntc"}
TASKS |= {"STANDARD": "std"}


def named(name):
    return next(FOLDER.rglob(name)) if FOLDER.is_dir() else None


# ---- an independent reading ----


@functools.cache
def rows(path, delimiter):
    text = path.read_bytes().decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def table(path, delimiter, section=None):
    """The rows of the table whose first column is "Well" (below "[section]"), as far as they begin with a well."""
    lines = rows(path, delimiter)
    begin = next(i for i, row in enumerate(lines) if row and row[0] == f"[{section}]") if section else 0
    head = next(i for i in range(begin, len(lines)) if lines[i] and lines[i][0] == "Well")
    out = []
    for row in lines[head + 1 :]:
        if row and (row[0].isdigit() or (row[0][:1].isalpha() and row[0][1:].isdigit())):
            out.append(collections.defaultdict(str, zip(lines[head], row, strict=False)))
        elif row and any(row):
            break
    return out


def plate_384(number):
    return f"{chr(65 + (int(number) - 1) // 24)}{(int(number) - 1) % 24 + 1:02}"


def padded(name):
    return f"{name[0]}{int(name[1:]):02}"


def number(cell, comma=False):
    return None if cell in ("", "Undetermined") else float(cell.replace(",", ".") if comma else cell)


def reactions(document):
    return {(r["well"], c["target"]): (r, c) for r in document["reacts"] for c in r["curves"]}


def runs(path):
    document = support.read(path)
    assert document.get("reader", document.get("runs", [{}])[0].get("reader"))["id"] == "thermo-sds"
    return document.get("runs", [document])


def compare(run, wanted):
    """Every reaction: (well, target) -> sample, dye, type, cq, threshold, first and last cycle of the baseline."""
    found = reactions(run)
    assert found.keys() == wanted.keys() and found
    for key, (sample, dye, kind, cq, threshold, first, last) in wanted.items():
        react, curve = found[key]
        assert (react["sample"], curve["dye"], curve["type"]) == (sample, dye, kind), key
        assert (curve["cq"], curve["threshold"]) == (cq, threshold), key
        assert curve["amplified"] == (cq is not None)
        assert (curve["baseline_first"], curve["baseline_last"]) == (first, last)
        assert curve["quantity"] is None and curve["efficiency"] is None  # in none of these files


# ---- StepOne and 7500 v2 ----


def test_stepone_with_decimal_commas():
    path = named("raw_data_ABstepone.txt")
    wanted = {}
    for row in table(path, "\t"):
        threshold, first, last = row["Ct Threshold"], row["Baseline Start"], row["Baseline End"]
        wanted[padded(row["Well"]), row["Target Name"]] = (
            row["Sample Name"], "", "unkn", number(row["Cт"], True), number(threshold, True), int(first), int(last)
        )  # fmt: skip
    (run,) = runs(path)
    compare(run, wanted)
    assert len(wanted) == 48
    said = {(a["well"], a["key"]): a["value"] for a in run["attributes"]}
    assert said["", "Endogenous Control"] == "ACTIN"
    for row in table(path, "\t"):
        assert said[padded(row["Well"]), f"Cт Mean [{row['Target Name']}]"] == row["Cт Mean"]
    # The vendor's mean and SD are of the replicates of a sample.
    groups = collections.defaultdict(list)
    for row in table(path, "\t"):
        cq = reactions(run)[padded(row["Well"]), row["Target Name"]][1]["cq"]
        groups[row["Sample Name"], row["Target Name"], row["Cт Mean"], row["Cт SD"]].append(cq)
    for (_, _, mean, sd), cqs in groups.items():
        cqs = [cq for cq in cqs if cq is not None]
        if len(cqs) > 1:
            assert statistics.mean(cqs) == pytest.approx(number(mean, True), abs=1e-4)
            assert statistics.stdev(cqs) == pytest.approx(number(sd, True), abs=1e-4)


def wanted_of_7500(path):
    return {
        (padded(row["Well"]), row["Target Name"]): (
            row["Sample Name"],
            row["Reporter"],
            TASKS[row["Task"]],
            number(row["Cт"]),
            number(row["Ct Threshold"]),
            int(row["Baseline Start"]),
            int(row["Baseline End"]),
        )  # fmt: skip
        for row in table(path, ",", "Results")
        if row["Target Name"]
    }


def test_7500_results_alone():
    path = named("raw_data_AB7500_2.csv")
    compare(runs(path)[0], wanted_of_7500(path))


def test_7500_everything():
    path = named("raw_data_AB7500.csv")
    done = subprocess.run(
        [support.COMMAND, "read", str(path), "--json", "--partitions"], capture_output=True, text=True, check=True
    )
    run = json.loads(done.stdout)
    found = reactions(run)
    for key, want in wanted_of_7500(path).items():
        react, curve = found[key]
        assert (react["sample"], curve["dye"], curve["type"], curve["cq"], curve["threshold"]) == want[:5]
        assert (curve["baseline_first"], curve["baseline_last"]) == want[5:]
    planned = {(padded(r["Well"]), r["Target Name"]): r for r in table(path, ",", "Sample Setup") if r["Target Name"]}
    assert found.keys() == planned.keys()
    for key in planned.keys() - wanted_of_7500(path).keys():  # left out of the results
        assert found[key][1]["cq"] is None and found[key][1]["amplified"] is None
    curves = collections.defaultdict(list)
    for row in table(path, ",", "Amplification Data"):
        if row["Rn"]:
            curves[padded(row["Well"]), row["Target Name"]].append((float(row["Rn"]), float(row["ΔRn"])))
    without = {key for key, (_, curve) in found.items() if not curve["cycles"]}
    assert curves.keys() == found.keys() - without and without == planned.keys() - wanted_of_7500(path).keys()
    lines = 0
    for key, values in curves.items():
        curve = found[key][1]
        rn, delta = numpy.array(values).T
        assert numpy.allclose(curve["fluorescence"], rn, rtol=1e-6) and numpy.allclose(
            curve["baselined"], delta, atol=1e-7
        )
        if curve["cq"] is None:
            continue
        first, last = curve["baseline_first"], curve["baseline_last"]
        cycles = numpy.arange(1, len(rn) + 1)
        fit = numpy.polyfit(cycles[first - 1 : last], rn[first - 1 : last], 1)
        assert numpy.abs(rn - numpy.polyval(fit, cycles) - delta).max() < 2e-4  # both are printed to 0.0001
        lines += 1
    assert lines > 40
    filters = collections.defaultdict(list)
    for row in table(path, ",", "Raw Data"):
        for name in "12345":
            filters[padded(row["Well"]), name].append((float(row["Cycle"]), float(row[name])))
    seen = 0
    for react in run["reacts"]:
        for series in react["series"]:
            at, values = zip(*filters[react["well"], series["name"]], strict=False)
            assert series["kind"] == "filter" and list(series["at"]) == list(at)
            assert numpy.allclose(series["fluorescence"], values, rtol=1e-6)
            seen += 1
    assert seen == 5 * len({well for well, _ in planned})


def test_the_two_exports_of_one_7500_run_are_one(tmp_path):
    for name in ("raw_data_AB7500.csv", "raw_data_AB7500_2.csv"):
        (tmp_path / name).write_bytes(named(name).read_bytes())
    code, document = support.run(tmp_path)
    assert code == 0 and "runs" not in document
    assert document["reacts"] == support.read(named("raw_data_AB7500.csv"))["reacts"]


# ---- SDS ----


def test_sds_1():
    path = named("raw_data_AB7000.csv")
    wanted = {
        (padded(row["Well"]), row["Detector"]): (row["Sample Name"], "", "unkn", number(row["Ct"]), None, None, None)
        for row in table(path, ",")
    }
    (run,) = runs(path)
    compare(run, wanted)
    assert len(wanted) == 72
    assert run["run"]["started"] == "Wednesday, December 12, 2007 12:30:20"
    assert run["run"]["software"] == {"name": "SDS", "version": "1.2"}
    groups = collections.defaultdict(list)
    for row in table(path, ","):
        cq = reactions(run)[padded(row["Well"]), row["Detector"]][1]["cq"]
        groups[row["Sample Name"], row["Detector"], row["StdDev Ct"]].append(cq)
    for (_, _, sd), cqs in groups.items():
        assert statistics.stdev(cqs) == pytest.approx(float(sd), abs=8e-3)  # Ct has two decimals


@pytest.mark.parametrize("name", ["raw_data_AB7900.txt", "raw_data_AB7900_96w.txt"])
def test_sds_2_counts_wells_of_384(name):
    path = named(name) if FOLDER.is_dir() else None
    wanted = {
        (plate_384(row["Well"]), row["Detector Name"]): (
            row["Sample Name"],
            row["Reporter"],
            TASKS[row["Task"]],
            number(row["Ct"]),
            number(row["Threshold"]),
            None,
            None,
        )  # fmt: skip
        for row in table(path, "\t")
    }
    (run,) = runs(path)
    compare(run, wanted)
    assert run["run"]["started"] == "10/6/10 7:56:11 PM"
    for react in run["reacts"]:  # the laboratory typed positions as names
        assert padded(react["sample"]) == react["well"]
    flagged = {plate_384(r["Well"]): r for r in table(path, "\t") if r["TAF"] == "true"}
    for react in run["reacts"]:
        assert ("TAF" in react["curves"][0]["status"]) == (react["well"] in flagged)


@pytest.mark.parametrize("name", ["example.txt", "exampleTechReps.txt"])
def test_a_study_of_several_plates_is_several_runs(name):
    path = named(name) if FOLDER.is_dir() else None
    plates = collections.defaultdict(dict)
    outliers = 0
    for row in table(path, "\t"):
        plates[row["Filename"]][plate_384(row["Well"]), row["Detector"]] = row
    found = {run["run"]["id"]: run for run in runs(path)}
    assert found.keys() == plates.keys()
    for plate, wanted in plates.items():
        got = reactions(found[plate])
        assert got.keys() == wanted.keys()
        groups = collections.defaultdict(list)
        for key, row in wanted.items():
            react, curve = got[key]
            assert (react["sample"], curve["type"]) == (row["Sample"], TASKS[row["Task"]])
            assert (curve["cq"], curve["threshold"]) == (number(row["Ct"]), number(row["Threshold"]))
            assert curve["excluded"] == (row["Outlier"] == "X")
            outliers += curve["excluded"]
            if row["Ct Avg"] and name == "exampleTechReps.txt":
                # The program counts 40 for none where it averages.
                groups[row["Sample"], row["Detector"], row["Ct Avg"]].append((curve["excluded"], curve["cq"]))
        for (_, _, mean), values in groups.items():
            kept = [cq for excluded, cq in values if not excluded]
            if None not in kept and kept:
                assert math.isclose(statistics.mean(kept), float(mean), rel_tol=1e-5)
    assert outliers == {"example.txt": 0, "exampleTechReps.txt": 10}[name]


# ---- what is refused, and why ----


def test_a_damaged_line_of_the_7700_is_pointed_at():
    code, document = support.run(named("raw_data_AB7700.csv"))
    assert code == 3
    assert "raw_data_AB7700.csv:70, column 'Quantity': '-1.0p' is not a number" in document["error"]["message"]


def test_the_7700_without_its_damaged_lines(tmp_path):
    lines = [row for row in rows(named("raw_data_AB7700.csv"), "\t") if row]
    bad = [i for i, row in enumerate(lines) if "0p" in "".join(row)]
    whole = [row for i, row in enumerate(lines) if i not in bad and i - 1 not in bad]
    (tmp_path / "7700.txt").write_text("\n".join("\t".join(row) for row in whole) + "\n")
    wanted = {}
    for row in whole[1:]:
        if row[0].isdigit() and row[2]:
            well = f"{chr(65 + (int(row[0]) - 1) // 12)}{(int(row[0]) - 1) % 12 + 1:02}"
            assert padded(row[11]) == well  # the laboratory typed positions as names
            wanted[well, row[2]] = (row[11], "SYBR", "unkn", number(row[5]), 0.024, 3, 15)
    compare(runs(tmp_path / "7700.txt")[0], wanted)
    assert len(wanted) > 40


def test_a_table_made_by_hand_is_nobodys():
    code, document = support.run(named("qPCR.example.txt"))
    assert code == 3 and "not recognised" in document["error"]["message"]


def test_the_workbook_of_the_7500():
    xlrd = pytest.importorskip("xlrd")
    path = next((QPCR / "abi_7500_xls").rglob("*.xls"))
    code, document = support.run(path)
    if code == 3 and "thermo-sds" not in json.dumps(document):
        pytest.skip("this build does not open .xls")
    assert code == 0
    sheets = {s.name: [s.row_values(i) for i in range(s.nrows)] for s in xlrd.open_workbook(path).sheets()}
    found = reactions(document)
    planned = {(padded(r[0]), r[5]): r for r in sheets["Sample Setup"][8:] if r[5]}
    assert found.keys() == planned.keys()
    for key, row in planned.items():
        react, curve = found[key]
        assert (react["sample"], curve["type"], curve["dye"]) == (str(row[1]), TASKS[row[7]], row[8])
        assert curve["quantity"] == (row[10] if row[10] != "" else None)
        assert (curve["cq"], curve["amplified"]) == (None, None)  # the results were not exported
    series = {(r["well"], s["name"]) for r in document["reacts"] for s in r["series"]}
    assert series == {(well, dye) for well, _ in planned for dye in sheets["Multicomponent Data"][7][2:]}
