"""Cq, efficiency and N0 of amplification curves: our own, of runs and of bare arrays."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, overload

from microchim import _core
from microchim.frames import frame
from microchim.html import page, table
from microchim.read import read_runs
from microchim.run import Run

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

Method = Literal["window", "threshold", "second-derivative", "model"]
Path = str | os.PathLike[str]

_METHODS = ("window", "threshold", "second-derivative", "model")
_MOST_CYCLES = 1000  # a number beyond is no cycle, and would ask for the memory of as many
_COLUMNS = {
    "run": "object",
    "well": "object",
    "position": "object",
    "sample": "object",
    "type": "object",
    "target": "object",
    "dye": "object",
    "verdict": "object",
    "amplified": "bool",
    "cq": "float64",
    "vendor_cq": "float64",
    "efficiency": "float64",
    "own_efficiency": "float64",
    "n0": "float64",
    "threshold": "float64",
    "baseline": "float64",
    "plateau": "float64",
    "excluded": "bool",
    "notes": "object",
}


@dataclass(frozen=True, slots=True)
class Amplification:
    """What one amplification curve says. ``None`` is "there is none".

    Attributes
    ----------
    run, well, position, sample, type, target, dye : str
        Which curve it is; of an array only ``target`` is known, the others are empty.
    verdict : str
        What kind of curve: amplified, late rise, no plateau, hook effect, noisy; or, without amplification, no
        amplification, baseline error, too few cycles.
    amplified : bool
        True for the first five of these.
    cq : float or None
        Cycles, the first is 1.
    efficiency : float or None
        Base per cycle, 2 doubles: of the whole target with the method ``window``, else of this curve alone.
    own_efficiency : float or None
        Base per cycle of this curve alone.
    n0 : float or None
        Fluorescence units at cycle 0, in proportion to the input within one target.
    threshold : float or None
        Fluorescence units above the baseline at which ``cq`` is taken.
    baseline, plateau : float or None
        Fluorescence units; the plateau above the baseline.
    excluded : bool
        Left out: it has its own result and told nothing about other curves.
    vendor_cq : float or None
        The instrument software's, never used.
    notes : tuple of str
        Full sentences.
    """

    run: str
    well: str
    position: str
    sample: str
    type: str
    target: str
    dye: str
    verdict: str
    amplified: bool
    cq: float | None
    efficiency: float | None
    own_efficiency: float | None
    n0: float | None
    threshold: float | None
    baseline: float | None
    plateau: float | None
    excluded: bool
    vendor_cq: float | None
    notes: tuple[str, ...]


class CqResult(Sequence[Amplification]):
    """What `cq` answers: one `Amplification` per curve, in the order of the rows or of the plate.

    The arrays are float64 or bool, one value per curve; NaN where a curve has no such number.
    """

    __slots__ = ("_curves", "_document", "_method")

    def __init__(self, document: str, method: str) -> None:
        self._document: dict[str, Any] = json.loads(document)
        self._method = method
        names = [name for name in Amplification.__dataclass_fields__ if name != "notes"]
        self._curves = tuple(
            Amplification(**{name: entry[name] for name in names}, notes=tuple(entry["notes"]))
            for entry in self._document["curves"]
        )

    @overload
    def __getitem__(self, index: int) -> Amplification: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Amplification, ...]: ...
    def __getitem__(self, index: int | slice) -> Amplification | tuple[Amplification, ...]:
        return self._curves[index]

    def __iter__(self) -> Iterator[Amplification]:
        return iter(self._curves)

    def __len__(self) -> int:
        return len(self._curves)

    def _array(self, name: str) -> NDArray[np.float64]:
        import numpy as np

        values = (getattr(curve, name) for curve in self._curves)
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)

    @property
    def method(self) -> str:
        """How Cq was found: window, threshold, second-derivative or model."""
        return self._method

    @property
    def cq(self) -> NDArray[np.float64]:
        """Cycles, the first is 1; NaN without amplification."""
        return self._array("cq")

    @property
    def efficiency(self) -> NDArray[np.float64]:
        """Base per cycle, 2 doubles; NaN where there is none."""
        return self._array("efficiency")

    @property
    def n0(self) -> NDArray[np.float64]:
        """Fluorescence units at cycle 0, in proportion to the input within one target; NaN where there is none."""
        return self._array("n0")

    @property
    def amplified(self) -> NDArray[np.bool_]:
        """True where there was amplification."""
        import numpy as np

        return np.array([curve.amplified for curve in self._curves], dtype=np.bool_)

    @property
    def verdicts(self) -> tuple[str, ...]:
        """What kind of curve each is."""
        return tuple(curve.verdict for curve in self._curves)

    def frame(self) -> pd.DataFrame:
        """One row per curve with all that `Amplification` has; text that is not known is empty, a number NaN.

        ``notes`` holds the sentences, joined by a space.
        """
        return frame(({**entry, "notes": " ".join(entry["notes"])} for entry in self._document["curves"]), _COLUMNS)

    def to_dict(self) -> dict[str, Any]:
        """Return the document of ``microchim cq --json``, schema microchim/cq/1."""
        copy: dict[str, Any] = json.loads(json.dumps(self._document))
        return copy

    def __repr__(self) -> str:
        count = len(self)
        positive = sum(curve.amplified for curve in self._curves)
        return f"<CqResult ({self._method}): {count} curve{'' if count == 1 else 's'}, {positive} amplified>"

    def _repr_html_(self) -> str:
        def shown(value: float | None, form: str) -> str:
            return "–" if value is None else format(value, form)

        rows = [
            (
                " ".join(filter(None, (curve.well, curve.position))) or str(index),
                curve.sample,
                curve.target,
                shown(curve.cq, ".2f"),
                shown(curve.vendor_cq, ".2f"),
                shown(curve.efficiency, ".3f"),
                shown(curve.n0, ".2e"),
                curve.verdict,
                " ".join(curve.notes),
            )
            for index, curve in enumerate(self._curves)
        ]
        header = ("Well", "Sample", "Target", "Cq", "theirs", "Efficiency", "N0", "Curve", "Note")
        return page(repr(self)[1:-1], table(header, rows))


def _rows(fluorescence: Any) -> NDArray[np.float64]:
    """Of one curve or several, one row each."""
    import numpy as np

    try:
        if np.asarray(fluorescence).dtype.kind not in "biufO":  # of objects None is NaN, as in lists
            raise TypeError
        if isinstance(fluorescence, np.ma.MaskedArray):
            masked: Any = fluorescence.astype(np.float64)
            fluorescence = masked.filled(np.nan)
        rows = np.asarray(fluorescence, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            "'fluorescence' must be numbers, of shape (cycles,) or (wells, cycles) with as many cycles in every row."
        ) from None
    if rows.ndim not in (1, 2):
        raise ValueError(f"'fluorescence' must have the shape (cycles,) or (wells, cycles), found {rows.shape}.")
    if rows.shape[-1] == 0:
        raise ValueError("'fluorescence' holds no cycles.")
    rows = np.atleast_2d(rows)
    if np.any(np.isfinite(rows) & (np.abs(rows) > np.finfo(np.float32).max)):
        raise ValueError("'fluorescence' holds a number that is too large for a fluorescence.")
    return rows


def _numbered(rows: NDArray[np.float64], cycles: ArrayLike | None) -> NDArray[np.float64]:
    """Put the values where their cycle is; NaN for the cycles between that were not read."""
    import numpy as np

    if cycles is None:
        return rows
    try:
        numbers = np.asarray(cycles, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError("'cycles' must be whole numbers.") from None
    if numbers.shape != (rows.shape[1],):
        raise ValueError(
            f"'cycles' must name the cycle of each of the {rows.shape[1]} values of a curve, found the shape "
            f"{numbers.shape}."
        )
    if not np.all((numbers >= 1) & (numbers <= _MOST_CYCLES) & (numbers == np.floor(numbers))):
        raise ValueError(f"'cycles' must be whole numbers from 1 to {_MOST_CYCLES}.")
    if not np.all(np.diff(numbers) > 0):
        raise ValueError("'cycles' must rise from value to value.")
    placed = np.full((rows.shape[0], int(numbers[-1])), np.nan)
    placed[:, numbers.astype(np.intp) - 1] = rows
    return placed


def _targets(target: str | Iterable[str], curves: int) -> list[str]:
    names = [target] * curves if isinstance(target, str) else [str(name) for name in target]
    if len(names) != curves:
        raise ValueError(f"'target' must be one name or one per curve: {curves} curves, {len(names)} names.")
    return names


def _exclusions(excluded: ArrayLike | None, curves: int) -> list[bool]:
    import numpy as np

    if excluded is None:
        return [False] * curves
    flags = np.asarray(excluded)
    if flags.dtype != np.bool_ and flags.size:
        raise ValueError("'excluded' must be True or False for every curve.")
    if flags.shape != (curves,):
        raise ValueError(f"'excluded' must have one value per curve: {curves} curves, found the shape {flags.shape}.")
    return [bool(flag) for flag in flags]


def _runs(curves: Any) -> list[Run] | None:
    """Read what must be read; None where these are no runs."""
    several = [curves] if isinstance(curves, Run | str | os.PathLike) else curves
    if not isinstance(several, list | tuple) or not several:
        return None
    if not all(isinstance(one, Run | str | os.PathLike) for one in several):
        return None
    paths = [one for one in several if not isinstance(one, Run)]
    return [one for one in several if isinstance(one, Run)] + (read_runs(*paths) if paths else [])


@overload
def cq(curves: Run | Path | Sequence[Run | Path], *, method: Method = "window") -> CqResult: ...
@overload
def cq(
    curves: ArrayLike | Sequence[float | None] | Sequence[Sequence[float | None]],
    *,
    cycles: ArrayLike | None = None,
    target: str | Iterable[str] = "",
    excluded: ArrayLike | None = None,
    method: Method = "window",
) -> CqResult: ...
def cq(
    curves: Any,
    *,
    cycles: ArrayLike | None = None,
    target: str | Iterable[str] = "",
    excluded: ArrayLike | None = None,
    method: Method = "window",
) -> CqResult:
    """Compute Cq, efficiency and N0 of amplification curves.

    Of runs it answers what ``microchim cq`` does: every curve that the files hold, those of one target and dye of a
    run looked at together. Of an array it does the same with the rows of one target.

    Parameters
    ----------
    curves : Run, path, or several; or array_like of shape (cycles,) or (wells, cycles)
        Runs, or fluorescence in any unit: raw, normalised or with the baseline subtracted, but not cut at zero. NaN,
        infinite, ``None`` or masked is a cycle that was not read. Taken as float32, as files are.
    cycles : array_like of shape (cycles,), optional
        Of an array: the cycle number of each column, whole, rising, 1 to 1000. Left out: 1, 2, 3, ...
    target : str or iterable of str
        Of an array: what the curves measure, one name for all or one each. Curves of one name share efficiency and
        threshold.
    excluded : array_like of bool of shape (wells,), optional
        Of an array: True for a curve that must tell nothing about the others.
    method : {"window", "threshold", "second-derivative", "model"}
        ``window``: the curves of a target together. The others: each curve alone.

    Returns
    -------
    CqResult
        One `Amplification` per curve; one for an array of shape (cycles,), none for one of shape (0, cycles). A flat
        curve and one of fewer than 10 cycles are no errors: they have no Cq, and ``verdict`` says why.

    Raises
    ------
    ReadError
        A run cannot be read, or none of them holds a curve.
    ValueError
        An array, ``cycles``, ``target`` or ``excluded`` of the wrong shape or kind, or an unknown method.
    TypeError
        ``cycles``, ``target`` or ``excluded`` together with runs, which say these themselves.

    Notes
    -----
    A single curve says little about its efficiency: give the curves of a target together. Methods, verdicts and what
    they were measured against: docs/methods/cq.md.

    Examples
    --------
    >>> import microchim as mc
    >>> curve = [100 + 400 / (1 + 2.0 ** (20 - cycle)) for cycle in range(1, 41)]
    >>> later = [100 + 400 / (1 + 2.0 ** (23 - cycle)) for cycle in range(1, 41)]
    >>> result = mc.cq([curve, later, [100.0] * 40])
    >>> [round(float(value), 2) for value in result.cq]
    [15.68, 18.68, nan]
    >>> result[2].verdict
    'no amplification'
    """
    if method not in _METHODS:
        raise ValueError(f"'method' must be one of {', '.join(_METHODS)}, found {method!r}.")
    if (runs := _runs(curves)) is not None:
        if cycles is not None or target != "" or excluded is not None:
            raise TypeError("cq() of runs takes no cycles=, target= or excluded=: the runs say them.")
        return CqResult(_core.cq([run._core for run in runs], method), method)
    rows = _numbered(_rows(curves), cycles)
    names, flags = _targets(target, len(rows)), _exclusions(excluded, len(rows))
    return CqResult(_core.cq_of_rows(rows.astype("float32"), names, flags, method), method)
