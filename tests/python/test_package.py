"""The package itself: light to import, typed, safe with threads."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import microchim as mc
import pytest
from microchim import _core
from microchim.read import _profiles, _readers

ROOT = Path(__file__).resolve().parents[2]


def test_the_version_is_that_of_the_product() -> None:
    found = re.search(r"project\(microchim VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text())
    assert found is not None and mc.__version__ == found[1]


def test_importing_is_quick_and_needs_neither_pandas_nor_numpy() -> None:
    code = (
        "import sys, time; t = time.process_time(); import microchim; print(time.process_time() - t);"
        "assert not {'pandas', 'numpy', 'matplotlib'} & set(sys.modules), 'too much was imported'"
    )
    outputs = [
        subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in range(5)
    ]
    assert min(map(float, outputs)) < 0.2


def test_reading_and_quantifying_print_nothing(table: Path, capfd: pytest.CaptureFixture[str]) -> None:
    mc.quantify(table, donor={"SRY": 1}, reference="RPP30")
    assert capfd.readouterr() == ("", "")


def test_what_is_public_is_there() -> None:
    assert all(hasattr(mc, name) for name in mc.__all__)
    assert Path(mc.__file__).with_name("py.typed").exists()


def test_the_docstring_example_holds() -> None:
    outcome = doctest.testmod(mc)
    assert outcome.attempted > 0 and outcome.failed == 0


def test_threads_share_a_run_and_get_the_same_answer(table: Path) -> None:
    run = mc.read_run(table)

    def answer(_: int) -> str:
        assert mc.read_run(table).to_json() == run.to_json()
        return mc.quantify(run, donor={"SRY": 1}, reference="RPP30").to_json()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(answer, range(40)))) == 1


def test_other_threads_run_while_a_file_is_read(tmp_path: Path) -> None:
    """One file of 400,000 droplets takes a while; a thread that counts must get on meanwhile."""
    lines = (f"{1000 + i % 977}.5,{700 + i % 331}.25,{2 if i % 50 == 0 else 1}\n" for i in range(400_000))
    path = tmp_path / "run_A01_Amplitude.csv"
    path.write_text("Ch1 Amplitude,Ch2 Amplitude,Cluster\n" + "".join(lines))
    ticks: list[float] = []
    stop = threading.Event()

    def tick() -> None:
        while not stop.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.0005)

    readers = _readers()
    ticker = threading.Thread(target=tick)
    ticker.start()
    start = time.perf_counter()
    try:
        (core,) = _core.read_runs([bytes(path)], readers, _profiles())
    finally:
        stop.set()
    end = time.perf_counter()
    ticker.join()
    assert len(core.fluorescence(0, 0)) == 400_000
    assert sum(start < t < end for t in ticks) >= 5, f"no other thread ran during {end - start:.3f} s"


def test_the_example_of_the_guide_runs(command: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run([command, "simulate", "--patient", "-o", tmp_path / "patient"], check=True, capture_output=True)
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "python.md").read_text(), re.DOTALL)
    assert len(blocks) >= 3
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "docs/python.md", "exec"), names)
    result = names["result"]
    assert isinstance(result, mc.Result) and len(result) >= 5
