"""Donor fractions of bare counts."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import microchim as mc
import numpy as np
import pytest

SRY = mc.Observation("SRY", 12, 36246, donor=1, recipient=0, blank=(1, 60000))
RPP30 = mc.Observation("RPP30", 9120, 36246, donor=2, recipient=2)


def test_the_answer_is_that_of_the_command(command: Path) -> None:
    line = {
        "id": "s1",
        "observations": [
            {"target": "SRY", "positive": 12, "accepted": 36246, "donor": 1, "recipient": 0}
            | {"blank": {"positive": 1, "accepted": 60000}},
            {"target": "RPP30", "positive": 9120, "accepted": 36246, "donor": 2, "recipient": 2},
        ],
        "confidence": 0.9,
    }
    done = subprocess.run(
        [command, "estimate", "-"], input=json.dumps(line), capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == {"id": "s1", **mc.donor_fraction([SRY, RPP30], confidence=0.9).to_dict()}


def test_one_donor_has_single_values() -> None:
    f = mc.donor_fraction([SRY, RPP30])
    copies = -2 * np.log1p(-12 / 36246) / -np.log1p(-9120 / 36246)
    assert f.fraction == pytest.approx(copies - 2 / 60000 / -np.log1p(-9120 / 36246), rel=0.01)
    assert 0 < f.low < f.fraction < f.upper < f.high < 1
    assert f.lob is not None and f.lod is not None and f.loq is not None and f.lob < f.lod < f.loq
    assert f.call == "detected_below_loq" and f.p_value < 0.001
    assert f.genomes == pytest.approx(-np.log1p(-9120 / 36246) * 36246 / 2)
    assert [m.target for m in f.markers] == ["SRY"]
    assert f.fractions == (f.fraction,) and f.calls == (f.call,)
    assert "detected_below_loq" in repr(f)


def test_a_wider_confidence_gives_a_wider_interval() -> None:
    narrow, wide = (mc.donor_fraction([SRY, RPP30], confidence=c) for c in (0.9, 0.99))
    assert wide.low < narrow.low < narrow.high < wide.high


def test_several_donors_have_tuples() -> None:
    f = mc.donor_fraction(
        [
            mc.Observation("SRY", 12, 36246, donor=[1, 0], recipient=0),
            mc.Observation("S05b", 130, 36246, donor=(0, 1), recipient=0),
            mc.Observation("RPP30", 9120, 36246, donor=np.array([2, 2]), recipient=2),
        ]
    )
    assert len(f.fractions) == len(f.lows) == len(f.highs) == len(f.uppers) == len(f.calls) == 2
    assert all(low < x < high for low, x, high in zip(f.lows, f.fractions, f.highs, strict=True))
    assert f.fractions[0] < f.fractions[1] and [m.donor for m in f.markers] == [0, 1]
    assert not hasattr(f, "fraction")
    with pytest.raises(AttributeError, match=r"2 donors: use \.calls"):
        _ = f.call


def test_nothing_counted_is_not_detected_with_an_upper_limit() -> None:
    f = mc.donor_fraction([mc.Observation("SRY", 0, 36246, donor=1, recipient=0), RPP30])
    assert (f.fraction, f.low, f.call) == (0, 0, "not_detected") and 0 < f.upper < 0.002


def test_numbers_of_numpy_are_numbers() -> None:
    counts = np.array([12, 36246])
    sry = mc.Observation("SRY", counts[0], counts[1], donor=np.int8(1), recipient=np.float32(0), blank=(1, 60000.0))
    assert mc.donor_fraction([sry, RPP30]).to_dict() == mc.donor_fraction([SRY, RPP30]).to_dict()


@pytest.mark.parametrize(
    ("observations", "sentence"),
    [
        ([mc.Observation("SRY", 5, 4, donor=1, recipient=0), RPP30], "SRY"),
        ([mc.Observation("SRY", 1.5, 40, donor=1, recipient=0), RPP30], "whole number"),
        ([mc.Observation("SRY", float("nan"), 40, donor=1, recipient=0), RPP30], "found nan"),
        ([mc.Observation("SRY", 1, 40, donor=float("inf"), recipient=0), RPP30], "found inf"),
        ([SRY], "reference"),
        ([], "observation"),
    ],
)
def test_counts_that_cannot_be_are_one_sentence(observations: list[mc.Observation], sentence: str) -> None:
    with pytest.raises(mc.ConfigError, match=sentence):
        mc.donor_fraction(observations)


def test_a_confidence_outside_its_range_is_a_config_error() -> None:
    for confidence in (0.3, 1.0, float("nan")):
        with pytest.raises(mc.ConfigError, match="confidence"):
            mc.donor_fraction([SRY, RPP30], confidence=confidence)
