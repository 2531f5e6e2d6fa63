"""A run, its wells and their partitions. Nothing here can be changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from microchim import _core
from microchim.curves import Curve, curve, points, reactions
from microchim.frames import frame
from microchim.html import page, table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

_WELLS = {
    "well": "object",
    "row": "object",
    "column": "int64",
    "sample": "object",
    "type": "object",
    "target": "object",
    "dye": "object",
    "channel": "object",
    "accepted": "int64",
    "positive": "int64",
    "excluded": "float64",
    "threshold": "float64",
    "lambda_copies": "float64",
    "copies_per_ul": "float64",
    "volume_nl": "float64",
    "volume_source": "object",
    "vendor_copies_per_ul": "float64",
    "vendor_low": "float64",
    "vendor_high": "float64",
    "vendor_status": "object",
}

# Means are no whole numbers, so a pooled row may have no counts.
_POOLED = {
    "name": "object",
    "sample": "object",
    "pooling": "object",
    "members": "object",
    **{name: dtype for name, dtype in _WELLS.items() if name not in ("well", "row", "column", "sample", "type")},
    "accepted": "float64",
    "positive": "float64",
}


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth telling that stops nothing: ``severity`` is info, warning or error."""

    severity: str
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class TargetCounts:
    """Classified partitions of one target in one well.

    ``vendor_*`` is what the instrument software computed itself. ``None`` is "not stated".
    """

    target: str
    dye: str
    channel: str
    accepted: int
    positive: int
    excluded: int | None
    threshold: float | None
    lambda_copies: float | None
    copies_per_ul: float | None
    volume_nl: float | None
    volume_source: str | None
    vendor_copies_per_ul: float | None
    vendor_low: float | None
    vendor_high: float | None
    vendor_status: str


@dataclass(frozen=True, slots=True)
class Channel:
    """Every accepted partition of one well in one channel."""

    name: str
    target: str
    threshold: float | None
    _run: _core.Run = field(repr=False)
    _at: tuple[int, int] = field(repr=False)

    @property
    def fluorescence(self) -> NDArray[np.float32]:
        """End-point fluorescence (RFU), one value a partition: a read-only view, ``.copy()`` it to change it."""
        return self._run.fluorescence(*self._at)

    @property
    def calls(self) -> NDArray[np.uint8] | None:
        """The instrument software's calls, a read-only view: 0, 1, 2 = unclassified. None where it made none."""
        calls = self._run.calls(*self._at)
        return calls if len(calls) else None


@dataclass(frozen=True, slots=True)
class Partitions:
    """The partitions of one well, ``well.partitions["SRY"]`` by target or by channel name."""

    accepted: int
    excluded: int | None
    channels: tuple[Channel, ...]

    def __getitem__(self, name: str) -> Channel:
        for channel in self.channels:
            if name in (channel.target, channel.name) and name:
                return channel
        known = ", ".join(channel.target or channel.name for channel in self.channels)
        raise KeyError(f"no channel {name!r}; there are {known}")


@dataclass(frozen=True, slots=True)
class Well:
    """One well: its sample, and by target its counts and curves; where the file lists them, all partitions.

    ``type`` is RDML's word: unkn, ntc, nac, std, ntp, nrt, pos, opt.
    """

    name: str
    sample: str
    type: str
    quantity: float | None
    counts: tuple[TargetCounts, ...]
    partitions: Partitions | None
    curves: tuple[Curve, ...]


def _counts(entry: dict[str, Any]) -> TargetCounts:
    vendor = {f"vendor_{key}": value for key, value in entry["vendor"].items()}
    rest = {key: value for key, value in entry.items() if key not in ("lambda", "vendor")}
    known = {**rest, **vendor, "lambda_copies": entry["lambda"]}
    return TargetCounts(**{name: known[name] for name in TargetCounts.__dataclass_fields__})


def _well(core: _core.Run, index: int, react: dict[str, Any]) -> Well:
    partitions = None
    if (raw := react["partitions"]) is not None:
        channels = tuple(
            Channel(c["name"], c["target"], c["threshold"], core, (index, at)) for at, c in enumerate(raw["channels"])
        )
        partitions = Partitions(raw["accepted"], raw["excluded"], channels)
    counts = tuple(_counts(entry) for entry in react["counts"])
    curves = tuple(curve(entry) for entry in react["curves"])
    return Well(react["well"], react["sample"], react["type"], react["quantity"], counts, partitions, curves)


class Run(Mapping[str, Well]):
    """One PCR run: a mapping from well names to wells, where "A1" and "A01" are one name.

    Made by `read_run` and `read_runs`.
    """

    __slots__ = ("_core", "_document", "_wells")

    def __init__(self, core: _core.Run) -> None:
        self._core = core
        self._document: dict[str, Any] = json.loads(core.document())
        reacts = self._document["reacts"]
        self._wells = {react["well"]: _well(core, index, react) for index, react in enumerate(reacts)}

    def __getitem__(self, well: str) -> Well:
        name = _core.well_name(well) if isinstance(well, str) else None
        if name is None:
            raise KeyError(f"{well!r} is no well; a well is called A1 or A01")
        if name not in self._wells:
            raise KeyError(f"the run has no well {name}")
        return self._wells[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._wells)

    def __len__(self) -> int:
        return len(self._wells)

    # A run is itself; comparing thousands of values is never what == was meant to do.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def path(self) -> str:
        """What `read_run` was given; of one file among several, that file."""
        return self._core.path

    @property
    def id(self) -> str:
        """As the file says it, or empty."""
        return str(self._document["run"]["id"])

    @property
    def instrument(self) -> str:
        """The model: "QX200"; empty where neither the file nor a profile knows it."""
        return str(self._document["run"]["instrument"])

    @property
    def software(self) -> str:
        """The instrument software and its version."""
        software = self._document["run"]["software"]
        return f"{software['name']} {software['version']}".strip()

    @property
    def started(self) -> str:
        """As written in the file, or empty."""
        return str(self._document["run"]["started"])

    @property
    def targets(self) -> tuple[str, ...]:
        """Every target that was measured, in the order of the plate."""
        counted = [entry.target for well in self._wells.values() for entry in well.counts]
        cycled = [entry.target for well in self._wells.values() for entry in well.curves]
        return tuple(dict.fromkeys(counted + cycled))

    @property
    def notes(self) -> tuple[Note, ...]:
        """What reading and completing had to say."""
        return tuple(Note(**note) for note in self._document["notes"])

    def wells(self) -> pd.DataFrame:
        """One row per well and target, in plate order.

        Text that is not stated is empty, a number that is not stated is NaN. ``lambda_copies`` is the mean of copies
        per partition; ``vendor_*`` is what the instrument software computed.
        """
        rows = []
        for well in self._wells.values():
            letters = well.name.rstrip("0123456789")
            place = {"well": well.name, "row": letters, "column": int(well.name[len(letters) :])}
            for entry in well.counts:
                values = {name: getattr(entry, name) for name in TargetCounts.__dataclass_fields__}
                rows.append({**place, "sample": well.sample, "type": well.type, **values})
        return frame(rows, _WELLS)

    def pooled(self) -> pd.DataFrame:
        """One row per row of the file that stands for several wells (merged wells, hyperwells, averages) and target.

        ``pooling`` is sum or mean, ``members`` names the wells ("A01,B01"; empty where the file does not say). Counts
        are NaN in a mean of them. These rows are never added to their wells.
        """
        rows = []
        for entry in self._document["aggregates"]:
            values = _counts(entry)
            row = {name: getattr(values, name) for name in TargetCounts.__dataclass_fields__}
            place = {name: entry[name] for name in ("name", "sample", "pooling")}
            rows.append({**place, "members": ",".join(entry["members"]), **row})
        return frame(rows, _POOLED)

    def reactions(self) -> pd.DataFrame:
        """One row per well and target of real-time PCR, in plate order, with what the instrument software made of it.

        A Cq that is not there is NaN; ``amplified`` tells whether the software looked for it (False) or did not say
        (empty).
        """
        return reactions((well.name, well.sample, well.curves) for well in self._wells.values())

    def curves(self) -> pd.DataFrame:
        """One row per well, target and cycle.

        ``fluorescence`` is raw or normalised, whatever the file holds; ``fluorescence_corrected`` is the instrument
        software's, its baseline subtracted. NaN where one of them is not there.
        """
        return points((well.name, well.sample, well.curves) for well in self._wells.values())

    def to_dict(self) -> dict[str, Any]:
        """Return the document of ``microchim read --json``, schema microchim/run/1."""
        copy: dict[str, Any] = json.loads(self.to_json())
        return copy

    def to_json(self) -> str:
        """Return the document of ``microchim read --json``, schema microchim/run/1."""
        return self._core.document()

    def __repr__(self) -> str:
        count = len(self.notes)
        facts = (
            self.instrument or "instrument not stated",
            self.software,
            f"{len(self)} wells",
            "targets " + ", ".join(self.targets),
            f"{count} note{'s' if count > 1 else ''}" if count else "",
        )
        return f"<Run {self.id or Path(self.path).name!r}: {'; '.join(filter(None, facts))}>"

    def _repr_html_(self) -> str:
        rows = [
            (well.name, well.sample, well.type, entry.target, f"{entry.positive:,}", f"{entry.accepted:,}")
            for well in self._wells.values()
            for entry in well.counts
        ]
        cycled = [
            (well.name, well.sample, entry.type, entry.target, "" if entry.cq is None else f"{entry.cq:.2f}")
            for well in self._wells.values()
            for entry in well.curves
        ]
        tables = [table(("Well", "Sample", "Type", "Target", "Positive", "Partitions"), rows)] if rows else []
        tables += [table(("Well", "Sample", "Type", "Target", "Cq"), cycled)] if cycled else []
        notes = [f"{note.severity}: {note.where} {note.what}" for note in self.notes]
        return page(repr(self)[1:-1], "".join(tables), notes)
