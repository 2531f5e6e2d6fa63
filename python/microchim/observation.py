"""What the statistics are fed."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, SupportsFloat, SupportsIndex

from microchim.errors import ConfigError

Number = SupportsFloat | SupportsIndex  # Python's, or NumPy's


@dataclass(frozen=True, slots=True)
class Observation:
    """Counts of one target in one sample: one well, or several that were added up.

    Attributes
    ----------
    target : str
        Name of the target. One that everyone carries in equal copies is a reference.
    positive, accepted : int
        Partitions.
    donor : float or sequence of float
        Copies per diploid genome of the donor; one each where there are several donors.
    recipient : float
        Copies per diploid genome of the recipient.
    volume_nl : float, optional
        Of one partition. May be left out where all observations share it.
    blank : tuple of (positive, accepted), optional
        Negative-control partitions of the same target.
    """

    target: str
    positive: Number
    accepted: Number
    donor: Number | Iterable[Number]
    recipient: Number
    volume_nl: Number | None = None
    blank: tuple[Number, Number] | None = None

    def document(self) -> dict[str, Any]:
        """Return what ``microchim estimate`` reads."""
        out: dict[str, Any] = {"target": self.target}
        for key, value in (("positive", self.positive), ("accepted", self.accepted), ("recipient", self.recipient)):
            out[key] = self._plain(key, value)
        if isinstance(self.donor, Iterable):
            out["donor"] = [self._plain("donor", copies) for copies in self.donor]
        else:
            out["donor"] = self._plain("donor", self.donor)
        if self.volume_nl is not None:
            out["volume_nl"] = self._plain("volume_nl", self.volume_nl)
        if self.blank is not None:
            positive, accepted = self.blank
            out["blank"] = {"positive": self._plain("blank", positive), "accepted": self._plain("blank", accepted)}
        return out

    def _plain(self, key: str, value: Number) -> int | float:
        """Make a Python number of any number."""
        if isinstance(value, SupportsIndex):
            return operator.index(value)
        number = float(value)
        if not math.isfinite(number):
            raise ConfigError(f"target '{self.target}': '{key}' must be a number, found {number}.")
        return number
