"""`microchim estimate` on Cq values against the SciPy implementation of the same likelihood."""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from real_time_model import Target, fit

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("MICROCHIM_BIN", ROOT / "build" / "bin" / "microchim"))

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=f"{BINARY} is not built (MICROCHIM_BIN names another)")

CURVES = {
    "known": {"intercept": 38.3, "slope": -3.45, "sd": 0.34},
    "estimated": {
        "intercept": 38.1,
        "slope": -3.5,
        "sd": 0.38,
        "intercept_se": 0.2,
        "slope_se": 0.05,
        "covariance": -0.008,
    },
}


def wells(random, copies, curve, n):
    found = []
    for c in random.poisson(copies, n):
        cq = curve["intercept"] + curve["slope"] * np.log10(c) + random.normal(0, curve["sd"]) if c else None
        found.append(None if cq is None else round(float(cq), 3))
    return found


def samples():
    random = np.random.default_rng(4)
    found = {}
    for name, curve in CURVES.items():
        for n, copies, genomes in (
            (6, 0, 2e4),
            (6, 0.4, 2e4),
            (6, 2, 3e3),
            (6, 12, 4e3),
            (24, 0.3, 1e4),
            (4, 200, 5e3),
        ):
            for markers in (1, 2):
                targets = [
                    {"target": f"M{m}", "cq": wells(random, copies * (1 + m), curve, n), "curve": curve,
                     "donor": 1 + m, "recipient": 0}
                    for m in range(markers)
                ]  # fmt: skip
                targets.append(
                    {"target": "REF", "cq": wells(random, 2 * genomes, curve, 3), "curve": curve, "donor": 2,
                     "recipient": 2}
                )  # fmt: skip
                found[f"{name} curve, {markers} markers in {n} wells, {copies} copies, {genomes:g} genomes"] = targets
    dirty = wells(random, 1.5, CURVES["known"], 8)
    found["a blank with a Cq"] = [
        {"target": "M", "cq": dirty, "curve": CURVES["known"], "donor": 1, "recipient": 0,
         "blank": {"cq": [None] * 19 + [38.0]}},
        {"target": "REF", "cq": [23.1, 23.3], "curve": CURVES["known"], "donor": 2, "recipient": 2},
    ]  # fmt: skip
    return found


@pytest.fixture(scope="module")
def answers():
    lines = [json.dumps({"id": name, "observations": o}) for name, o in samples().items()]
    run = subprocess.run(
        [BINARY, "estimate", "-"], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True
    )
    return {a["id"]: a for a in map(json.loads, run.stdout.splitlines())}


@pytest.mark.parametrize("name", samples())
def test_agrees_with_scipy(name, answers):
    answer = answers[name]
    assert "error" not in answer, answer
    if answer["heterogeneity"] and answer["heterogeneity"]["tau"] > 0:
        pytest.skip("these drawn markers disagree, so the interval was widened")
    targets = []
    for o in samples()[name]:
        blank = o.get("blank")
        targets.append(Target(o["cq"], o["curve"], o["donor"], o["recipient"], (1, 20) if blank else (0, 202)))
    truth = fit(targets)
    if answer["call"] == "not_detected":
        truth["low"] = 0.0
        copies = sum(t.n * t.donor for t in targets if t.recipient == 0) * truth["genomes"]
        truth["upper"] = max(truth["upper"], -np.log(0.05) / copies)
        truth["high"] = max(truth["high"], truth["upper"])
    # From 30 apparent copies on, the logarithm is taken to be normal there; here the sums go on to 2,000.
    plenty = any(t.best() > 8 for t in targets if t.recipient == 0)
    for key in ("fraction", "low", "high", "upper"):
        assert answer[key] == pytest.approx(
            truth[key], rel=1.2e-2 if plenty else 2e-3, abs=1e-9
        ), f"{key}: {answer[key]} here, {truth[key]} by SciPy"
