"""`pip install .` in an environment that has nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import microchim as mc
import pytest
from product import BUILD

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = """
import sys
from pathlib import Path
import microchim as mc

here = Path(mc.__file__).parent
assert sys.prefix in str(here), here
assert "biorad-quantasoft" in [r.id for r in mc.readers()]
assert {Path(r.library).parent for r in mc.readers()} == {here / "plugins"}
result = mc.quantify(sys.argv[1], donor={"SRY": 1}, reference="RPP30")
assert result.samples.call.tolist() == ["not_detected", "detected"], result.samples
assert mc.read_run(sys.argv[1]).wells().volume_nl.tolist() == [0.85] * 6
print(result.to_json())
"""


def compiler_of_the_build() -> dict[str, str]:
    """The compiler and its cache by the same names: the cache then knows every file already."""
    cache = (BUILD / "CMakeCache.txt").read_text()
    names = {"CC": "CMAKE_C_COMPILER", "CXX": "CMAKE_CXX_COMPILER"}
    names |= {name: name for name in ("CMAKE_C_COMPILER_LAUNCHER", "CMAKE_CXX_COMPILER_LAUNCHER")}
    found = {key: re.search(rf"^{name}:\w+=(.+)$", cache, re.MULTILINE) for key, name in names.items()}
    return {key: match[1] for key, match in found.items() if match}


@pytest.mark.slow
def test_pip_install_in_a_clean_environment_is_all_that_is_needed(table: Path, tmp_path: Path) -> None:
    interpreter = os.path.realpath(sys.executable)
    venv = tmp_path / "venv"
    subprocess.run([interpreter, "-m", "venv", venv], check=True)
    pip = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    probe = subprocess.run(
        [*pip, "download", "-q", "--no-deps", "-d", str(tmp_path), "scikit-build-core"], capture_output=True, text=True
    )
    if probe.returncode:
        pytest.skip(f"the package registry cannot be reached: {probe.stderr.strip().splitlines()[-1]}")

    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "MICROCHIM_"))}
    clean |= compiler_of_the_build()
    # A build folder that stays makes the second run a matter of seconds; beside the other one, so that the paths in it
    # are the same and the compiler's cache knows them.
    where = f"--config-settings=build-dir={BUILD}-pip"
    done = subprocess.run([*pip, "install", "-q", where, str(ROOT)], env=clean, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]

    theirs = subprocess.run(
        [venv / "bin" / "python", "-c", EXAMPLE, table], cwd=tmp_path, env=clean, capture_output=True, text=True
    )
    assert theirs.returncode == 0, theirs.stderr
    assert theirs.stdout.rstrip("\n") == mc.quantify(table, donor={"SRY": 1}, reference="RPP30").to_json()
