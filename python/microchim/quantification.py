"""The main job: runs and a question in, donor fractions out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from microchim import _core
from microchim.read import read_runs
from microchim.result import Result
from microchim.run import Run

Path = str | os.PathLike[str]


def _listed(given: Path | Iterable[Path] | None) -> list[bytes]:
    if given is None:
        return []
    paths = [given] if isinstance(given, str | os.PathLike) else given
    return [os.fsencode(path) for path in paths]


def _copies(given: str | Iterable[str] | Mapping[str, float] | None) -> list[str]:
    """Return TARGET or TARGET=COPIES, as on the command line."""
    if given is None:
        return []
    if isinstance(given, str):
        return [given]
    if isinstance(given, Mapping):
        return [f"{target}={float(copies)!r}" for target, copies in given.items()]
    return list(given)


def quantify(
    runs: Run | Path | Iterable[Run | Path],
    *,
    case: Path | Iterable[Path] | None = None,
    panel: Path | None = None,
    samples: Path | None = None,
    donor: Mapping[str, float] | None = None,
    reference: str | Iterable[str] | Mapping[str, float] | None = None,
) -> Result:
    """Compute the donor DNA fraction of every sample, with its interval.

    Say who the genomes are: with ``case``, or with ``donor`` and ``reference``.

    Parameters
    ----------
    runs : Run, path, or several of them
        Wells of one sample in several runs are taken together.
    case : path or several, optional
        Who carries what (TOML).
    panel : path, optional
        The laboratory's markers and limits (TOML).
    samples : path, optional
        Sample sheet (CSV): what the run does not say about its wells.
    donor : mapping, optional
        Without a case: copies of each target per donor genome, ``{"SRY": 1}``; the recipient has none.
    reference : str, several, or mapping, optional
        Targets that everyone carries, in two copies or as the mapping says.

    Returns
    -------
    Result

    Raises
    ------
    ReadError
        A run cannot be read.
    ConfigError
        Case, panel, sample sheet and runs are wrong or do not fit together.
    """
    if (case is None) == (donor is None):
        raise TypeError("quantify() needs either case= or donor=: say who the genomes are")
    several = [runs] if isinstance(runs, Run | str | os.PathLike) else list(runs)
    if not several:
        raise TypeError("quantify() needs at least one run")
    read = [run for run in several if isinstance(run, Run)]
    paths = [run for run in several if not isinstance(run, Run)]
    if paths:
        read += read_runs(*paths)
    return Result(
        _core.quantify(
            [run._core for run in read],
            _listed(case),
            b"".join(_listed(panel)),
            b"".join(_listed(samples)),
            _copies(donor),
            _copies(reference),
        )
    )
