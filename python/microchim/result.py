"""What quantify answers: one document, and tables of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from microchim.frames import frame
from microchim.html import page, table
from microchim.run import Note

if TYPE_CHECKING:
    import pandas as pd

_SAMPLES = {
    "case": "object",
    "sample": "object",
    "role": "object",
    "collected": "datetime64[ns]",
    "specimen": "object",
    "donor": "object",
    "fraction": "float64",
    "low": "float64",
    "high": "float64",
    "upper": "float64",
    "confidence": "float64",
    "call": "object",
    "class": "object",
    "p_value": "float64",
    "lob": "float64",
    "lod": "float64",
    "loq": "float64",
    "genomes": "float64",
    "blocked": "bool",
}
_MARKERS = {
    "case": "object",
    "sample": "object",
    "marker": "object",
    "donor": "object",
    "fraction": "float64",
    "low": "float64",
    "high": "float64",
    "positive": "int64",
    "accepted": "int64",
    "used": "bool",
    "reason": "object",
}


def _share(fraction: float) -> str:
    """Percent, or per million below 0.1 %."""
    return f"{fraction * 100:.3g} %" if fraction == 0 or fraction >= 0.001 else f"{fraction * 1e6:.3g} per million"


def _words(donor: dict[str, Any]) -> tuple[str, str, str]:
    """Say fraction, interval and call as people read them."""
    call = donor["call"].replace("_", " ").replace("loq", "LoQ")
    if donor["fraction"] is None:
        return "–", "–", call
    interval = f"{_share(donor['low'])} to {_share(donor['high'])}"
    if donor["call"] == "not_detected":
        return f"< {_share(donor['upper'])}", interval, call
    return _share(donor["fraction"]), interval, call


class Result:
    """Donor fractions of samples, made by `quantify`. All fractions are 0 to 1, never percent."""

    __slots__ = ("_document", "_json")

    def __init__(self, document: str) -> None:
        self._json = document
        self._document: dict[str, Any] = json.loads(document)

    @property
    def samples(self) -> pd.DataFrame:
        """One row per sample and donor, in the order of cases and plates.

        ``upper`` is the one-sided limit to tell where ``call`` is ``not_detected``. ``lob``, ``lod`` and ``loq`` are
        those of this very sample. What was not calculated is NaN; ``blocked`` rows were stopped by quality control and
        the notes say why.
        """
        rows = ({**sample, **donor} for sample in self._document["samples"] for donor in sample["donors"] or [{}])
        return frame(rows, _SAMPLES)

    @property
    def markers(self) -> pd.DataFrame:
        """One row per sample and marker: what each says on its own, and why one was not used."""
        rows = (
            {"case": sample["case"], "sample": sample["sample"], **marker}
            for sample in self._document["samples"]
            for marker in sample["markers"]
        )
        return frame(rows, _MARKERS)

    @property
    def notes(self) -> tuple[Note, ...]:
        """Everything that was noted: of the runs and settings, then of each sample."""
        lists = [self._document["notes"], *(sample["notes"] for sample in self._document["samples"])]
        return tuple(Note(**note) for notes in lists for note in notes)

    def to_dict(self) -> dict[str, Any]:
        """Return the document of ``microchim quantify --json``, schema microchim/result/1."""
        copy: dict[str, Any] = json.loads(self._json)
        return copy

    def to_json(self) -> str:
        """Return the document of ``microchim quantify --json``, schema microchim/result/1."""
        return self._json

    def __len__(self) -> int:
        return len(self._document["samples"])

    def __repr__(self) -> str:
        samples = self._document["samples"]
        blocked = sum(sample["blocked"] for sample in samples)
        return f"<Result: {len(samples)} samples" + (f", {blocked} blocked" if blocked else "") + ">"

    def _repr_html_(self) -> str:
        rows = [
            (sample["case"], sample["sample"], sample["collected"], donor["donor"], *_words(donor))
            for sample in self._document["samples"]
            for donor in sample["donors"]
        ]
        header = ("Case", "Sample", "Collected", "Donor", "Donor DNA", "Interval", "Call")
        notes = [f"{note.severity}: {note.where} {note.what}" for note in self.notes]
        return page(repr(self)[1:-1], table(header, rows), notes)
