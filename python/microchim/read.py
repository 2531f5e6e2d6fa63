"""Reading runs. The readers and the instrument profiles stand beside this file."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from microchim import _core
from microchim.run import Run

_HERE = Path(__file__).parent


@cache
def _readers() -> _core.Readers:
    return _core.Readers.installed(str(_HERE / "plugins"))


def _profiles() -> str:
    return os.environ.get("MICROCHIM_INSTRUMENTS") or str(_HERE / "instruments")


def read_run(path: str | os.PathLike[str]) -> Run:
    """Read a run: a file, a folder or a zip of any instrument software that a reader knows.

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
        The path cannot be read, is not recognised, is ambiguous, locked or malformed.
    """
    return Run(_core.read_run(os.fsencode(path), _readers(), _profiles()), os.fspath(path))


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
