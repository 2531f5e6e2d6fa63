"""Reading runs. The readers and the instrument profiles stand beside this file."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from microchim import _core
from microchim.errors import ReadError
from microchim.run import Run

_HERE = Path(__file__).parent


@cache
def _readers() -> _core.Readers:
    return _core.Readers.installed(str(_HERE / "plugins"))


def _profiles() -> str:
    return os.environ.get("MICROCHIM_INSTRUMENTS") or str(_HERE / "instruments")


def read_run(path: str | os.PathLike[str]) -> Run:
    """Read one run: a file, a folder or a zip of any instrument software that a reader knows.

    What the file leaves out (partition volume, plate) is filled from the instrument's profile and signed. Partitions
    without a result table are counted.

    Parameters
    ----------
    path : str or path-like
        The export of one run.

    Returns
    -------
    Run

    Raises
    ------
    ReadError
        The path cannot be read, is not recognised, is ambiguous, locked or malformed, or holds several runs.
    """
    runs = read_runs(path)
    if len(runs) > 1:
        name = os.fspath(path)
        raise ReadError(f"'{name}' holds {len(runs)} runs.", hint="Use microchim.read_runs().", path=name)
    return runs[0]


def read_runs(*paths: str | os.PathLike[str]) -> list[Run]:
    """Read all runs in these files and folders.

    Files given together are one drop: a result table and its amplitude files become one run, and files that disagree
    stay runs of their own, with a note. Every folder is a drop of its own.

    Parameters
    ----------
    *paths : str or path-like
        At least one.

    Returns
    -------
    list of Run

    Raises
    ------
    ReadError
        A path cannot be read, is not recognised, is ambiguous, locked or malformed.
    """
    if not paths:
        raise TypeError("read_runs() needs at least one path")
    return [Run(run) for run in _core.read_runs([os.fsencode(path) for path in paths], _readers(), _profiles())]


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads the files of one instrument software."""

    id: str
    name: str
    version: str
    maturity: str
    library: str


def readers() -> tuple[Reader, ...]:
    """All readers that are there, sorted by id: ours, and those in ``MICROCHIM_PLUGIN_PATH``."""
    return tuple(Reader(r.id, r.name, r.version, r.maturity, r.library) for r in _readers().list())
