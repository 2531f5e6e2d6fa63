"""Real-time runs in Python."""

from __future__ import annotations

from pathlib import Path

import microchim as mc
import numpy as np
import pytest
from test_asm_real_time import CYCLES, DOCUMENT


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> mc.Run:
    file: Path = tmp_path_factory.mktemp("curves") / "run.xml"
    file.write_text(DOCUMENT)
    return mc.read_run(file)


def test_one_row_per_well_and_target(run: mc.Run) -> None:
    frame = run.reactions()
    assert list(frame["well"]) == ["A01", "A02", "A03"]
    assert list(frame["type"]) == ["std", "unkn", "ntc"]
    assert frame["cq"].tolist()[:2] == [20.125, 21.5]
    assert np.isnan(frame["cq"][2])
    assert frame["amplified"].tolist() == [True, True, False]
    assert frame["quantity"][0] == 1000
    assert frame["cycles"].tolist() == [30, 30, 30]
    assert run.targets == ("SRY",)


def test_one_row_per_cycle(run: mc.Run) -> None:
    frame = run.curves()
    assert len(frame) == 90
    first = frame[frame["well"] == "A01"]
    assert first["cycle"].tolist() == list(range(1, 31))
    assert first["fluorescence"].to_numpy() == pytest.approx(CYCLES, rel=1e-6)
    assert first["fluorescence_corrected"].isna().all()


def test_a_curve_of_a_well(run: mc.Run) -> None:
    (curve,) = run["A3"].curves
    assert curve.cq is None
    assert curve.amplified is False
    assert curve.fluorescence.dtype == np.float32
    assert curve.fluorescence.tolist() == [100.0] * 30
    assert curve.baselined.size == 0


def test_a_digital_run_has_no_curves(run: mc.Run) -> None:
    assert run.wells().empty
    assert "20.12" in run._repr_html_()


def test_no_cycle_is_nan(tmp_path: Path) -> None:
    file = tmp_path / "run.xml"
    file.write_text(DOCUMENT.replace("<adp><cyc>2</cyc><fluor>100.0", "<adp><cyc>31</cyc><fluor>100.0"))
    curve = mc.read_run(file)["A3"].curves[0]
    assert np.isnan(curve.fluorescence[1])
    assert len(curve.fluorescence) == 31
