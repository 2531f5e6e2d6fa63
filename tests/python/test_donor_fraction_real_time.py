"""Donor fractions of Cq values: what the command answers, and what cannot be."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
import subprocess
from pathlib import Path
from typing import Any

import microchim as mc
import numpy as np
import pandas as pd
import pytest

CURVE = mc.StandardCurve(38.3, -3.45, 0.34)
FULL = mc.StandardCurve(
    intercept=38.1, slope=-3.5, sd=0.3, intercept_se=0.1, slope_se=0.03, covariance=-0.002, df=13, unit="genomes"
)
SRY = mc.Observation("SRY", cq=[33.9, 34.1, 33.6], curve=CURVE, donor=1, recipient=0, blank=(0, 3))
RPP30 = mc.Observation("RPP30", cq=[22.4, 22.5, 22.3], curve=CURVE, donor=2, recipient=2)


def of_the_command(command: Path, observations: list[dict[str, Any]]) -> Any:
    line = json.dumps({"id": "s1", "observations": observations})
    done = subprocess.run([command, "estimate", "-"], input=line, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    assert answer.pop("id") == "s1"
    return answer


def test_the_answer_is_that_of_the_command(command: Path) -> None:
    curve = {"intercept": 38.3, "slope": -3.45, "sd": 0.34}
    full = {
        "intercept": 38.1, "slope": -3.5, "sd": 0.3, "intercept_se": 0.1, "slope_se": 0.03, "covariance": -0.002,
        "df": 13, "unit": "genomes", "copies_per_unit": 2,
    }  # fmt: skip
    sry = {"target": "SRY", "cq": [37.2, None, 38.1], "curve": curve, "donor": 1, "recipient": 0}
    rpp30 = {"target": "RPP30", "cq": [22.4, 22.5, 22.3], "curve": full, "donor": 2, "recipient": 2}
    answer = of_the_command(command, [sry | {"blank": {"cq": [None, 39.1, None]}}, rpp30])
    assert answer["fraction"] > 0
    reference = mc.Observation(
        "RPP30", cq=(22.4, 22.5, 22.3), curve=dataclasses.replace(FULL, copies_per_unit=2), donor=2, recipient=2
    )
    marker = mc.Observation(
        "SRY", cq=[37.2, None, 38.1], curve=curve, donor=1, recipient=0, blank_cq=[None, 39.1, np.nan]
    )
    assert mc.donor_fraction([marker, reference]).to_dict() == answer
    counted = mc.Observation("SRY", cq=[37.2, None, 38.1], curve=CURVE, donor=1, recipient=0, blank=(1, 3))
    assert mc.donor_fraction([counted, reference]).to_dict() == answer


@pytest.mark.parametrize(
    "changed",
    [
        {"intercept_se": 0.2},
        {"slope_se": 0.1},
        {"intercept_se": 0.2, "slope_se": 0.1, "covariance": -0.015},
        {"df": 3},
        {"unit": "genomes"},
        {"copies_per_unit": 7},
        {"sd": 0.6},
    ],
    ids=lambda changed: ",".join(changed),
)
def test_every_part_of_a_curve_counts(command: Path, changed: dict[str, Any]) -> None:
    curve = dataclasses.replace(CURVE, **changed)
    sry = dataclasses.replace(SRY, curve=curve)
    f = mc.donor_fraction([sry, RPP30]).to_dict()
    assert f != mc.donor_fraction([SRY, RPP30]).to_dict()
    plain = {"intercept": 38.3, "slope": -3.45, "sd": 0.34}
    marker = {"target": "SRY", "cq": [33.9, 34.1, 33.6], "curve": plain | changed, "donor": 1, "recipient": 0}
    reference = {"target": "RPP30", "cq": [22.4, 22.5, 22.3], "curve": plain, "donor": 2, "recipient": 2}
    assert f == of_the_command(command, [marker | {"blank": {"positive": 0, "accepted": 3}}, reference])


def test_the_fraction_is_that_of_the_lines() -> None:
    f = mc.donor_fraction([SRY, RPP30])
    by_hand = 2 * 10 ** ((33.867 - 22.4) / -3.45)  # SRY twice: one copy in a genome of the donor
    assert f.fraction == pytest.approx(by_hand, rel=0.1) and f.low < by_hand < f.high
    assert f.call == "detected" and [m.target for m in f.markers] == ["SRY"]


def test_no_cq_anywhere_is_not_detected() -> None:
    silent = dataclasses.replace(SRY, cq=(None, float("nan"), None))
    assert silent.cq == (None, None, None)
    f = mc.donor_fraction([silent, RPP30])
    assert (f.fraction, f.call) == (0, "not_detected") and 0 < f.upper < 0.001


@pytest.mark.parametrize(
    "cq",
    [
        np.array([33.9, np.nan, 33.6]),
        np.array([33.9, np.nan, 33.6], dtype=np.float32),
        pd.Series([33.9, None, 33.6]),
        (value for value in [33.9, None, 33.6]),
        [np.float64(33.9), None, 33.6],
    ],
    ids=["float64", "float32", "series", "generator", "mixed"],
)
def test_any_row_of_numbers_is_wells(cq: Any) -> None:
    observation = dataclasses.replace(SRY, cq=cq)
    assert observation.cq is not None and observation.cq[1] is None
    assert observation.cq[::2] == pytest.approx((33.9, 33.6), rel=1e-6)
    assert mc.donor_fraction([observation, RPP30]).fraction > 0


def test_cq_of_our_own_curves_can_be_given_on() -> None:
    at = np.arange(1, 46)
    rows = [100 + 400 / (1 + 2.0 ** (middle - at)) for middle in (27.0, 27.1, 26.9)] + [np.full(45, 100.0)]
    result = mc.cq(rows)
    observation = mc.Observation("RPP30", cq=result.cq[:3], curve=CURVE, donor=2, recipient=2)
    assert observation.cq == tuple(result.cq[:3])
    assert mc.Observation("SRY", cq=result.cq, curve=CURVE, donor=1, recipient=0).cq == (*result.cq[:3], None)


def test_partitions_and_wells_stand_in_one_sample_with_their_volumes() -> None:
    counted = mc.Observation("S05b", 300, 18000, donor=1, recipient=0, volume_nl=0.85)
    wells = [dataclasses.replace(one, volume_nl=20000) for one in (SRY, RPP30)]
    f = mc.donor_fraction([counted, *wells])
    assert {m.target for m in f.markers} == {"SRY", "S05b"}
    with pytest.raises(mc.ConfigError):
        mc.donor_fraction([counted, SRY, RPP30])


def test_several_donors() -> None:
    f = mc.donor_fraction(
        [
            dataclasses.replace(SRY, donor=[1, 0]),
            mc.Observation("S05b", cq=[30.1, 30.2], curve=CURVE, donor=np.array([0, 1]), recipient=0),
            dataclasses.replace(RPP30, donor=(2, 2)),
        ]
    )
    assert len(f.fractions) == 2 and 0 < f.fractions[0] < f.fractions[1]


def test_an_observation_is_a_value() -> None:
    twin = mc.Observation("SRY", cq=np.array([33.9, 34.1, 33.6]), curve=CURVE, donor=1, recipient=0, blank=(0, 3))
    assert twin == SRY and hash(twin) == hash(SRY)
    assert pickle.loads(pickle.dumps(SRY)) == SRY == copy.deepcopy(SRY)
    with pytest.raises(dataclasses.FrozenInstanceError):
        twin.cq = None  # type: ignore[misc]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "needs positive and accepted, or cq= and curve="),
        ({"positive": 3}, "needs positive and accepted"),
        ({"cq": [33.0]}, "needs curve="),
        ({"cq": [33.0], "curve": CURVE, "positive": 1}, "not both: it is of one method"),
        ({"cq": [33.0], "curve": CURVE, "accepted": 1}, "not both: it is of one method"),
        ({"positive": 1, "accepted": 9, "curve": CURVE}, "only with cq="),
        ({"positive": 1, "accepted": 9, "blank_cq": [None]}, "only with cq="),
        ({"cq": [33.0], "curve": CURVE, "blank": (0, 3), "blank_cq": [None]}, "blank= or blank_cq="),
        ({"positive": 1, "accepted": 9, "donor": None}, "needs donor= and recipient="),
        ({"positive": 1, "accepted": 9, "recipient": None}, "needs donor= and recipient="),
    ],
)
def test_an_observation_is_of_one_method(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(TypeError, match=sentence):
        mc.Observation("SRY", **{"donor": 1, "recipient": 0, **given})


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"cq": []}, "no well was given"),
        ({"cq": [0.0]}, "above 0"),
        ({"cq": [-1]}, "above 0"),
        ({"cq": [999]}, "up to 100"),
        ({"cq": [float("inf")]}, "'cq' must hold numbers of cycles, found inf"),
        ({"cq": ["Undetermined"]}, "'cq' must hold one Cq a well, None or NaN"),
        ({"cq": ["33.1"]}, "'cq' must hold one Cq a well, None or NaN"),
        ({"cq": 33.1}, "'cq' must hold one Cq a well, None or NaN"),
        ({"cq": [[33.1]]}, "'cq' must hold one Cq a well, None or NaN"),
        ({"blank": None, "blank_cq": ["no"]}, "'blank_cq' must hold"),
        ({"blank": None, "blank_cq": []}, "blank"),
        ({"blank": (4, 3)}, "blank"),
        ({"curve": dataclasses.replace(CURVE, slope=3.3)}, "slope"),
        ({"curve": dataclasses.replace(CURVE, sd=0)}, "standard deviation"),
        ({"curve": dataclasses.replace(CURVE, sd=float("nan"))}, "'sd' must be a number, found nan"),
        ({"curve": dataclasses.replace(CURVE, intercept_se=-1)}, "standard error"),
        ({"curve": dataclasses.replace(CURVE, unit="ng")}, "'unit' must be"),
        ({"curve": {"intercept": 38, "slope": -3.4}}, "a standard curve needs 'sd'"),
        (
            {"curve": {"intercept": 38, "slope": -3.4, "sd": 0.3, "r2": 1}},
            "a standard curve has no 'r2', only intercept",
        ),
    ],
)
def test_what_cannot_be_is_one_sentence(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(mc.ConfigError, match=sentence) as caught:
        mc.donor_fraction([dataclasses.replace(SRY, **changed), RPP30])
    assert "SRY" in str(caught.value)


SCATTER = [0.11, -0.17, 0.05, -0.09, 0.14, -0.04, 0.2, -0.2]


@pytest.fixture(scope="module")
def plate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with standards of 10 to 100,000 copies, negative controls and one sample, Cq values only."""
    reacts: list[str] = []
    samples = {"water": "<type>ntc</type>", "d28": "<type>unkn</type>"}

    def well(sample: str, target: str, copies: float) -> None:
        cq = 38.3 - 3.45 * np.log10(copies) + SCATTER[len(reacts) % 8] if copies else -1.0
        where = f'<react id="{len(reacts) + 1}"><sample id="{sample}"/><data><tar id="{target}"/>'
        reacts.append(f"{where}<cq>{cq:.3f}</cq></data></react>")

    for target in ("SRY", "RPP30"):
        for level in range(1, 6):
            name, amount = f"{target} 1e{level}", f"<quantity><value>{10**level}</value><unit>cop</unit></quantity>"
            samples[name] = f"<type>std</type>{amount}"
            for _ in range(3):
                well(name, target, 10**level)
        for _ in range(3):
            well("water", target, 0)
        for _ in range(6 if target == "SRY" else 3):
            well("d28", target, 20 if target == "SRY" else 40000)
    path = tmp_path_factory.mktemp("plate") / "run.xml"
    path.write_text(
        '<rdml version="1.2" xmlns="http://www.rdml.org"><dye id="FAM"/>'
        + "".join(f'<sample id="{name}">{what}</sample>' for name, what in samples.items())
        + "".join(f'<target id="{t}"><type>toi</type><dyeId id="FAM"/></target>' for t in ("SRY", "RPP30"))
        + '<experiment id="e"><run id="r"><pcrFormat><rows>8</rows><columns>12</columns><rowLabel>ABC</rowLabel>'
        + f"<columnLabel>123</columnLabel></pcrFormat>{''.join(reacts)}</run></experiment></rdml>"
    )
    return path


def test_fitted_curves_and_wells_give_what_quantify_gives(plate: Path) -> None:
    frame = mc.read_run(plate).reactions()

    def observed(target: str, **genomes: int) -> mc.Observation:
        one = frame[frame["target"] == target]
        kind = {name: one[one["type"] == name] for name in ("std", "unkn", "ntc")}
        curve = mc.StandardCurve.fit(kind["std"]["quantity"], kind["std"]["cq"])
        blank_cq = None if genomes["recipient"] else kind["ntc"]["cq"]
        return mc.Observation(
            target,
            cq=kind["unkn"]["cq"],
            curve=curve,
            donor=genomes["donor"],
            recipient=genomes["recipient"],
            blank_cq=blank_cq,
        )

    f = mc.donor_fraction([observed("RPP30", donor=2, recipient=2), observed("SRY", donor=1, recipient=0)])
    samples = mc.quantify(plate, donor={"SRY": 1}, reference="RPP30").samples
    d28 = samples[samples["sample"] == "d28"].iloc[0]
    for name in ("fraction", "low", "high", "upper", "lob", "lod", "loq", "genomes"):
        assert getattr(f, name) == pytest.approx(d28[name], rel=1e-6), name
    assert f.call == d28["call"]


def test_a_fit_finds_the_line_and_says_how_sure_it_is() -> None:
    quantity = np.repeat(10.0 ** np.arange(2, 7), 3)
    cq = 38.3 - 3.45 * np.log10(quantity) + np.array([SCATTER[i % 8] for i in range(15)])
    curve = mc.StandardCurve.fit(quantity, cq)
    assert curve.intercept == pytest.approx(38.3, abs=0.2) and curve.slope == pytest.approx(-3.45, abs=0.05)
    assert 0.05 < float(curve.sd) < 0.25 and curve.unit == "copies"
    assert curve.df is not None and 9 < float(curve.df) < 13  # 15 wells; those of few copies tell less of the sd
    assert curve.slope_se is not None and 0 < float(curve.slope_se) < 0.05
    gaps = [None if i in (3, 7) else value for i, value in enumerate(cq)]
    fewer = mc.StandardCurve.fit(quantity, gaps)
    assert fewer.df is not None and float(fewer.df) < float(curve.df)
    doubled = mc.StandardCurve.fit(quantity, cq, copies_per_unit=2)
    assert float(doubled.intercept) - float(curve.intercept) == pytest.approx(3.45 * np.log10(2), abs=0.05)


@pytest.mark.parametrize(
    ("quantity", "cq", "copies", "sentence"),
    [
        ([], [], 1, "0 standard wells at 0 amounts have a Cq; at least 5 wells at 3 amounts"),
        ([10, 10, 100, 100], [35, 35, 31.5, 31.5], 1, "4 standard wells at 2 amounts"),
        ([10, 10, 100, 100, 1000], [35, 35, None, np.nan, 28], 1, "3 standard wells at 2 amounts"),
        ([10, 20, 30, 40, 50], [30, 31, 32, 33, 34], 1, "does not fall"),
        ([10, 20, 30, 40, 50], [36, 30, 26, 24, 22], 1, "slope of -[0-9.]+ is none that PCR can have"),
        ([10, 100], [35], 1, "one Cq per quantity: 2 quantities, 1 Cq"),
        ([0, 10, 100], [35, 32, 29], 1, "above 0"),
        ([np.nan, 10, 100], [35, 32, 29], 1, "above 0"),
        ([np.inf, 10, 100], [35, 32, 29], 1, "above 0"),
        ([1, 10, 100], [0, 32, 29], 1, "must be above 0 and up to 100"),
        ([1, 10, 100], ["Undetermined", 32, 29], 1, "standards: 'cq' must hold one Cq a well"),
        ([1, 10, 100], [35, 32, 29], 0, "'copies_per_unit'"),
        ([1, 10, 100], [35, 32, 29], np.nan, "'copies_per_unit'"),
        (
            np.repeat([10.0, 100, 1e3, 1e4], 4),
            [35, 35, 37, 37, 32, 32, 34, 34, 28, 28, 30, 30, 25, 25, 27, 27],
            1,
            "two",
        ),
    ],
)
def test_standards_that_make_no_curve_are_one_sentence(quantity: Any, cq: Any, copies: float, sentence: str) -> None:
    with pytest.raises(mc.ConfigError, match=sentence):
        mc.StandardCurve.fit(quantity, cq, copies_per_unit=copies)
