"""Every .eds of the corpus through `microchim read --json`, against the same read with zipfile, ElementTree and json.

The corpus is no part of the repository; support.py says where it is looked for. What the instrument programs compute
(Rn, Delta Rn) must follow from what was read.
"""

import collections
import functools
import json
import pathlib
import re
import subprocess
import xml.etree.ElementTree as ET
import zipfile

import numpy as np
import pytest
from support import COMMAND, DPCR, readers

QPCR = DPCR.parent / "qpcr"
SDS = "apldbio/sds/"
TYPES = {"UNKNOWN": "unkn", "STANDARD": "std", "NTC": "ntc"}


def found(suffix):
    return sorted(QPCR.rglob(f"*{suffix}")) if QPCR.is_dir() else []


pytestmark = [
    pytest.mark.skipif(not found(".eds"), reason=f"there are no .eds files below {QPCR}"),
    pytest.mark.skipif("thermo-eds" not in readers(), reason="the command has no reader thermo-eds"),
]


@functools.cache
def parts(path):
    """Name in lower case -> content."""
    with zipfile.ZipFile(path) as archive:
        return {name.replace("\\", "/").lower(): archive.read(name) for name in archive.namelist()}


@functools.cache
def read(path):
    done = subprocess.run([COMMAND, "read", str(path), "--json", "--partitions"], capture_output=True, text=True)
    document = json.loads(done.stdout)
    assert done.returncode == 0, document
    return document


def files(json_kind):
    chosen = [p for p in found(".eds") if ("setup/plate_setup.json" in parts(p)) == json_kind]
    return [pytest.param(p, id=p.name) for p in chosen] or [pytest.param(None, id="none", marks=pytest.mark.skip)]


def well_name(index, columns=12):
    return f"{chr(ord('A') + index // columns)}{index % columns + 1:02}"


def floats(values):
    return np.array([np.nan if v is None else v for v in values], dtype=np.float32)


def curves(path):
    return {(r["well"], c["target"]): (r, c) for r in read(path)["reacts"] for c in r["curves"]}


# ---- first generation: XML and text ----


def xml(path, name):
    return ET.fromstring(parts(path)[SDS + name])


def set_up(path):
    """{(well, target): (sample, task, quantity, reporter)}, passive reference, {well: omitted}, {well: flags}"""
    root = xml(path, "plate_setup.xml")
    columns = int(root.findtext("Columns"))
    maps = {node.findtext("Feature/Id"): node.findall("FeatureValue") for node in root.findall("FeatureMap")}
    samples = {int(v.findtext("Index")): v.findtext("FeatureItem/Sample/Name") for v in maps["sample"]}
    plate = {}
    for value in maps["detector-task"]:
        index = int(value.findtext("Index"))
        for task in value.iter("DetectorTask"):
            facts = (samples.get(index, ""), task.findtext("Task"), float(task.findtext("Concentration")))
            plate[well_name(index, columns), task.findtext("Detector/Name")] = (
                *facts,
                task.findtext("Detector/Reporter"),
            )
    wells = root.findall("Wells/Well")
    omitted = {well_name(int(w.findtext("Index")), columns): w.findtext("IsOmit") == "true" for w in wells}
    flags = {well_name(int(w.findtext("Index")), columns): [f.text for f in w.findall("FlagName")] for w in wells}
    return plate, root.findtext("PassiveReferenceDye") or "", omitted, flags


def signals(path):
    """{(well, dye): values}, from either spelling."""
    out = {}
    if SDS + "multicomponentdata.xml" in parts(path):
        root = xml(path, "multicomponentdata.xml")
        dyes = {n.get("WellIndex"): re.findall(r"\w+", n.findtext("DyeList") or "") for n in root.findall("DyeData")}
        for node in root.findall("SignalData"):
            for dye, data in zip(dyes[node.get("WellIndex")], node.findall("CycleData"), strict=True):
                values = [float(v) for v in data.text.strip("[]").split(",")]
                out[well_name(int(node.get("WellIndex"))), dye] = values
        return out
    text = parts(path)[SDS + "multicomponent_data.txt"].decode()
    by_cycle = collections.defaultdict(dict)
    for well, cycle, dye, value in re.findall(r"(?:^|\t)(\d+)\t(\d+)\t([A-Z]\w*)\t[\d.E-]+\t([-\d.E]+)\t", text, re.M):
        by_cycle[well_name(int(well)), dye][int(cycle)] = float(value)
    return {key: [values[c] for c in range(len(values))] for key, values in by_cycle.items()}


def settings(path):
    """[(kind, {name: text})] of the analysis protocol."""
    out = []
    for node in xml(path, "analysis_protocol.xml").findall("JaxbAnalysisSettings"):
        values = {v.findtext("Name"): v.find("JaxbValueItem")[0].text for v in node.findall("JaxbSettingValue")}
        out.append((node.findtext("Type").rsplit(".", 1)[1], values))
    return out


def results(path):
    """{(well, target): (cells by name, Rn, Delta Rn)}"""
    out, header, last = {}, None, None
    for line in parts(path).get(SDS + "analysis_result.txt", b"").decode().splitlines():
        cells = line.split("\t")
        if cells[0] == "Well":
            header = cells
        elif header and cells[0].isdigit():
            row = dict(zip(header, cells, strict=False))
            last = out[well_name(int(cells[0])), row["Detector"]] = [row, None, None]
        elif cells[0] in ("Rn values", "Delta Rn values"):
            last[1 if cells[0][0] == "R" else 2] = [float(v) for v in cells[1:] if v]
    return out


@pytest.mark.parametrize("path", files(False))
def test_wells_samples_targets_and_tasks(path):
    plate, _, omitted, flags = set_up(path)
    got = curves(path)
    assert got.keys() == plate.keys()
    for (well, target), (sample, task, quantity, reporter) in plate.items():
        react, curve = got[well, target]
        assert (react["sample"], curve["type"], curve["dye"]) == (sample, TYPES[task], reporter)
        assert curve["excluded"] == omitted[well]
        expected = quantity if task == "STANDARD" else None
        if not results(path) or task == "STANDARD":
            assert curve["quantity"] == expected
        for flag in flags[well]:
            assert flag.split("-")[0] in curve["status"]


@pytest.mark.parametrize("path", files(False))
def test_results(path):
    got = curves(path)
    for key, (row, rn, drn) in results(path).items():
        curve = got[key][1]
        ct = float(row["Ct"]) if re.fullmatch(r"[\d.]+", row["Ct"]) else np.nan
        none = not ct < len(rn)  # "Undetermined" is the number of cycles
        assert curve["cq"] == (None if none else ct)
        assert curve["amplified"] == (False if none or row["Amp Status"] == "-1" else row["Amp Status"] == "1")
        np.testing.assert_array_equal(floats(curve["fluorescence"]), np.float32(rn))
        np.testing.assert_array_equal(floats(curve["baselined"]), np.float32(drn))
        assert curve["signal"] == "normalised"


@pytest.mark.parametrize("path", files(False))
def test_thresholds_and_baselines(path):
    targets = {v["ObjectName"]: v for kind, v in settings(path) if kind == "IDetectorSettings"}
    wells = {
        (well_name(int(v["WellIndex"])), v["ObjectName"]): v
        for kind, v in settings(path)
        if kind == "IWellSettings" and "WellIndex" in v
    }
    assert targets
    for (well, target), (_, curve) in curves(path).items():
        assert curve["threshold"] == float(targets[target]["Threshold"])
        used = wells[well, target] if targets[target]["AutoBaseline"] == "true" else targets[target]
        assert (curve["baseline_first"], curve["baseline_last"]) == (
            int(used["BaselineStart"]),
            int(used["BaselineStop"]),
        )


@pytest.mark.parametrize("path", files(False))
def test_dyes(path):
    """All of the wells that were set up; nobody asks for the others."""
    wanted = {key: values for key, values in signals(path).items() if key[0] in {w for w, _ in set_up(path)[0]}}
    got = {(r["well"], s["name"]): s for r in read(path)["reacts"] for s in r.get("series", []) if s["kind"] == "dye"}
    assert got.keys() == wanted.keys() and got
    for key, values in wanted.items():
        assert got[key]["at"] == list(range(1, len(values) + 1))
        np.testing.assert_array_equal(floats(got[key]["fluorescence"]), np.float32(values))


@pytest.mark.parametrize("path", files(False))
def test_readings_of_the_filters(path):
    if SDS + "filterdata.xml" not in parts(path):
        pytest.skip("no filter readings in it")
    wanted = collections.defaultdict(list)
    for point in xml(path, "filterdata.xml").findall("PlatePointData"):
        for data in point.findall("PlateData"):
            (name,) = (a.findtext("value") for a in data.findall("Attribute") if a.findtext("key") == "FILTER_SET")
            for index, value in enumerate(data.findtext("WellData").split()):
                wanted[well_name(index), name].append(float(value))
    got = {(r["well"], s["name"]): s for r in read(path)["reacts"] for s in r["series"] if s["kind"] == "filter"}
    assert got.keys() == wanted.keys() and got
    for key, values in wanted.items():
        np.testing.assert_array_equal(floats(got[key]["fluorescence"]), np.float32(values))


@pytest.mark.parametrize("path", files(False))
def test_rn_is_reporter_by_passive_reference(path):
    """Where the file has results it is theirs; where it has none it is ours."""
    plate, passive, _, _ = set_up(path)
    dyes = signals(path)
    for (well, target), (_, curve) in curves(path).items():
        ratio = np.array(dyes[well, plate[well, target][3]]) / np.array(dyes[well, passive])
        np.testing.assert_allclose(floats(curve["fluorescence"]), ratio, rtol=2e-6)


@pytest.mark.parametrize("path", files(False))
def test_delta_rn_is_rn_less_the_line_over_the_baseline(path):
    if not results(path):
        pytest.skip("no results in it")
    for _, curve in curves(path).values():
        rn, first, last = np.array(curve["fluorescence"]), curve["baseline_first"], curve["baseline_last"]
        cycles = np.arange(1, len(rn) + 1)
        line = np.polyfit(cycles[first - 1 : last], rn[first - 1 : last], min(1, last - first))
        np.testing.assert_allclose(curve["baselined"], rn - np.polyval(line, cycles), atol=2e-6)


def test_standards_of_a_run_without_results_lie_on_a_line():
    """Threshold, baselines, tasks and quantities fit together: computed from them, the standards give an efficiency
    near 100 percent, and all of them lie on the line."""
    paths = [p for p in found(".eds") if p.name == "sce.eds"]
    if not paths:
        pytest.skip("sce.eds is not in the corpus")
    points = []
    for _, curve in curves(paths[0]).values():
        if curve["type"] != "std":
            continue
        rn = np.array(curve["fluorescence"])
        cycles = np.arange(1, len(rn) + 1)
        base = slice(curve["baseline_first"] - 1, curve["baseline_last"])
        delta = rn - np.polyval(np.polyfit(cycles[base], rn[base], 1), cycles)
        k = np.flatnonzero((delta[1:] >= curve["threshold"]) & (delta[:-1] < curve["threshold"]))[-1]
        cq = k + 1 + (curve["threshold"] - delta[k]) / (delta[k + 1] - delta[k])
        points.append((np.log10(curve["quantity"]), cq))
    assert len(points) == 15
    x, y = np.array(points).T
    slope, _ = np.polyfit(x, y, 1)
    assert 1.85 < 10 ** (-1 / slope) < 2.1
    assert np.corrcoef(x, y)[0, 1] ** 2 > 0.99


def test_the_export_of_the_7500_says_the_same():
    xlrd = pytest.importorskip("xlrd")
    eds = [p for p in found(".eds") if p.name == "sce.eds"]
    exports = sorted(QPCR.rglob("7500_std.xls"))
    if not eds or not exports:
        pytest.skip("the run is not in the corpus in both formats")
    sheet = xlrd.open_workbook(exports[0]).sheet_by_name("Multicomponent Data")
    rows = [sheet.row_values(i) for i in range(sheet.nrows)]
    start = next(i for i, row in enumerate(rows) if row[0] == "Well")
    got = {(r["well"], s["name"]): s for r in read(eds[0])["reacts"] for s in r.get("series", [])}
    compared = 0
    for row in rows[start + 1 :]:
        if not row[0]:
            continue
        well = f"{row[0][0]}{int(row[0][1:]):02}"
        for dye, value in zip(rows[start][2:], row[2:], strict=True):
            if (well, dye) in got and value != "":
                ours = got[well, dye]["fluorescence"][int(row[1]) - 1]
                assert float(str(value).replace(",", "")) == pytest.approx(ours, rel=1e-6, abs=6e-4)
                compared += 1
    assert compared == 24 * 40 * 3


# ---- second generation: JSON ----


@pytest.mark.parametrize("path", files(True))
def test_second_generation(path):
    setup = json.loads(parts(path)["setup/plate_setup.json"])
    data = json.loads(parts(path)["primary/multicomponent_data.json"])
    readings = json.loads(parts(path)["run/filter_data.json"])
    columns = 24 if "384" in setup["blockType"] else 12
    reporters = {target["name"]: target["reporter"] for target in setup["targets"]}
    got, compared = curves(path), 0
    reacts = {react["well"]: react for react in read(path)["reacts"]}
    for well in setup["wells"]:
        name = well_name(well["index"], columns)
        for target in well["targetAssignments"]:
            react, curve = got[name, target["targetName"]]
            assert react["sample"] == well["sampleName"]
            assert curve["type"] == TYPES[target["task"]]
            assert curve["dye"] == reporters[target["targetName"]]
            assert curve["quantity"] == (target["quantity"] if target["task"] == "STANDARD" else None)
            assert curve["cq"] is None and curve["amplified"] is None  # the sample holds no results of wells
            compared += 1
    assert compared == len(got)
    for well in data["wellData"]:
        name = well_name(well["wellIndex"], columns)
        dyes = {dye["dyeName"]: dye["fluorescences"] for dye in well["dyeData"]}
        series = {s["name"]: s["fluorescence"] for s in reacts[name]["series"] if s["kind"] == "dye"}
        filters = [s for s in reacts[name]["series"] if s["kind"] == "filter"]
        assert len(filters) == 5 and filters[0]["fluorescence"] == pytest.approx(
            [p["filterData"][0]["wellFluorescences"][well["wellIndex"]] for p in readings], rel=1e-6
        )
        assert series.keys() == dyes.keys()
        for dye, values in dyes.items():
            np.testing.assert_array_equal(floats(series[dye]), np.float32(values))
        (curve,) = reacts[name]["curves"]
        ratio = np.array(dyes[curve["dye"]]) / np.array(dyes[setup["passiveReference"]])
        np.testing.assert_allclose(curve["fluorescence"], ratio, rtol=2e-6)


def test_templates_are_refused_with_a_reason():
    templates = found(".edt")
    assert templates
    for path in templates:
        done = subprocess.run([COMMAND, "read", str(path), "--json"], capture_output=True, text=True)
        assert done.returncode == 3
        assert "this is a template, or a run that was not started" in json.loads(done.stdout)["error"]["message"]


def test_two_files_are_two_runs(tmp_path):
    chosen = [p for p in found(".eds") if p.name in ("sce.eds", "test.eds")]
    if len(chosen) < 2:
        pytest.skip("there are not two files in the corpus")
    for path in chosen:
        (tmp_path / path.name).write_bytes(pathlib.Path(path).read_bytes())
    runs = read(tmp_path)["runs"]
    assert [run["run"] for run in runs] == [read(p)["run"] for p in sorted(chosen, key=lambda p: p.name)]
