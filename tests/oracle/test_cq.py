"""`microchim cq` against SciPy: the sigmoid fit and the smoothed second derivative, each implemented again."""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import scipy.optimize
import scipy.signal

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("MICROCHIM_BIN", ROOT / "build" / "bin" / "microchim"))

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=f"{BINARY} is not built (MICROCHIM_BIN names another)")

CYCLES = np.arange(1, 46)


def sigmoid(p, c):
    floor, height, rate, middle, log_skew = p
    return floor + height * np.exp(-np.exp(log_skew) * np.logaddexp(0, -rate * (c - middle)))


def simulated(seed):
    """Growth that slows down towards a plateau, drift and noise."""
    random = np.random.default_rng(seed)
    copies, values = 10 ** random.uniform(2, 6), []
    efficiency = random.uniform(1.75, 2.0)
    for cycle in CYCLES:
        copies *= 1 + (efficiency - 1) * (1 - copies / 5e11)
        values.append(1000 + 0.3 * cycle + 1e-8 * copies + random.normal(0, 3))
    return np.round(np.array(values), 2)


@pytest.fixture(scope="module")
def curves():
    return [simulated(seed) for seed in range(12)]


def ours(curves, method, folder):
    reacts = "".join(
        f'<react id="{i}"><sample id="S"/><data><tar id="X"/>'
        + "".join(f"<adp><cyc>{c}</cyc><fluor>{v}</fluor></adp>" for c, v in zip(CYCLES, curve, strict=True))
        + "</data></react>"
        for i, curve in enumerate(curves, 1)
    )
    path = folder / "run.xml"
    path.write_text(
        '<rdml xmlns="http://www.rdml.org" version="1.3"><dye id="F"/><sample id="S"><type>unkn</type></sample>'
        '<target id="X"><type>toi</type><dyeId id="F"/></target><experiment id="E"><run id="R"><pcrFormat>'
        "<rows>8</rows><columns>12</columns><rowLabel>ABC</rowLabel><columnLabel>123</columnLabel></pcrFormat>"
        f"{reacts}</run></experiment></rdml>"
    )
    done = subprocess.run([BINARY, "cq", path, "--json", "--method", method], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    return json.loads(done.stdout)["curves"]


def test_model_fit(curves, tmp_path):
    """Same least-squares optimum, and its bend found numerically instead of in closed form."""
    for curve, result in zip(curves, ours(curves, "model", tmp_path), strict=True):
        start = [curve[:10].mean(), np.ptp(curve), 0.6, CYCLES[np.argmax(np.gradient(curve))], 0.0]
        c, y = CYCLES[1:], curve[1:]
        fit = scipy.optimize.least_squares(lambda p, c=c, y=y: sigmoid(p, c) - y, start, x_scale="jac", xtol=1e-14)
        fine = np.arange(2, 45, 0.0005)
        bend = fine[np.argmax(np.gradient(np.gradient(sigmoid(fit.x, fine))))]
        assert result["cq"] == pytest.approx(bend, abs=2e-3)
        rise = sigmoid(fit.x, bend) - fit.x[0], sigmoid(fit.x, bend - 1) - fit.x[0]
        assert result["efficiency"] == pytest.approx(rise[0] / rise[1], rel=2e-3)
        assert result["plateau"] == pytest.approx(fit.x[1], rel=1e-3)


def test_second_derivative(curves, tmp_path):
    """A Savitzky-Golay filter of five points and second order has the same maximum."""
    for curve, result in zip(curves, ours(curves, "second-derivative", tmp_path), strict=True):
        second = scipy.signal.savgol_filter(curve, 5, 2, deriv=2)[2:-2]
        steepest = int(np.argmax(np.gradient(curve)[1:-1])) + 1
        at = 2 + int(np.argmax(second[: steepest - 1]))
        before, peak, after = second[at - 3 : at]
        assert result["cq"] == pytest.approx(at + 1 + (before - after) / (2 * (before - 2 * peak + after)), abs=1e-3)


def test_common_shape(curves, tmp_path):
    """One efficiency for all, and the exponential through N0 explains each rise near the threshold."""
    results = ours(curves, "window", tmp_path)
    assert len({result["efficiency"] for result in results}) == 1
    for curve, result in zip(curves, results, strict=True):
        cycle = int(np.floor(result["cq"]))
        rise = curve[cycle - 1] - result["baseline"]
        expected = result["n0"] * result["efficiency"] ** cycle
        assert rise == pytest.approx(expected, rel=0.25)
