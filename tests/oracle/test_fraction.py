"""`microchim estimate` against the SciPy implementation of the same likelihood: 1e-4 relative, fraction and limits."""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from fraction_model import fit, least_limit

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("MICROCHIM_BIN", ROOT / "build" / "bin" / "microchim"))

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=f"{BINARY} is not built (MICROCHIM_BIN names another)")


def draw(random, fractions, targets, partitions=20000, lambda_ref=0.3, false_positive=0.0, blank=0, volumes=False):
    """Simulated observations; targets: (donor copies..., recipient copies)."""
    shares = np.array([*fractions, 1 - sum(fractions)])
    observations = []
    for number, copies in enumerate(targets):
        volume = 0.85 * (1 + 0.1 * number) if volumes else 0.85
        rate = lambda_ref / 2 * volume / 0.85 * float(np.dot(shares, copies)) + false_positive
        o = {
            "target": f"T{number}",
            "accepted": partitions,
            "positive": int(random.binomial(partitions, -np.expm1(-rate))),
            "donor": list(copies[:-1]) if len(copies) > 2 else copies[0],
            "recipient": copies[-1],
        }
        if volumes:
            o["volume_nl"] = volume
        reference = len(set(copies)) == 1
        if blank and not reference:
            o["blank"] = {"positive": int(random.binomial(blank, -np.expm1(-false_positive))), "accepted": blank}
        observations.append(o)
    return observations


REFERENCE = (2, 2)
KINDS = {
    "one heterozygous": [(1, 0), REFERENCE],
    "one homozygous": [(2, 0), REFERENCE],
    "three": [(1, 0), (2, 0), (1, 0), REFERENCE],
    "recipient allele": [(0, 2), REFERENCE],
    "recipient heterozygous": [(2, 1), REFERENCE],
    "both alleles, no reference": [(1, 0), (1, 2)],
    "mixed": [(1, 0), (0, 1), (2, 1), REFERENCE, REFERENCE],
}


def samples():
    random = np.random.default_rng(20240607)
    found = {}
    for name, targets in KINDS.items():
        for fraction in (0.0, 1e-5, 1e-3, 0.03, 0.5, 0.97):
            for settings in (
                {},
                {"lambda_ref": 1.5, "partitions": 160000},
                {"false_positive": 2e-5, "blank": 60000},
                {"volumes": True, "lambda_ref": 0.8},
            ):
                found[f"{name}, F={fraction}, {settings}"] = draw(random, [fraction], targets, **settings)
    two = [(1, 0, 0), (2, 0, 0), (0, 1, 0), (2, 1, 0), (0, 0, 2), (2, 2, 2)]
    for fractions in ((1e-3, 0.0), (0.02, 1e-3), (0.3, 0.5)):
        for settings in ({"partitions": 80000}, {"false_positive": 1e-5, "blank": 100000}, {"volumes": True}):
            found[f"two donors, F={fractions}, {settings}"] = draw(random, fractions, two, **settings)
    return found


@pytest.fixture(scope="module")
def answers():
    lines = [json.dumps({"id": name, "observations": o}) for name, o in samples().items()]
    run = subprocess.run(
        [BINARY, "estimate", "-"], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True
    )
    return {a["id"]: a for a in map(json.loads, run.stdout.splitlines())}


def close(ours, theirs):
    # A share whose maximum is on the edge is 0 or 1 here, and 1e-12 away from it there.
    return abs(ours - theirs) <= 1e-4 * min(abs(theirs), 1) + 1e-9


@pytest.mark.parametrize("name", samples())
def test_agrees_with_scipy(name, answers):
    answer = answers[name]
    assert "error" not in answer, answer
    if answer.get("heterogeneity") and answer["heterogeneity"]["tau"] > 0:
        pytest.fail("simulated markers agree, so nothing should be widened")
    for donor, truth in enumerate(fit(samples()[name])):
        ours = {
            key: answer[key + "s"][donor] if key + "s" in answer else answer[key]
            for key in ("fraction", "low", "high", "upper", "call")
        }
        if ours["call"] == "not_detected":
            truth["low"] = 0.0
            truth["upper"] = max(truth["upper"], least_limit(samples()[name], donor))
            truth["high"] = max(truth["high"], truth["upper"])
        for key in ("fraction", "low", "high", "upper"):
            assert close(ours[key], truth[key]), f"{key} of donor {donor + 1}: {ours[key]} here, {truth[key]} by SciPy"
