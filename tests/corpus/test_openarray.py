"""Exports of OpenArray through `microchim read --json`, against the same files read with csv."""

import csv
import io

import pytest
from qpcr import attributes, corpus, reactions, runs, well_name

FILES = corpus("abi_openarray", "*.csv")


def rows(path):
    text = path.read_bytes().decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("path", FILES)
def test_every_through_hole_is_as_in_the_file(path):
    expected = rows(path)
    found = {run["run"]["plate"]: run for run in runs(path)}
    assert found.keys() == {row["OpenArrayPlate.SerialNumber"] for row in expected}
    per_plate = {plate: reactions(run) for plate, run in found.items()}
    assert sum(map(len, per_plate.values())) == len(expected) > 0
    for row in expected:
        key = (well_name(row["SampleInfo.SampleID"]), row["Assay.Assay ID"])
        key += (row["Assay.AmplificationCurveDyeNames.0"], row["ThroughHole.Address"])
        react, curve = per_plate[row["OpenArrayPlate.SerialNumber"]][key]
        ct = float(row["ThroughHole.Ct"])
        assert react["sample"] == row["SampleInfo.SampleID"]
        assert curve["cq"] == (None if ct == 40 else ct)
        assert curve["amplified"] == (ct != 40)
        assert curve["excluded"] == (row["ThroughHole.Outlier"].lower() == "true")


@pytest.mark.parametrize("path", FILES)
def test_what_is_said_besides_is_kept(path):
    expected = rows(path)
    for run in runs(path):
        said = {(a["well"], a["key"]): a["value"] for a in run["attributes"]}
        for row in expected:
            if row["OpenArrayPlate.SerialNumber"] != run["run"]["plate"]:
                continue
            well, assay = well_name(row["SampleInfo.SampleID"]), row["Assay.Assay ID"]
            label = f"[{assay} {row['ThroughHole.Address']}]"
            assert said[well, f"ThroughHole.CtConfidence {label}"] == row["ThroughHole.CtConfidence"]
            assert said["", f"Assay.Assay Name [{assay}]"] == row["Assay.Assay Name"]
            assert said[well, "SampleInfo.Description"] == row["SampleInfo.Description"]
        assert attributes(run)["SamplePlate.SerialNumber"] == run["run"]["plate"]
