"""Exports of the SmartCycler through `microchim read --json`, against csv, and the program's arithmetic."""

import csv

import numpy as np
import pytest
from qpcr import attributes, corpus, reactions, runs, well_name

FILES = corpus("cepheid_smartcycler", "*.csv")
TYPES = {"UNKN": "unkn", "STD": "std", "NTC": "ntc"}


def sections(path):
    """(curves: (site, column) -> values, results as dictionaries, settings by dye), of a file with one run."""
    with path.open(newline="") as file:
        lines = list(csv.reader(file))
    curves, results, settings, at = {}, [], {}, 0
    while at < len(lines):
        first = lines[at][0] if lines[at] else ""
        end = next((n for n in range(at, len(lines)) if not any(lines[n])), len(lines))
        if first == "Cycle #":
            for i, name in enumerate(lines[at][1:], 1):
                curves[lines[at - 2][i], name] = [float(row[i]) for row in lines[at + 1 : end]]
        elif first == "Site ID":
            results = [dict(zip(lines[at], row, strict=True)) for row in lines[at + 1 : end]]
        elif first == "Ch #":
            settings = {row[1]: dict(zip(lines[at], row, strict=False)) for row in lines[at + 1 : end]}
        at = end + 1 if first in ("Cycle #", "Site ID", "Ch #") else at + 1
    return curves, results, settings


@pytest.mark.parametrize("path", FILES)
def test_every_result_and_every_curve_is_as_in_the_file(path):
    curves, results, settings = sections(path)
    (run,) = runs(path)
    found = reactions(run)
    compared = 0
    for row in results:
        for dye in settings:
            react, curve = found[well_name(row["Site ID"]), "", dye, ""]
            ct = row[f"{dye} Ct"]
            assert react["sample"] == row["Sample ID"]
            assert curve["type"] == TYPES[row["Sample Type"]]
            assert curve["cq"] == (None if ct in ("0.00", "ND") else float(ct))
            assert curve["amplified"] == (row[f"{dye} Std/Res"] == "POS")
            assert curve["status"] == row[f"{dye} Std/Res"]
            assert curve["threshold"] == float(settings[dye]["Manual Thresh Fluor Units"])
            assert curve["signal"] == "baselined"
            assert np.array_equal(np.float32(curve["fluorescence"]), np.float32(curves[row["Site ID"], dye]))
            compared += 1
    assert compared == len(found) > 0
    said = attributes(run)
    assert said["Bkgnd Max Cycle [FAM]"] == settings["FAM"]["Bkgnd Max Cycle"]
    assert {row["Protocol"] for row in results} == {said["Protocol"]}


@pytest.mark.parametrize("path", FILES)
def test_the_curves_are_less_their_background(path):
    """Of what did not amplify, no straight line is left over the cycles of the background."""
    _, _, settings = sections(path)
    (run,) = runs(path)
    compared = 0
    for (_, _, dye, _), (_, curve) in reactions(run).items():
        if curve["cq"] is not None:
            continue
        first, last = (int(settings[dye][f"Bkgnd {which} Cycle"]) for which in ("Min", "Max"))
        part = curve["fluorescence"][first - 1 : last]
        slope, level = np.polyfit(np.arange(len(part)), part, 1)
        assert abs(slope) < 1e-6 and abs(level) < 1e-5
        compared += 1
    assert compared > 10


@pytest.mark.parametrize("path", FILES)
def test_the_ct_is_where_the_curve_crosses_the_threshold(path):
    """Between two cycles, at the threshold that was read: the program prints two decimals."""
    (run,) = runs(path)
    compared = 0
    for _, curve in reactions(run).values():
        if curve["cq"] is None:
            continue
        y = curve["fluorescence"]
        n = next(i for i in range(5, len(y)) if y[i - 1] < curve["threshold"] <= y[i])
        crossing = n + (curve["threshold"] - y[n - 1]) / (y[n] - y[n - 1])
        assert curve["cq"] == pytest.approx(crossing, abs=0.0051)
        compared += 1
    assert compared > 10


@pytest.mark.parametrize("path", FILES)
def test_what_is_left_out_follows_from_the_curves(path):
    """The columns "D2" are no data of their own."""
    curves, _, _ = sections(path)
    (run,) = runs(path)
    for (well, _, dye, _), (_, curve) in reactions(run).items():
        y = np.array(curve["fluorescence"], dtype=float)
        site = f"{well[0]}{int(well[1:])}"
        computed = 6.25 * (y[:-4] - 2 * y[2:-2] + y[4:])
        assert np.allclose(computed, curves[site, f"{dye} D2"][2:-2], atol=1e-3)


@pytest.mark.parametrize("path", FILES)
def test_an_imported_run_is_kept_apart(path, tmp_path):
    """The same sites once more, in curves and results: written by the test from the real run."""
    with path.open(newline="") as file:
        text = file.read()
    block = text[text.index("Instrument A") : text.index("Results Table")]
    at = text.index("A1,", text.index("Site ID"))
    end = text.index("\r\n\r\n", at) + 2
    doubled = text[:end] + text[at:end].replace("UNKN", "STD") + text[end:]
    doubled = doubled.replace("Results Table", block + "Results Table")
    (tmp_path / "doubled.csv").write_text(doubled, newline="")
    first, second = runs(tmp_path / "doubled.csv")
    (alone,) = runs(path)
    assert first["reacts"] == alone["reacts"]
    assert [r["sample"] for r in second["reacts"]] == [r["sample"] for r in first["reacts"]]
    assert {c["type"] for _, c in reactions(second).values()} == {"std"}
    assert {c["type"] for _, c in reactions(first).values()} == {"unkn"}
