"""The donor fraction from bare counts and Cq values."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from microchim import _core
from microchim.errors import ConfigError
from microchim.observation import Observation


@dataclass(frozen=True, slots=True)
class MarkerFraction:
    """What one marker says on its own; ``donor`` is the index of the donor that it informs."""

    target: str
    fraction: float
    low: float
    high: float
    donor: int = 0


class DonorFraction:
    """Donor fraction of one sample, made by `donor_fraction`.

    With one donor ``fraction``, ``low``, ``high``, ``upper``, ``call``, ``p_value``, ``lob``, ``lod`` and ``loq`` are
    its values. With several donors these do not exist; ``fractions``, ``lows``, ``highs``, ``uppers``, ``calls``,
    ``p_values``, ``lobs``, ``lods`` and ``loqs`` hold one value each, in the order of the donors (they work for one
    donor too). All are fractions, 0 to 1.
    """

    __slots__ = ("_document",)

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def _all(self, one: str) -> tuple[Any, ...]:
        many = f"{one}s"
        return tuple(self._document[many]) if many in self._document else (self._document[one],)

    def _only(self, one: str) -> Any:
        values = self._all(one)
        if len(values) != 1:
            raise AttributeError(f"there are {len(values)} donors: use .{one}s")
        return values[0]

    @property
    def fraction(self) -> float:
        """Share of the donor's genomes in the sample, 0 to 1."""
        return float(self._only("fraction"))

    @property
    def low(self) -> float:
        """Lower end of the two-sided interval."""
        return float(self._only("low"))

    @property
    def high(self) -> float:
        """Upper end of the two-sided interval."""
        return float(self._only("high"))

    @property
    def upper(self) -> float:
        """One-sided upper limit, to be told where the call is ``not_detected``."""
        return float(self._only("upper"))

    @property
    def call(self) -> str:
        """One of: detected, detected_below_loq, not_detected, not_calculated."""
        return str(self._only("call"))

    @property
    def p_value(self) -> float:
        """Of "no donor DNA, only background"."""
        return float(self._only("p_value"))

    @property
    def lob(self) -> float | None:
        """Limit of blank of this sample; None where there is too little DNA for one."""
        return _maybe(self._only("lob"))

    @property
    def lod(self) -> float | None:
        """Limit of detection of this sample; None where there is too little DNA for one."""
        return _maybe(self._only("lod"))

    @property
    def loq(self) -> float | None:
        """Limit of quantification of this sample; None where there is too little DNA for one."""
        return _maybe(self._only("loq"))

    @property
    def fractions(self) -> tuple[float, ...]:
        """`fraction` of every donor."""
        return self._all("fraction")

    @property
    def lows(self) -> tuple[float, ...]:
        """`low` of every donor."""
        return self._all("low")

    @property
    def highs(self) -> tuple[float, ...]:
        """`high` of every donor."""
        return self._all("high")

    @property
    def uppers(self) -> tuple[float, ...]:
        """`upper` of every donor."""
        return self._all("upper")

    @property
    def calls(self) -> tuple[str, ...]:
        """`call` of every donor."""
        return self._all("call")

    @property
    def p_values(self) -> tuple[float, ...]:
        """`p_value` of every donor."""
        return self._all("p_value")

    @property
    def lobs(self) -> tuple[float | None, ...]:
        """`lob` of every donor."""
        return self._all("lob")

    @property
    def lods(self) -> tuple[float | None, ...]:
        """`lod` of every donor."""
        return self._all("lod")

    @property
    def loqs(self) -> tuple[float | None, ...]:
        """`loq` of every donor."""
        return self._all("loq")

    @property
    def genomes(self) -> float:
        """Diploid genomes that were looked at."""
        return float(self._document["genomes"])

    @property
    def markers(self) -> tuple[MarkerFraction, ...]:
        """Every marker on its own."""
        return tuple(MarkerFraction(**marker) for marker in self._document["markers"])

    @property
    def heterogeneity(self) -> dict[str, float] | None:
        """Do the markers agree: ``q``, ``p`` and ``tau``. None where there is nothing to compare."""
        found = self._document["heterogeneity"]
        return None if found is None else dict(found)

    @property
    def notes(self) -> tuple[str, ...]:
        """Full sentences."""
        return tuple(self._document["notes"])

    def to_dict(self) -> dict[str, Any]:
        """Return the answer of ``microchim estimate``."""
        copy: dict[str, Any] = json.loads(json.dumps(self._document))
        return copy

    def __repr__(self) -> str:
        donors = zip(self.fractions, self.lows, self.highs, self.calls, strict=True)
        shown = "; ".join(f"{fraction:.3g} ({low:.3g} to {high:.3g}) {call}" for fraction, low, high, call in donors)
        return f"<DonorFraction {shown}>"


def _maybe(value: Any) -> float | None:
    return None if value is None else float(value)


def donor_fraction(observations: Iterable[Observation], *, confidence: float = 0.95) -> DonorFraction:
    """Estimate the share of donor DNA in one sample from counts of partitions, or from the Cq of real-time wells.

    Parameters
    ----------
    observations : iterable of Observation
        All wells of the sample: markers and references, folded or not.
    confidence : float
        Of the intervals, 0.5 to 0.9999.

    Returns
    -------
    DonorFraction

    Raises
    ------
    ConfigError
        Counts or Cq values that cannot be, or from which no fraction follows; the sentence says why.

    Notes
    -----
    The likelihood: docs/methods/fraction.md; of real-time wells: docs/methods/real-time.md.
    """
    line: dict[str, Any] = {"observations": [observation.document() for observation in observations]}
    if not math.isfinite(confidence):
        raise ConfigError(f"'confidence' must be a number, found {confidence}.")
    line["confidence"] = float(confidence)
    answer = json.loads(_core.estimate(json.dumps(line)))
    answer.pop("id")
    if "error" in answer:
        raise ConfigError(answer["error"])
    return DonorFraction(answer)
