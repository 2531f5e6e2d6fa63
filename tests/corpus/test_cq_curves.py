"""`microchim cq` on the published curve sets: the limits that the best other programs set on them."""

import json
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
import cq as bench

pytestmark = pytest.mark.skipif(not bench.CURVES.exists(), reason=f"no curve sets in {bench.CURVES}")


@pytest.fixture(scope="module")
def assays():
    return bench.vermeulen()


def test_63_assays(assays):
    assert len(assays) == 63
    middle = bench.medians(assays)
    assert middle["bias"] <= 0.023
    assert middle["linearity"] <= 0.0025
    assert middle["within"] <= 0.0037
    assert middle["difference"] <= 1.78


def test_no_assay_is_far_off(assays):
    assert max(assay["bias"] for assay in assays.values()) < 0.077
    assert len([assay for assay in assays.values() if assay["difference"] > 3]) <= 3


def test_replicates():
    ((sd, robust, count),) = bench.spreads("reps384").values()
    assert count == 379
    assert sd <= 0.140
    assert robust <= 0.102
    series = bench.spreads("dil4reps94", group=lambda reaction: reaction.split("_")[0])
    assert series["F15"][0] <= 0.067
    assert series["F15000"][0] <= 0.41


def test_dilution_slope():
    assert abs(bench.dilution_slope() - 1) < 1 - 0.909
    # Sets that no setting was chosen on.
    assert abs(bench.dilution_slope("guescini1") - 1) < 0.05


@pytest.mark.parametrize("name", sorted(bench.DECIDED))
def test_amplified_as_people_judge(name):
    agree, judged, wrong = bench.agreement(name)
    assert judged >= 12
    assert agree >= 0.975 * judged, wrong


def test_doctored_curves_are_refused():
    for reaction, curve in bench.analyse("testdat").items():
        assert curve["amplified"] == (reaction[-1] in "12"), reaction


@pytest.mark.parametrize("method", ["threshold", "second-derivative", "model"])
def test_single_curve_methods(method):
    curves = bench.analyse("reps384", method=method)
    assert all(curve["cq"] and curve["efficiency"] for curve in curves.values())
    assert bench.spreads("reps384", method)[""][0] < 0.25


def test_a_real_file_has_one_row_a_curve():
    path = bench.CURVES.parent / "qpcr/rdml/RDML-consortium__rdmlpython/experiments/vermeulen"
    done = subprocess.run(
        [bench.COMMAND, "cq", str(path / "data_vermeulen_std_150000_15.rdml"), "--json"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    curves = json.loads(done.stdout)["curves"]
    assert len(curves) == 960
    assert all(curve["cq"] is not None for curve in curves)


def test_what_cannot_be_analysed_is_said():
    fixtures = pathlib.Path(__file__).resolve().parents[2] / "plugins/rdml/fixtures"
    done = subprocess.run([bench.COMMAND, "cq", str(fixtures / "counts-only.xml")], capture_output=True, text=True)
    assert done.returncode == 3
    assert "holds no amplification curves" in done.stderr
    done = subprocess.run(
        [bench.COMMAND, "cq", str(fixtures / "r-1.2.xml"), "--method", "best", "--json"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "--method" in json.loads(done.stdout)["error"]["message"]
