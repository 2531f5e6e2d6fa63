"""Every RDML file of the corpus through `microchim read --json`, against the same file read with ElementTree.

The corpus is no part of the repository: <repository>/../shared/corpus, or MICROCHIM_SHARED/corpus. Where it does
not exist the tests are skipped. The command is build/bin/microchim, or MICROCHIM_BIN.
"""

import functools
import io
import json
import math
import os
import pathlib
import re
import subprocess
import xml.etree.ElementTree as ET
import zipfile

import numpy as np
import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("MICROCHIM_BIN", str(REPOSITORY / "build/bin/microchim"))
SHARED = pathlib.Path(os.environ.get("MICROCHIM_SHARED", REPOSITORY.parent / "shared"))
CORPUS = SHARED / "corpus"
NAMESPACE = "{http://www.rdml.org}"
GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")

# ---- the file, read independently ----


@functools.cache
def document(path):
    """(name, root) of the RDML document in a file; None where there is none."""
    data = path.read_bytes()
    if data[:2] == b"PK" and zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            candidates = [(n, archive.read(n)) for n in archive.namelist() if n.endswith(".xml")]
    else:
        candidates = [(path.name, data)]
    for name, text in candidates:
        if b"http://www.rdml.org" in text[:2000] and b"<rdml" in text[:2000]:
            return name, text, ET.fromstring(text)
    return None


@functools.cache
def files():
    if not CORPUS.is_dir():
        return []
    suffixes = (".rdml", ".rdm", ".lc96p", ".xml", ".zip")
    return [p for p in sorted(CORPUS.rglob("*")) if p.suffix.lower() in suffixes and p.is_file() and document(p)]


def parameters():
    if not files():
        return [pytest.param(None, id="no corpus", marks=pytest.mark.skip("there is no corpus"))]
    return [pytest.param(path, id=path.name) for path in files()]


def find(node, path):
    return node.find("/".join(NAMESPACE + step for step in path.split("/")))


def every(node, name):
    return node.findall(NAMESPACE + name)


def text(node, path, default=""):
    found = find(node, path)
    return default if found is None or found.text is None else found.text.strip()


def well_of(run, react):
    number = react.get("id")
    if not number.isdigit():
        return f"{number[0]}{int(number[1:]):02}"
    columns = int(text(run, "pcrFormat/columns"))
    row, column = divmod(int(number) - 1, columns)
    return f"{chr(ord('A') + row) if row < 26 else 'A' + chr(ord('A') + row - 26)}{column + 1:02}"


def number(node, path):
    """The number at a path; None where there is none, or NaN."""
    value = float(text(node, path) or "nan")
    return None if math.isnan(value) else value


def curve_of(data):
    """(cq or None, fluorescence of cycle 1, 2, ... with NaN for a missing cycle)"""
    points = {int(float(text(point, "cyc"))): float(text(point, "fluor")) for point in every(data, "adp")}
    values = np.full(max(points, default=0), np.nan, dtype=np.float32)
    for cycle, value in points.items():
        values[cycle - 1] = value
    cq = float(text(data, "cq", "nan"))
    none = len(values) > 0 and (cq == len(values) or (text(data, "quantity/value") == "NaN" and cq >= len(values)))
    return None if math.isnan(cq) or cq <= 0 or none else cq, values


def facts_of(root, run, react, data):
    """What the file says of one target in one well beside its curve, under the names of the command."""
    target_id = find(data, "tar").get("id")
    samples = {sample.get("id"): sample for sample in every(root, "sample")}
    targets = {target.get("id"): target for target in every(root, "target")}
    sample, target = samples[find(react, "sample").get("id")], targets[target_id]
    kind = text(sample, "type", "unkn")
    known, computed, copies = number(sample, "quantity/value"), number(data, "quantity/value"), number(data, "Ncopy")
    cq, _ = curve_of(data)
    of_target = [d for r in every(run, "react") for d in every(r, "data") if find(d, "tar").get("id") == target_id]
    searched = any(find(d, "cq") is not None for d in of_target)
    if text(root, "id/publisher").startswith("Bio-Rad"):
        searched = any(True for _ in root.iter(NAMESPACE + "cq"))
    efficiency = number(data, "ampEff") or number(target, "amplificationEfficiency")
    if efficiency is not None:
        assert 1.3 < efficiency < 2.5 or efficiency > 10  # no other convention is in the corpus
    quantity, unit = None, ""
    if kind == "std" and known is not None:
        quantity, unit = known, text(sample, "quantity/unit")
    elif computed is not None:
        quantity, unit = computed, text(data, "quantity/unit")
    elif copies is not None and copies > 0:
        quantity, unit = copies, "cop"
    return {
        "type": kind,
        "amplified": True if cq is not None else False if searched else None,
        "threshold": number(data, "quantFluor"),
        "quantity": quantity,
        "unit": unit,
        "efficiency": 1 + efficiency / 100 if efficiency and efficiency > 10 else efficiency,
        "excluded": find(data, "excl") is not None,
        "signal": "baselined" if "Baseline Subtracted" in text(run, "backgroundDeterminationMethod") else "raw",
    }


def runs_of(root):
    for experiment in every(root, "experiment"):
        for run in every(experiment, "run"):
            if every(run, "react"):
                yield run


# ---- the command ----


@functools.cache
def read(path):
    done = subprocess.run([COMMAND, "read", str(path), "--json", "--partitions"], capture_output=True, text=True)
    answer = json.loads(done.stdout)
    assert done.returncode == 0, answer
    return answer.get("runs", [answer])


def ours(path):
    runs = read(path)
    if runs[0]["reader"]["id"] != "rdml":
        pytest.skip(f"read by {runs[0]['reader']['id']}")
    return runs


@pytest.mark.parametrize("path", parameters())
def test_every_run_is_read(path):
    runs, expected = ours(path), list(runs_of(document(path)[2]))
    assert [run["run"]["id"] for run in runs] == [run.get("id") for run in expected]
    for run, node in zip(runs, expected, strict=True):
        assert run["run"]["instrument"] == text(node, "instrument")
        assert run["run"]["started"] == text(node, "runDate")
        assert run["run"]["software"]["name"] == text(node, "dataCollectionSoftware/name")
        version = {"well": "", "key": "dialect", "value": "RDML " + document(path)[2].get("version")}
        assert version in run["attributes"]


@pytest.mark.parametrize("path", parameters())
def test_wells_samples_and_their_types(path):
    root = document(path)[2]
    samples = {sample.get("id"): sample for sample in every(root, "sample")}
    for run, node in zip(ours(path), runs_of(root), strict=True):
        found = {react["well"]: react for react in run["reacts"]}
        assert len(found) == len(every(node, "react")) == len(run["reacts"])
        for react in every(node, "react"):
            key = find(react, "sample").get("id")
            sample, got = samples[key], found[well_of(node, react)]
            assert got["sample"] == (text(sample, "description") if GUID.match(key) else key)
            assert got["type"] == text(sample, "type", "unkn")
            value = text(sample, "quantity/value")
            assert got["quantity"] == (float(value) if value else None)


@pytest.mark.parametrize("path", parameters())
def test_every_curve_is_exact(path):
    root, compared = document(path)[2], 0
    dyes = {target.get("id"): find(target, "dyeId") for target in every(root, "target")}
    for run, node in zip(ours(path), runs_of(root), strict=True):
        found = {react["well"]: react for react in run["reacts"]}
        for react in every(node, "react"):
            curves, datas = found[well_of(node, react)]["curves"], every(react, "data")
            assert [curve["target"] for curve in curves] == [find(data, "tar").get("id") for data in datas]
            for curve, data in zip(curves, datas, strict=True):
                cq, values = curve_of(data)
                got = np.array([math.nan if v is None else v for v in curve["fluorescence"]], dtype=np.float32)
                assert curve["cq"] == cq
                assert curve["cycles"] == len(values)
                np.testing.assert_array_equal(got, values)
                dye = dyes[curve["target"]]
                assert curve["dye"] == (dye.get("id") or (dye.text or "").strip())
                compared += 1
    assert compared > 0


@pytest.mark.parametrize("path", parameters())
def test_everything_else_that_is_said_of_a_curve(path):
    root = document(path)[2]
    for run, node in zip(ours(path), runs_of(root), strict=True):
        found = {react["well"]: react for react in run["reacts"]}
        for react in every(node, "react"):
            curves, datas = found[well_of(node, react)]["curves"], every(react, "data")
            for curve, data in zip(curves, datas, strict=True):
                expected = facts_of(root, node, react, data)
                assert {key: curve[key] for key in expected} == expected, (well_of(node, react), curve["target"])


@pytest.mark.parametrize("path", parameters())
def test_melting_curves_are_exact(path):
    def points(data, name):
        return np.array([float(text(point, name)) for point in every(data, "mdp")], dtype=np.float32)

    for run, node in zip(ours(path), runs_of(document(path)[2]), strict=True):
        found = {react["well"]: react for react in run["reacts"]}
        for react in every(node, "react"):
            got = {series["target"]: series for series in found[well_of(node, react)].get("series", [])}
            melted = {find(data, "tar").get("id"): data for data in every(react, "data") if every(data, "mdp")}
            assert got.keys() == melted.keys()
            for target, series in got.items():
                assert series["kind"] == "melt"
                np.testing.assert_array_equal(np.array(series["at"], dtype=np.float32), points(melted[target], "tmp"))
                values = np.array(series["fluorescence"], dtype=np.float32)
                np.testing.assert_array_equal(values, points(melted[target], "fluor"))


@pytest.mark.parametrize("path", parameters())
def test_a_bare_document_says_what_the_archive_says(path, tmp_path):
    name, content, _ = document(path)
    bare = tmp_path / (pathlib.PurePath(name).stem + ".xml")
    bare.write_bytes(content)
    for inside, outside in zip(ours(path), read(bare), strict=True):
        assert (inside["run"], inside["reacts"]) == (outside["run"], outside["reacts"])


@pytest.mark.parametrize("path", parameters())
def test_what_is_read_is_written_as_valid_rdml(path, tmp_path):
    etree = pytest.importorskip("lxml.etree")
    schema = etree.XMLSchema(etree.parse(str(SHARED / "schemas/RDML_v1_3_REC.xsd")))
    for number, run in enumerate(ours(path)[:3]):
        target = tmp_path / f"{number}.rdml"
        words = [COMMAND, "convert", str(path), "--to", "rdml", "-o", str(target)]
        if len(ours(path)) > 1:
            words += ["--run", run["run"]["id"]]
        done = subprocess.run(words, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        with zipfile.ZipFile(target) as archive:
            schema.assertValid(etree.fromstring(archive.read("rdml_data.xml")))
        (again,) = read(target)
        for before, after in zip(run["reacts"], again["reacts"], strict=True):
            assert (before["well"], before["type"], before["quantity"]) == tuple(
                after[key] for key in ("well", "type", "quantity")
            )
            for one, other in zip(before["curves"], after["curves"], strict=True):
                for key in one:
                    assert one[key] == other[key], key


# ---- what the programs computed must follow from what was read ----


def curves_by_target(name):
    paths = [path for path in files() if path.name == name]
    if not paths:
        pytest.skip(f"{name} is not in the corpus")
    by_target = {}
    for run in ours(paths[0]):
        for react in run["reacts"]:
            for curve in react["curves"]:
                by_target.setdefault((run["run"]["id"], curve["target"]), []).append(curve)
    return by_target


def test_cfx_interpolates_its_curves_at_one_threshold():
    """One well tells the threshold of a target; the Cq of all others follow from it."""
    compared = 0
    for curves in curves_by_target("BioRad_qPCR_melt.rdml").values():
        measured = [curve for curve in curves if curve["cq"] is not None]
        if len(measured) < 2:
            continue
        first = measured[0]
        threshold = np.interp(first["cq"], np.arange(1, first["cycles"] + 1), first["fluorescence"])
        for curve in curves:
            values = np.array(curve["fluorescence"], dtype=float)
            above = np.flatnonzero((values[1:] >= threshold) & (values[:-1] < threshold))
            if curve["cq"] is None:
                assert curve["amplified"] is False
                continue
            k = above[np.argmin(np.abs(above + 1 - curve["cq"]))]
            cq = k + 1 + (threshold - values[k]) / (values[k + 1] - values[k])
            assert curve["cq"] == pytest.approx(cq, abs=1e-4)
            compared += 1
    assert compared == 26


def test_stepone_standards_give_its_efficiency_and_quantities():
    for curves in curves_by_target("stepone_std.rdml").values():
        standards = [c for c in curves if c["type"] == "std" and c["cq"] is not None]
        x = np.log10([c["quantity"] for c in standards])
        slope, intercept = np.polyfit(x, [c["cq"] for c in standards], 1)
        assert curves[0]["efficiency"] == pytest.approx(10 ** (-1 / slope), abs=5e-5)
        unknown = [c for c in curves if c["type"] == "unkn"]
        assert len(unknown) == 6
        for curve in unknown:
            assert curve["quantity"] == pytest.approx(10 ** ((curve["cq"] - intercept) / slope), rel=1e-4)
        for curve in curves:
            if curve["type"] == "ntc":  # the file says 40.0
                assert (curve["cq"], curve["quantity"], curve["amplified"]) == (None, None, False)
