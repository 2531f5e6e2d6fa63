"""Cq, efficiency and N0 in Python: the numbers of the command, and every kind of array."""

from __future__ import annotations

import copy
import doctest
import json
import pickle
import threading
import time
from pathlib import Path
from typing import Any

import microchim as mc
import numpy as np
import pandas as pd
import pytest
from microchim import _core, amplification
from product import stdout_of
from test_asm_real_time import CYCLES, DOCUMENT, react

METHODS = ("window", "threshold", "second-derivative", "model")
BASE = 100.0
NUMBERS = ("cq", "efficiency", "own_efficiency", "n0", "threshold", "baseline", "plateau")


def sigmoid(middle: float, cycles: int = 40, height: float = 400.0, noise: float = 0.0, seed: int = 1) -> Any:
    at = np.arange(1, cycles + 1)
    scatter = np.random.default_rng(seed).normal(0, noise, cycles)
    return BASE + height / (1 + 2.0 ** (middle - at)) + scatter


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Standards, unknowns and a control of one target; the rises are where one doubling a cycle puts them."""
    file: Path = tmp_path_factory.mktemp("cq") / "run.xml"
    reacts = [
        react(number, "std 1000" if number % 2 else "P1 d+28", str(15.0 + number), list(sigmoid(17.0 + number, 45)))
        for number in range(1, 7)
    ]
    head, tail = DOCUMENT.split('<react id="1">')[0], "</run></experiment></rdml>"
    file.write_text(head + "".join(reacts) + react(12, "water", "-1.0", [BASE] * 45) + tail)
    return file


@pytest.mark.parametrize("method", METHODS)
def test_a_run_gives_the_document_of_the_command(command: Path, path: Path, method: Any) -> None:
    document = json.loads(stdout_of(command, "cq", path, "--method", method, "--json"))
    run = mc.read_run(path)
    assert mc.cq(run, method=method).to_dict() == document
    assert mc.cq(path, method=method).to_dict() == document
    assert len(document["curves"]) == 7 and sum(entry["cq"] is not None for entry in document["curves"]) == 6


@pytest.mark.parametrize("method", METHODS)
def test_an_array_gives_the_numbers_of_the_run(path: Path, method: Any) -> None:
    run = mc.read_run(path)
    rows = np.stack([well.curves[0].fluorescence for well in run.values()])
    from_run, from_rows = mc.cq(run, method=method), mc.cq(rows, method=method)
    for name in (*NUMBERS, "verdict", "amplified", "notes"):
        assert [getattr(c, name) for c in from_rows] == [getattr(c, name) for c in from_run], name
    assert {(c.well, c.sample, c.type, c.run, c.vendor_cq) for c in from_rows} == {("", "", "", "", None)}


def test_several_runs_are_one_answer(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.xml"
    other.write_text(path.read_text().replace('run id="run 7"', 'run id="run 8"'))
    both = mc.cq([mc.read_run(path), other])
    assert [c.run for c in both] == ["run 7"] * 7 + ["run 8"] * 7
    assert both[:7] == mc.cq(path)[:]


def test_a_run_without_curves_is_a_read_error(table: Path) -> None:
    with pytest.raises(mc.ReadError, match="holds no amplification curves") as caught:
        mc.cq(table)
    assert caught.value.path == str(table) and "Export" in str(caught.value)


def test_curves_where_the_truth_is_known() -> None:
    """The curves double, and reach 5 % of the height log2(19) cycles before their middle."""
    middles = np.array([20.0, 22.0, 25.5])
    result = mc.cq([sigmoid(middle) for middle in middles])
    assert result.cq == pytest.approx(middles - np.log2(19), abs=0.1)
    assert np.diff(result.cq) == pytest.approx([2.0, 3.5], abs=0.001)
    assert result.efficiency == pytest.approx([2.0] * 3, abs=0.001)
    assert result.n0[0] / result.n0[1:] == pytest.approx([2.0**2, 2.0**5.5], rel=0.002)
    assert result.amplified.tolist() == [True] * 3 and result.verdicts == ("amplified",) * 3
    assert {a.dtype for a in (result.cq, result.efficiency, result.n0)} == {np.dtype(np.float64)}
    assert result.amplified.dtype == np.bool_


def test_one_curve_is_one_row() -> None:
    (alone,) = mc.cq(CYCLES)
    assert isinstance(alone, mc.Amplification) and alone.cq is not None
    assert mc.cq([CYCLES])[0] == alone
    assert mc.cq(np.array(CYCLES)).cq.shape == (1,)


def test_no_curves_are_no_rows() -> None:
    result = mc.cq(np.empty((0, 40)))
    assert len(result) == 0 and result.cq.shape == (0,) and result.amplified.shape == (0,)
    assert list(result.frame().columns) == list(mc.cq(CYCLES).frame().columns)


def test_384_curves_are_each_in_their_place() -> None:
    middles = np.random.default_rng(7).permutation(np.linspace(18, 33, 384))
    rows = np.stack([sigmoid(m, 45, noise=0.5, seed=i) for i, m in enumerate(middles)])
    rows[100] = BASE
    result = mc.cq(rows)
    assert len(result) == 384 and result.amplified.sum() == 383 and not result.amplified[100]
    there = np.arange(384) != 100
    assert result.cq[there] - middles[there] == pytest.approx(-np.log2(19), abs=0.3)


def test_a_flat_curve_has_no_cq() -> None:
    method: Any
    for method in METHODS:
        (flat,) = mc.cq([BASE] * 40, method=method)
        assert (flat.verdict, flat.amplified, flat.cq, flat.efficiency, flat.n0) == (
            ("no amplification", False) + (None,) * 3
        )
        assert flat.baseline == BASE
    assert np.isnan(mc.cq([BASE] * 40).cq).all()


@pytest.mark.parametrize("cycles", [1, 2, 5, 9])
def test_too_short_a_curve_has_a_verdict(cycles: int) -> None:
    method: Any
    for method in METHODS:
        (short,) = mc.cq(sigmoid(20.0)[:cycles], method=method)
        assert (short.verdict, short.cq) == ("too few cycles", None)
        assert short.notes == ("Fewer than 10 cycles were read.",)


@pytest.mark.parametrize("nothing", [np.nan, np.inf, -np.inf])
def test_what_was_not_read_is_no_value(nothing: float) -> None:
    whole = mc.cq([sigmoid(20.0)])[0]
    gaps = sigmoid(20.0)
    gaps[[2, 7, 30]] = nothing
    (holed,) = mc.cq(gaps)
    assert holed.verdict == "amplified" and holed.cq == pytest.approx(whole.cq, abs=0.01)
    assert mc.cq([nothing] * 40).verdicts == ("too few cycles",)


def test_none_and_masked_are_not_read() -> None:
    gaps = sigmoid(20.0)
    masked: Any = np.ma.array(gaps.copy(), mask=np.arange(40) == 7)  # type: ignore[no-untyped-call]
    masked.data[7] = 9999
    gaps[7] = np.nan
    expected = mc.cq(gaps)[0]
    assert mc.cq(masked)[0] == expected
    assert mc.cq([None if np.isnan(value) else value for value in gaps])[0] == expected


def test_cycles_say_where_the_values_stand() -> None:
    at = np.array([cycle for cycle in range(5, 41) if cycle != 9])
    full = np.full(40, np.nan)
    full[at - 1] = sigmoid(20.0)[at - 1]
    assert mc.cq(sigmoid(20.0)[at - 1], cycles=at)[0] == mc.cq(full)[0]
    late = mc.cq(sigmoid(20.0)[at - 1], cycles=at + 10).cq
    assert late == pytest.approx(mc.cq(full).cq + 10, abs=0.01)
    assert mc.cq(CYCLES, cycles=range(1, 31))[0] == mc.cq(CYCLES)[0]


def test_targets_are_looked_at_apart() -> None:
    small, large = [sigmoid(m, height=400.0) for m in (20.0, 23.0)], [sigmoid(m, height=8000.0) for m in (19.0, 24.0)]
    mixed = mc.cq([small[0], large[0], small[1], large[1]], target=["a", "b", "a", "b"])
    assert (mixed[0], mixed[2]) == tuple(mc.cq(small, target="a"))
    assert (mixed[1], mixed[3]) == tuple(mc.cq(large, target="b"))
    assert [c.target for c in mixed] == ["a", "b", "a", "b"]
    assert mixed[0].threshold != mixed[1].threshold


def test_an_excluded_curve_tells_nothing_about_others() -> None:
    odd = BASE + 400.0 / (1 + 1.5 ** (22.0 - np.arange(1, 41)))
    good = [sigmoid(20.0), sigmoid(23.0)]
    left_out = mc.cq([*good, odd], excluded=[False, False, True])
    assert left_out[2].excluded and left_out[2].cq is not None
    assert left_out.efficiency[0] == pytest.approx(2.0, abs=0.005)
    assert abs(mc.cq([*good, odd]).efficiency[0] - 2.0) > abs(left_out.efficiency[0] - 2.0)


@pytest.mark.parametrize(
    "given",
    [
        [[int(v) for v in sigmoid(20.0)]],
        np.asfortranarray(np.round(sigmoid(20.0))[None, :]).astype(np.int32),
        np.repeat(np.trunc(sigmoid(20.0)), 2)[::2],
        pd.DataFrame([np.trunc(sigmoid(20.0))]),
        np.trunc(sigmoid(20.0)).astype(">f8"),
    ],
    ids=["list", "fortran int32", "strided", "frame", "big-endian"],
)
def test_any_array_of_numbers_will_do(given: Any) -> None:
    expected = np.round(sigmoid(20.0)) if getattr(given, "dtype", None) == np.int32 else np.trunc(sigmoid(20.0))
    assert mc.cq(given)[0] == mc.cq(expected)[0]


def test_the_array_is_left_alone() -> None:
    rows = np.stack([sigmoid(20.0), sigmoid(24.0)]).astype(np.float32)
    rows.setflags(write=False)
    before = rows.copy()
    mc.cq(rows)
    assert (rows == before).all()


@pytest.mark.parametrize(
    ("given", "options", "sentence"),
    [
        ([], {}, "'fluorescence' holds no cycles"),
        (np.empty((3, 0)), {}, "'fluorescence' holds no cycles"),
        (5.0, {}, r"found \(\)"),
        (np.zeros((2, 3, 4)), {}, r"shape \(cycles,\) or \(wells, cycles\), found \(2, 3, 4\)"),
        ([[1.0, 2.0], [1.0]], {}, "as many cycles in every row"),
        (np.array(["x", "y"]), {}, "must be numbers"),
        (np.array([1j, 2j]), {}, "must be numbers"),
        (np.array(["1", "2"]), {}, "must be numbers"),
        (np.array(["2026-01-01"], dtype="datetime64[D]"), {}, "must be numbers"),
        (np.zeros((3, 4), dtype=[("a", "f4")]), {}, "must be numbers"),
        ({"a": 1}, {}, "must be numbers"),
        ([1e300] * 20, {}, "too large"),
        (CYCLES, {"cycles": [1, 2]}, r"each of the 30 values of a curve, found the shape \(2,\)"),
        (CYCLES, {"cycles": range(30)}, "whole numbers from 1 to 1000"),
        (CYCLES, {"cycles": np.arange(30) + 0.5}, "whole numbers from 1 to 1000"),
        (CYCLES, {"cycles": [*range(1, 30), 10**9]}, "whole numbers from 1 to 1000"),
        (CYCLES, {"cycles": [np.nan] * 30}, "whole numbers from 1 to 1000"),
        (CYCLES, {"cycles": [*range(1, 30), 29]}, "must rise"),
        (CYCLES, {"cycles": ["x"] * 30}, "whole numbers"),
        ([CYCLES, CYCLES], {"target": ["a"]}, "2 curves, 1 names"),
        ([CYCLES, CYCLES], {"excluded": [True]}, r"2 curves, found the shape \(1,\)"),
        ([CYCLES, CYCLES], {"excluded": [0, 2]}, "True or False"),
        (CYCLES, {"method": "Window"}, "'method' must be one of window, .*, found 'Window'"),
    ],
)
def test_a_wrong_argument_is_one_sentence(given: Any, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as caught:
        mc.cq(given, **options)
    assert str(caught.value).endswith(".") or "found" in str(caught.value)


@pytest.mark.parametrize("options", [{"cycles": [1]}, {"target": "SRY"}, {"excluded": [True]}])
def test_runs_say_these_themselves(path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="the runs say them"):
        mc.cq(path, **options)


def test_a_frame_has_the_same_columns_whatever_the_data(path: Path) -> None:
    frame, bare = mc.cq(path).frame(), mc.cq([[BASE] * 40]).frame()
    assert list(frame.dtypes.items()) == list(bare.dtypes.items())
    assert frame["well"].tolist() == ["A01", "A02", "A03", "A04", "A05", "A06", "A12"]
    assert frame["vendor_cq"].tolist()[:6] == [16.0, 17.0, 18.0, 19.0, 20.0, 21.0] and np.isnan(frame["vendor_cq"][6])
    assert frame["type"].tolist() == ["std", "unkn"] * 3 + ["ntc"]
    assert np.isnan(bare["cq"][0]) and bare["well"][0] == "" and bare["notes"][0] == ""


def test_a_notebook_shows_it_and_nothing_gets_out_of_hand(path: Path) -> None:
    result = mc.cq(path)
    assert repr(result) == "<CqResult (window): 7 curves, 6 amplified>"
    assert repr(mc.cq(CYCLES)) == "<CqResult (window): 1 curve, 1 amplified>"
    html = result._repr_html_()
    assert "A06" in html and f"{result.cq[0]:.2f}" in html and "no amplification" in html
    assert "<script>" not in mc.cq(CYCLES, target="<script>")._repr_html_()


def test_a_result_can_be_copied_and_pickled() -> None:
    result = mc.cq([CYCLES, CYCLES])
    for twin in (copy.deepcopy(result), pickle.loads(pickle.dumps(result))):
        assert list(twin) == list(result) and twin.to_dict() == result.to_dict() and twin.method == "window"


def test_other_threads_run_meanwhile() -> None:
    rows = np.stack([sigmoid(18 + i % 15, 45, noise=0.5, seed=i) for i in range(384)] * 20)
    ticks: list[float] = []
    stop = threading.Event()

    def tick() -> None:
        while not stop.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.0005)

    flat = rows.astype(np.float32)
    names, flags = [""] * len(flat), [False] * len(flat)
    ticker = threading.Thread(target=tick)
    ticker.start()
    start = time.perf_counter()
    try:
        _core.cq_of_rows(flat, names, flags, "window")
    finally:
        stop.set()
    end = time.perf_counter()
    ticker.join()
    assert sum(start < t < end for t in ticks) >= 5, f"no other thread ran during {end - start:.3f} s"


def test_the_example_of_the_docstring_holds() -> None:
    outcome = doctest.testmod(amplification)
    assert outcome.attempted > 0 and outcome.failed == 0
