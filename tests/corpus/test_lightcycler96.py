"""Every LightCycler 96 file of the corpus through `microchim read --json`, against the same documents read with lxml or
ElementTree, and the program's own arithmetic.

The corpus is no part of the repository; support.py says where it is looked for.
"""

import functools
import json
import subprocess
import xml.etree.ElementTree as ET
import zipfile

import numpy as np
import pytest
from support import COMMAND, DPCR, readers

QPCR = DPCR.parent / "qpcr"
RDML = "{http://www.rdml.org}"
CALCULATED = "{*}"  # its parts have namespaces of their own
APPLICATION = "{http://www.roche.ch/LC96AppExtensionSchema}"
FILES = sorted(QPCR.rglob("*.lc96p")) if QPCR.is_dir() else []
pytestmark = [
    pytest.mark.skipif(not FILES, reason=f"there are no .lc96p files below {QPCR}"),
    pytest.mark.skipif("roche-lightcycler96" not in readers(), reason="the command has no reader roche-lightcycler96"),
]
each_file = pytest.mark.parametrize("path", [pytest.param(p, id=p.name) for p in FILES] or [None])


@functools.cache
def document(path, name):
    with zipfile.ZipFile(path) as archive:
        return ET.fromstring(archive.read(name))


def run(path):
    done = subprocess.run([COMMAND, "read", str(path), "--json", "--partitions"], capture_output=True, text=True)
    answer = json.loads(done.stdout)
    assert done.returncode == 0, answer
    return answer


@functools.cache
def read(path):
    return run(path)


def well_name(react):
    row, column = divmod(int(react.get("id")) - 1, 12)
    return f"{chr(ord('A') + row)}{column + 1:02}"


def reactions(path):
    """(react element, data element, our react, our curve) of every reaction."""
    ours = {react["well"]: react for react in read(path)["reacts"]}
    for react in document(path, "rdml_data.xml").iter(RDML + "react"):
        got = ours[well_name(react)]
        curves = {curve["target"]: curve for curve in got["curves"]}
        for data in react.findall(RDML + "data"):
            gene = data.find(RDML + "tar").get("id").split("@", 1)[1]
            yield react, data, got, curves[gene]


def graphs(path):
    """{(react id, target id): graph id}, {graph id: its element}, {graph id: its quantification}"""
    root = document(path, "calculated_data.xml")
    places, calculated = {}, {}
    for react in root.findall(f".//{CALCULATED}react"):
        for graph in react.findall(CALCULATED + "factGraph"):
            places[react.get("id"), graph.get("targetId")] = graph.get("id")
            calculated[graph.get("id")] = graph
    found = root.findall(f".//{CALCULATED}absQuantDataSource")
    sources = {node.findtext(f"{CALCULATED}graphId"): node for node in found}
    return places, calculated, sources


def graph_of(path, react, data):
    places, calculated, sources = graphs(path)
    graph = places[react.get("id"), data.find(RDML + "tar").get("id")]
    return calculated[graph], sources[graph]


def value(node, name):
    text = node.findtext(CALCULATED + name)
    return float(text) if text else None


@each_file
def test_samples_types_and_raw_curves(path):
    samples = {s.get("id"): s for s in document(path, "rdml_data.xml").findall(RDML + "sample")}
    compared = 0
    for react, data, got, curve in reactions(path):
        sample = samples[react.find(RDML + "sample").get("id")]
        assert got["sample"] == sample.findtext(RDML + "description")
        assert curve["type"] == sample.findtext(RDML + "type")
        assert curve["dye"] == data.find(RDML + "tar").get("id").split("@", 1)[0]
        assert curve["signal"] == "raw"
        raw = [float(point.findtext(RDML + "fluor")) for point in data.findall(RDML + "adp")]
        np.testing.assert_array_equal(np.float32(curve["fluorescence"]), np.float32(raw))
        compared += 1
    assert compared == 96


@each_file
def test_what_the_program_computed(path):
    for react, data, got, curve in reactions(path):
        graph, source = graph_of(path, react, data)
        call = source.findtext(CALCULATED + "call")
        assert curve["cq"] == (value(source, "cq") if call == "Positive" else None)
        assert curve["cq"] == float(data.findtext(RDML + "cq"))  # both documents state it
        assert curve["amplified"] == {"Positive": True, "Negative": False}[call]
        failure = source.findtext(CALCULATED + "failureType")
        assert curve["status"] == call + ("" if failure == "None" else ", " + failure)
        standard = value(source, "standard")
        assert curve["quantity"] == (standard if curve["type"] == "std" else value(source, "concentration"))
        assert got["quantity"] == (standard if curve["type"] == "std" else None)
        normalised = [float(p.findtext(CALCULATED + "fluor")) for p in graph.findall(CALCULATED + "normFlour")]
        np.testing.assert_array_equal(np.float32(curve["baselined"]), np.float32(normalised))
        assert abs(np.median(curve["baselined"][:8])) < 0.01  # the background is gone: it is no raw curve


@each_file
def test_nothing_was_excluded_and_standards_are_where_the_user_put_them(path):
    known = {}
    for react in document(path, "app_data.xml").iter(APPLICATION + "react"):
        for graph in react.findall(APPLICATION + "factGraph"):
            known[react.get("id")] = (graph.get("geneConcentration"), graph.get("isExcluded") == "true")
    for react, _, _, curve in reactions(path):
        concentration, excluded = known[react.get("id")]
        assert curve["excluded"] == excluded
        if curve["type"] == "std":
            assert curve["quantity"] == float(concentration)


@each_file
def test_melting_curves_and_their_derivatives(path):
    def points(nodes, names):
        return [np.array([float(node.findtext(name)) for node in nodes], dtype=np.float32) for name in names]

    for react, data, got, curve in reactions(path):
        graph, _ = graph_of(path, react, data)
        series = {s["kind"]: s for s in got["series"] if s["target"] == curve["target"]}
        raw = points(data.findall(RDML + "mdp"), (RDML + "tmp", RDML + "fluor"))
        slope = points(graph.findall(CALCULATED + "drvMel"), (CALCULATED + "tmp", CALCULATED + "fluordrv"))
        for kind, (at, fluorescence) in (("melt", raw), ("melt_derivative", slope)):
            np.testing.assert_array_equal(np.float32(series[kind]["at"]), at)
            np.testing.assert_array_equal(np.float32(series[kind]["fluorescence"]), fluorescence)


@each_file
def test_the_line_of_the_standards_and_the_quantities(path):
    """Least squares over the single standards give the program's line, and the line its concentrations."""
    (settings,) = document(path, "calculated_data.xml").findall(f".//{CALCULATED}absQuantGeneSettings")
    curves = [curve for *_, curve in reactions(path)]
    standards = [c for c in curves if c["type"] == "std" and c["cq"] is not None and not c["excluded"]]
    slope, intercept = np.polyfit(np.log10([c["quantity"] for c in standards]), [c["cq"] for c in standards], 1)
    assert slope == pytest.approx(value(settings, "slope"), rel=1e-6)
    assert intercept == pytest.approx(value(settings, "yIntercept"), rel=1e-6)
    for curve in curves:
        assert curve["efficiency"] == pytest.approx(10 ** (-1 / slope), rel=1e-6)
        if curve["type"] != "std" and curve["cq"] is not None:
            assert curve["quantity"] == pytest.approx(10 ** ((curve["cq"] - intercept) / slope), rel=1e-6)


@each_file
def test_the_rdml_export_says_the_same(path, tmp_path):
    """It holds the same documents; and its rdml_data.xml alone says the same as far as it goes."""
    export = tmp_path / (path.stem + ".rdml")
    export.write_bytes(path.read_bytes())
    again = run(export)
    assert (again["run"], again["reacts"]) == (read(path)["run"], read(path)["reacts"])
    with zipfile.ZipFile(path) as archive:
        (tmp_path / "rdml_data.xml").write_bytes(archive.read("rdml_data.xml"))
    bare = run(tmp_path / "rdml_data.xml")
    assert bare["reader"]["id"] == "roche-lightcycler96"
    for one, other in zip(bare["reacts"], read(path)["reacts"], strict=True):
        assert (one["well"], one["sample"], one["type"]) == (other["well"], other["sample"], other["type"])
        for a, b in zip(one["curves"], other["curves"], strict=True):
            assert (a["target"], a["dye"], a["cq"], a["fluorescence"]) == (
                b["target"],
                b["dye"],
                b["cq"],
                b["fluorescence"],
            )


def test_the_setup_sheet_beside_it_is_refused_with_a_reason():
    for path in (FILES[0].parents[3]).rglob("*.xlsx"):
        done = subprocess.run([COMMAND, "read", str(path), "--json"], capture_output=True, text=True)
        assert done.returncode == 3
        assert "is not recognised" in json.loads(done.stdout)["error"]["message"]
