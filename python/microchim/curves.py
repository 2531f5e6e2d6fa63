"""Real-time PCR: one target in one well, its amplification curve, and what the instrument software made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from microchim.frames import frame

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

_REACTIONS = {
    "well": "object",
    "sample": "object",
    "type": "object",
    "target": "object",
    "dye": "object",
    "position": "object",
    "cq": "float64",
    "amplified": "object",
    "quantity": "float64",
    "unit": "object",
    "threshold": "float64",
    "efficiency": "float64",
    "baseline_first": "float64",
    "baseline_last": "float64",
    "excluded": "bool",
    "status": "object",
    "signal": "object",
    "cycles": "int64",
}
_CURVES = {
    "well": "object",
    "target": "object",
    "dye": "object",
    "position": "object",
    "cycle": "int64",
    "fluorescence": "float32",
    "fluorescence_corrected": "float32",
}


@dataclass(frozen=True, slots=True)
class Curve:
    """One target in one well. All numbers are the instrument software's own; ``None`` is "not stated".

    ``cq`` is None where there is none; whether the software looked for one and found none is ``amplified`` (False).
    ``quantity`` is the known input of a standard, and what the software computed of anything else. ``efficiency`` is
    a base from 1 to 2. ``signal`` says what ``fluorescence`` is made of: raw, normalised or baselined.
    """

    target: str
    dye: str
    position: str
    type: str
    cq: float | None
    amplified: bool | None
    quantity: float | None
    unit: str
    threshold: float | None
    efficiency: float | None
    baseline_first: int | None
    baseline_last: int | None
    excluded: bool
    status: str
    signal: str
    _fluorescence: tuple[float | None, ...] = field(repr=False)
    _baselined: tuple[float | None, ...] = field(repr=False)

    @property
    def fluorescence(self) -> NDArray[np.float32]:
        """Cycle 1, 2, ...; NaN for a cycle that was not read. Empty where the file holds no curve."""
        return _array(self._fluorescence)

    @property
    def baselined(self) -> NDArray[np.float32]:
        """The same cycles as the instrument software corrected them; empty where the file does not say."""
        return _array(self._baselined)


def _array(values: tuple[float | None, ...]) -> NDArray[np.float32]:
    import numpy as np

    return np.array([np.nan if value is None else value for value in values], dtype=np.float32)


def curve(entry: dict[str, Any]) -> Curve:
    """Of an entry of ``curves`` in the document of a run."""
    plain = {name: entry.get(name, "") for name in Curve.__dataclass_fields__ if not name.startswith("_")}
    return Curve(
        **plain,
        _fluorescence=tuple(entry["fluorescence"]),
        _baselined=tuple(entry.get("baselined", ())),
    )


def reactions(wells: Iterable[tuple[str, str, tuple[Curve, ...]]]) -> pd.DataFrame:
    """One row a reaction, of (well, sample, curves)."""
    rows = [
        {"well": well, "sample": sample, "cycles": len(one._fluorescence)}
        | {name: getattr(one, name) for name in _REACTIONS if hasattr(one, name)}
        for well, sample, curves in wells
        for one in curves
    ]
    return frame(rows, _REACTIONS)


def points(wells: Iterable[tuple[str, str, tuple[Curve, ...]]]) -> pd.DataFrame:
    """One row a cycle, of (well, sample, curves)."""
    rows = []
    for well, _, curves in wells:
        for one in curves:
            corrected = one._fluorescence if one.signal == "baselined" else one._baselined
            for at, value in enumerate(one._fluorescence):
                rows.append(
                    {
                        "well": well,
                        "target": one.target,
                        "dye": one.dye,
                        "position": one.position,
                        "cycle": at + 1,
                        "fluorescence": None if one.signal == "baselined" else value,
                        "fluorescence_corrected": corrected[at] if corrected else None,
                    }
                )
    return frame(rows, _CURVES)
