"""The exports of Design & Analysis 1 and 2 through `microchim read --json`, against the same files read with xlrd,
openpyxl and csv, and against the vendor's own arithmetic.

The corpus is no part of the repository; support.py says where it is looked for.
"""

import collections
import csv
import functools
import json
import math
import statistics
import subprocess
import warnings

import numpy
import openpyxl
import pytest
import support
import xlrd

CORPUS = support.DPCR.parent / "qpcr"
FOLDERS = [
    CORPUS / f"abi_{name}" for name in ("design_and_analysis_xlsx", "design_and_analysis_csv", "quantstudio_xls")
]
pytestmark = pytest.mark.skipif(not FOLDERS[0].is_dir(), reason=f"the corpus of real files is not at {CORPUS}")

TASKS = {"UNKNOWN": "unkn", "STANDARD": "std", "NTC": "ntc", "": "unkn"}
VERDICTS = {"amp": True, "no amp": False, "inconclusive": None}
READINGS = {"Multicomponent": "dye", "Multicomponent Data": "dye", "Raw Data": "filter"}
MODULES = ("Standard Curve Result", "Replicate Group Result", "RQ Replicate Group Result", "Sample Group Result")


def files():
    found = [p for folder in FOLDERS for p in sorted(folder.rglob("*")) if p.suffix in (".xls", ".xlsx", ".csv")]
    return [pytest.param(path, id=path.name) for path in found] or [pytest.param(None, id="no corpus")]


def named(end):
    return next(p.values[0] for p in files() if p.id.endswith(end))


# ---- an independent reading ----


def sheets(path):
    if path.suffix == ".xls":
        for sheet in xlrd.open_workbook(path).sheets():
            cells = [
                [bool(c.value) if c.ctype == xlrd.XL_CELL_BOOLEAN else c.value for c in r] for r in sheet.get_rows()
            ]
            yield sheet.name, cells
    elif path.suffix == ".xlsx":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for sheet in openpyxl.load_workbook(path, read_only=True):
                yield sheet.title, [["" if c is None else c for c in row] for row in sheet.iter_rows(values_only=True)]
    else:
        with path.open(encoding="utf-8", newline="") as file:
            yield "Results", list(csv.reader(file))


@functools.cache
def tables(path):
    """(lines above the tables, name -> rows)."""
    preamble, found = {}, {}
    for name, rows in sheets(path):
        begin = next((i for i, row in enumerate(rows) if sum(cell != "" for cell in row) > 2), None)
        if begin is None:
            continue
        preamble |= {str(row[0]).strip(): row[1] for row in rows[:begin] if row and row[0] != ""}
        body = [dict(zip(rows[begin], row, strict=False)) for row in rows[begin + 1 :]]
        found[name] = [
            collections.defaultdict(str, row) for row in body if sum(cell != "" for cell in row.values()) > 2
        ]
    return preamble, found


def number(cell):
    return None if cell in ("", "-") else float(cell)


def first(row, *names):
    return next((row[name] for name in names if name in row), "")


def well(row):
    text = row["Well Position"].strip()
    return f"{text[0]}{int(text[1:]):02}"


def target(row):
    return first(row, "Target", "Target Name", "Reporter")


def yes(cell):
    return str(cell).lower() in ("true", "1")


def cq(row):
    cell = first(row, "Cq", "CT")
    return None if str(cell).lower() in ("undetermined", "") else float(cell)


def reactions(document):
    return {(r["well"], c["target"]): (r, c) for r in document["reacts"] for c in r["curves"]}


@functools.cache
def points(path):
    done = subprocess.run(
        [support.COMMAND, "read", str(path), "--json", "--partitions"], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def close(one, other):
    return one is None and other is None or (None not in (one, other) and math.isclose(one, other, rel_tol=1e-12))


def same_curve(floats, values):
    return len(floats) == len(values) and all(
        (a is None and b is None) or math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)
        for a, b in zip(floats, values, strict=False)
    )


# ---- what the files say ----


@pytest.mark.parametrize("path", files())
def test_every_reaction_is_as_the_file_says(path):
    document, (_, found) = support.read(path), tables(path)
    assert document["reader"]["id"] == "thermo-design-analysis"
    curves = reactions(document)
    results = {(well(row), target(row)): row for row in found["Results"]}
    nominal = {(well(row), target(row)): row for row in found.get("Sample Setup", []) if target(row)}
    curve_rows = {(well(r), target(r)) for r in found.get("Amplification Data", []) if target(r) and r["Rn"] != ""}
    assert curves.keys() == results.keys() | nominal.keys() | curve_rows
    assert results
    quantities = {(well(r), target(r)): r for r in found.get("Standard Curve Result", [])}
    for key, row in results.items():
        react, curve = curves[key]
        assert react["sample"] == str(first(row, "Sample", "Sample Name")), key
        assert (curve["dye"], curve["type"]) == (row["Reporter"], TASKS[row["Task"]])
        assert curve["signal"] == "normalised" and curve["excluded"] == yes(row["Omit"])
        assert close(curve["cq"], cq(row)), key
        verdict = str(row["Amp Status"]).lower().replace("_", " ")
        seen = cq(row) is not None
        said = VERDICTS[verdict] if verdict and (seen or verdict != "inconclusive") else seen
        assert curve["amplified"] == said, key
        assert close(curve["threshold"], number(first(row, "Threshold", "Ct Threshold")))
        assert (curve["baseline_first"], curve["baseline_last"]) == (
            number(row["Baseline Start"]),
            number(row["Baseline End"]),
        )
        line = quantities.get(key, row)
        quantity = number(line["Quantity"])
        if quantity is None and key in nominal:
            quantity = number(nominal[key]["Quantity"])
        assert close(curve["quantity"], quantity), key
        percent = number(line["Efficiency"])
        assert close(curve["efficiency"], None if percent is None else 1 + percent / 100)
        if row["Amp Status"]:
            assert curve["status"].startswith(row["Amp Status"])
        flags = {name for name, cell in row.items() if name.isupper() and name != "CT" and cell == "Y"}
        issues = [str(row[name]) for name in ("Curve Quality", "Result Quality Issues") if row[name]]
        words = curve["status"].split(", ") if curve["status"] else []
        assert set(words) >= flags and all(issue in curve["status"] for issue in issues)
        assert len(words) <= bool(row["Amp Status"]) + len(flags) + sum(1 + issue.count(", ") for issue in issues)


@pytest.mark.parametrize("path", files())
def test_every_point_of_every_curve(path):
    curves = collections.defaultdict(lambda: ([], []))
    for row in tables(path)[1].get("Amplification Data", []):
        if row["Rn"] == "":
            continue
        cells = row["Rn"], first(row, "dRn", "Delta Rn")
        for values, cell in zip(curves[well(row), target(row)], cells, strict=False):
            values += [None] * (int(first(row, "Cycle Number", "Cycle")) - 1 - len(values))
            values.append(number(cell))
    for key, (_, curve) in reactions(support.read(path)).items():
        rn, delta = curves.pop(key, ([], []))
        assert same_curve(curve["fluorescence"], rn), key
        assert same_curve(curve.get("baselined", []), delta), key
    assert not curves


@pytest.mark.parametrize("path", files())
def test_every_reading_of_dyes_and_filters(path):
    wanted, (_, found) = collections.defaultdict(lambda: ([], [])), tables(path)
    for section, kind in READINGS.items():
        for row in found.get(section, []):
            for name, cell in list(row.items()):
                if name in ("Well", "Well Position", "Stage Number", "Step Number") or "Cycle" in name or cell == "":
                    continue
                at, values = wanted[well(row), kind, name]
                at.append(float(first(row, "Cycle Number", "Cycle"))), values.append(float(cell))
    seen = 0
    for react in points(path)["reacts"]:
        for series in react.get("series", []):
            at, values = wanted.pop((react["well"], series["kind"], series["name"]))
            assert same_curve(series["at"], at) and same_curve(series["fluorescence"], values)
            seen += 1
    used = {key[0] for key in reactions(support.read(path))}
    assert all(key[0] not in used for key in wanted)
    assert seen or not found.keys() & READINGS.keys()


@pytest.mark.parametrize("path", files())
def test_nothing_is_lost(path):
    document, (preamble, found) = support.read(path), tables(path)
    said = collections.defaultdict(set)
    for entry in document["attributes"] + [
        {**a, "well": react["well"]} for react in document["reacts"] for a in react.get("attributes", [])
    ]:
        said[entry["key"]].add(entry["value"])

    def has(key, cell):
        return any(text == str(cell) or same_number(text, cell) for text in said[key])

    def same_number(text, cell):
        try:
            return float(text) == float(cell)
        except (TypeError, ValueError):
            return str(cell).strip() == text or str(cell).upper() == text

    for key, value in preamble.items():
        assert value == "" or has(key, value), key
    taken = {"Well", "Well Position", "Omit", "Sample", "Sample Name", "Target", "Target Name", "Task", "Reporter"}
    taken |= {"CT", "Cq", "Threshold", "Ct Threshold", "Baseline Start", "Baseline End", "Amp Status", "Quantity"}
    results = found["Results"]
    for name in ("Results", "Standard Curve Result"):
        for row in found.get(name, []):
            for column, cell in list(row.items()):
                efficiency = column == "Efficiency" and row["Slope"] != ""
                if column in taken or efficiency or cell == "" or (name != "Results" and column in results[0]):
                    continue
                assert has(column, cell) or has(f"{column} [{target(row)}]", cell), (column, cell)
    for name in MODULES[1:]:
        for row in found.get(name, []):
            for column, cell in list(row.items()):
                if column not in taken - {"Omit", "Quantity"} and cell not in ("", "-"):
                    assert has(f"{column} [{name}, {row['Sample']}, {row['Target']}]", cell) or has(
                        f"{column} [{name}, {row['Sample']}]", cell
                    ), (name, column, cell)


def test_what_the_program_says_of_itself_and_of_the_run():
    run = support.read(named("QS1_Standard_Curve_example01.xlsx"))["run"]
    assert run["id"] == "QS1_Standard_Curve"
    assert run["software"] == {"name": "Design & Analysis Software", "version": "2.7.0"}
    assert run["started"] == "2018-06-01 12:04:59 AM EDT"
    for parameter in files():
        preamble, run = tables(parameter.values[0])[0], support.read(parameter.values[0])["run"]
        assert run["instrument"] == preamble["Instrument Type"]
        assert run["serial_number"] == str(preamble["Instrument Serial Number"]).removesuffix(".0")


def test_a_reporter_stands_for_a_target_that_was_not_exported():
    document = support.read(named("example18.xlsx"))
    assert any("no column 'Target'" in note["what"] for note in document["notes"])
    assert {c["target"] for r in document["reacts"] for c in r["curves"]} == {"FAM"}


# ---- the vendor's arithmetic ----


def standard_curves():
    for parameter in files():
        path = parameter.values[0]
        rows = tables(path)[1]
        by_target = collections.defaultdict(list)
        for row in rows.get("Standard Curve Result", rows["Results"]):
            if number(row["Slope"]) is not None:
                by_target[target(row)].append(row)
        for name, members in by_target.items():
            curves = {place: c for (place, of), (_, c) in reactions(support.read(path)).items() if of == name}
            yield path, members, curves


def test_the_line_is_least_squares_over_single_standards():
    lines = 0
    for _, members, curves in standard_curves():
        standards = [c for c in curves.values() if c["type"] == "std" and c["cq"] and not c["excluded"]]
        x, y = numpy.log10([c["quantity"] for c in standards]), numpy.array([c["cq"] for c in standards])
        slope, intercept = numpy.polyfit(x, y, 1)
        assert slope == pytest.approx(number(members[0]["Slope"]), abs=6e-5)
        assert intercept == pytest.approx(number(members[0]["Y-Intercept"]), abs=6e-5)
        assert numpy.corrcoef(x, y)[0, 1] ** 2 == pytest.approx(number(members[0]["R2"]), abs=1e-9)
        for curve in curves.values():
            assert curve["efficiency"] == pytest.approx(10 ** (-1 / slope), abs=1e-9)
        lines += 1
    assert lines >= 2


def test_quantities_come_from_the_printed_line():
    compared = 0
    for _, members, curves in standard_curves():
        slope, intercept = number(members[0]["Slope"]), number(members[0]["Y-Intercept"])
        for curve in curves.values():
            if curve["type"] == "unkn" and curve["cq"] and curve["quantity"] is not None:
                assert curve["quantity"] == pytest.approx(10 ** ((curve["cq"] - intercept) / slope), rel=1e-12)
                compared += 1
    assert compared > 100


@pytest.mark.parametrize("path", files())
def test_rn_is_reporter_over_passive_reference(path):
    passive, compared = tables(path)[0]["Passive Reference"], 0
    for react in points(path)["reacts"]:
        dyes = {
            s["name"]: dict(zip(s["at"], s["fluorescence"], strict=False))
            for s in react.get("series", [])
            if s["kind"] == "dye"
        }
        for curve in react["curves"]:
            for cycle, rn in enumerate(curve["fluorescence"], 1):
                if curve["dye"] in dyes and passive in dyes:
                    assert rn == pytest.approx(dyes[curve["dye"]][cycle] / dyes[passive][cycle], abs=1e-4)
                    compared += 1
    assert compared or not tables(path)[1].keys() & {"Multicomponent", "Multicomponent Data"}


@pytest.mark.parametrize("path", files())
def test_delta_rn_is_rn_less_the_line_through_the_baseline(path):
    compared = 0
    for curve in (c for r in support.read(path)["reacts"] for c in r["curves"]):
        rn, delta = curve["fluorescence"], curve.get("baselined")
        begin, end = curve["baseline_first"], curve["baseline_last"]
        if not delta or not begin or None in rn or end - begin < 2:
            continue
        cycles = numpy.arange(1, len(rn) + 1)
        chosen = (cycles >= begin) & (cycles <= end)
        line = numpy.polyval(numpy.polyfit(cycles[chosen], numpy.array(rn)[chosen], 1), cycles)
        assert numpy.abs(numpy.array(rn) - line - delta).max() < 1e-4
        compared += 1
    assert compared or "Amplification Data" not in tables(path)[1]


@pytest.mark.parametrize("path", files())
def test_means_are_of_the_replicates(path):
    members = collections.defaultdict(list)
    printed = {}
    found = reactions(support.read(path))
    for row in tables(path)[1]["Results"]:
        group = first(row, "Sample", "Sample Name"), target(row), row["Task"]
        if cq(row) is not None:
            members[group].append(found[well(row), target(row)][1]["cq"])
            printed[group] = number(first(row, "Cq Mean", "Ct Mean")), number(first(row, "Cq SD", "Ct SD"))
    close_ones = 0
    for group, cqs in members.items():
        mean, sd = printed[group]
        if mean is None or len(cqs) < 2:
            continue
        close_ones += abs(statistics.mean(cqs) - mean) < 1e-5 and abs(statistics.stdev(cqs) - sd) < 1e-5
    assert close_ones or not any(mean for mean, _ in printed.values())


# ---- drops ----


def test_two_workbooks_and_a_table_in_one_folder(tmp_path):
    one, other, table = named("example01.xlsx"), named("barcode.xls"), named("144304.csv")
    for path in (one, other, table):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "again.xlsx").write_bytes(one.read_bytes())
    (tmp_path / "notes.txt").write_text("loaded on Monday\n")
    code, document = support.run(tmp_path)
    assert code == 0
    assert sorted(run["run"]["id"] for run in document["runs"]) == sorted(
        support.read(path)["run"]["id"] for path in (one, other, table)
    )
