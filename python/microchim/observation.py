"""What the statistics are fed."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, SupportsFloat, SupportsIndex, overload

from microchim import _core
from microchim.errors import ConfigError

Number = SupportsFloat | SupportsIndex  # Python's, or NumPy's


@dataclass(frozen=True, slots=True)
class StandardCurve:
    """How Cq follows from the amount of a target: Cq = intercept + slope log10(amount).

    Attributes
    ----------
    intercept : float
        Cq of one unit, 5 to 100 cycles.
    slope : float
        Cycles per tenfold amount, -10 to -1; -3.32 is a doubling in every cycle.
    sd : float
        Standard deviation of a Cq beside the Poisson noise of its copies, above 0 and up to 3 cycles.
    intercept_se, slope_se, covariance : float, optional
        Errors of the calibration; left out: known without error.
    df : float, optional
        Degrees of freedom of ``sd``, 1 or more; left out: known.
    unit : {"copies", "genomes"}
        Of the amount: copies of the target, or genomes of the standard's DNA.
    copies_per_unit : float, optional
        Copies of the target in a unit. Left out: 1, or with ``genomes`` those of a reference, else 2.
    """

    intercept: Number
    slope: Number
    sd: Number
    intercept_se: Number | None = None
    slope_se: Number | None = None
    covariance: Number | None = None
    df: Number | None = None
    unit: Literal["copies", "genomes"] = "copies"
    copies_per_unit: Number | None = None

    @classmethod
    def fit(
        cls, quantity: Iterable[Number], cq: Iterable[Number | None], *, copies_per_unit: Number = 1
    ) -> StandardCurve:
        """Fit the curve to the wells of the standards, as ``microchim quantify`` does.

        A well of few copies scatters more and, where it has a Cq, holds more than its nominal amount; the fit knows.

        Parameters
        ----------
        quantity : iterable of float
            Of each well, above 0.
        cq : iterable of float or None
            Cycles of each well, above 0; a well with None or NaN is not in the fit.
        copies_per_unit : float
            Copies of the target in a unit of ``quantity``, above 0 and up to 1,000,000.

        Returns
        -------
        StandardCurve
            Of copies of the target, with its errors.

        Raises
        ------
        ConfigError
            Quantities or Cq values that cannot be; fewer than 5 wells at 3 amounts with a Cq; standards on two lines;
            a Cq that does not fall with the amount.
        """
        wells = _wells("standards", "cq", cq)
        amounts = [float(value) for value in quantity]
        copies = float(copies_per_unit)
        if len(amounts) != len(wells):
            raise ConfigError(f"There must be one Cq per quantity: {len(amounts)} quantities, {len(wells)} Cq.")
        if not all(0 < amount < math.inf for amount in amounts):
            raise ConfigError("The quantities of standards must be numbers above 0.")
        if not all(value is None or 0 < value <= 100 for value in wells):
            raise ConfigError("A Cq of a standard must be above 0 and up to 100 cycles; a well without has None.")
        if not 0 < copies <= 1e6:
            raise ConfigError("'copies_per_unit' must be above 0 and up to 1000000.")
        known: dict[str, Any] = _core.fit_standard_curve(amounts, list(wells), copies)
        return cls(**known)


@dataclass(frozen=True, slots=True, init=False)
class Observation:
    """One target in one sample: counts of partitions, or wells of real-time PCR with their Cq.

    ``Observation("SRY", 12, 36246, donor=1, recipient=0)`` is of digital PCR,
    ``Observation("SRY", cq=[37.2, None], curve=StandardCurve(38.3, -3.45, 0.34), donor=1, recipient=0)`` of real-time
    PCR. Observations of both may stand in one sample where each has its ``volume_nl`` and the same DNA solution went
    into both.

    Attributes
    ----------
    target : str
        Name of the target. One that everyone carries in equal copies is a reference.
    positive, accepted : int
        Partitions of one well, or of several that were added up.
    donor : float or sequence of float
        Copies per diploid genome of the donor; one each where there are several donors.
    recipient : float
        Copies per diploid genome of the recipient.
    volume_nl : float, optional
        Of one partition, or of one real-time well (20 µL are 20000). May be left out where all observations share it.
    blank : tuple of (positive, accepted), optional
        Negative-control partitions of the same target; of real-time PCR wells, those with a Cq and all.
    cq : iterable of float or None
        Real-time PCR: cycles, one a well, above 0 and up to 100. None or NaN is a well where nothing amplified.
    curve : StandardCurve, or mapping of its attributes
        Real-time PCR: of this target.
    blank_cq : iterable of float or None, optional
        Real-time PCR: the Cq of the negative-control wells, instead of ``blank``.

    Raises
    ------
    TypeError
        Neither counts nor Cq were given, or both.
    ConfigError
        A Cq or the curve is no number. What else cannot be is said by `donor_fraction`.
    """

    target: str
    positive: Number | None
    accepted: Number | None
    donor: Number | Iterable[Number]
    recipient: Number
    volume_nl: Number | None
    blank: tuple[Number, Number] | None
    cq: tuple[float | None, ...] | None
    curve: StandardCurve | None
    blank_cq: tuple[float | None, ...] | None

    @overload
    def __init__(
        self,
        target: str,
        positive: Number,
        accepted: Number,
        donor: Number | Iterable[Number],
        recipient: Number,
        volume_nl: Number | None = None,
        blank: tuple[Number, Number] | None = None,
    ) -> None: ...
    @overload
    def __init__(
        self,
        target: str,
        *,
        cq: Iterable[Number | None],
        curve: StandardCurve | Mapping[str, Any],
        donor: Number | Iterable[Number],
        recipient: Number,
        volume_nl: Number | None = None,
        blank: tuple[Number, Number] | None = None,
        blank_cq: Iterable[Number | None] | None = None,
    ) -> None: ...
    def __init__(
        self,
        target: str,
        positive: Number | None = None,
        accepted: Number | None = None,
        donor: Number | Iterable[Number] | None = None,
        recipient: Number | None = None,
        volume_nl: Number | None = None,
        blank: tuple[Number, Number] | None = None,
        cq: Iterable[Number | None] | None = None,
        curve: StandardCurve | Mapping[str, Any] | None = None,
        blank_cq: Iterable[Number | None] | None = None,
    ) -> None:
        if donor is None or recipient is None:
            raise TypeError("Observation() needs donor= and recipient=: the copies that their genomes carry")
        if cq is None and (curve is not None or blank_cq is not None):
            raise TypeError("Observation() takes curve= and blank_cq= only with cq=")
        if cq is None and (positive is None or accepted is None):
            raise TypeError("Observation() needs positive and accepted, or cq= and curve=")
        if cq is not None and (positive is not None or accepted is not None):
            raise TypeError("Observation() takes cq= or positive and accepted, not both: it is of one method")
        if cq is not None and curve is None:
            raise TypeError("Observation() of real-time PCR needs curve=: its standard curve")
        if blank is not None and blank_cq is not None:
            raise TypeError("Observation() takes blank= or blank_cq=, not both")
        values = {
            "target": target,
            "positive": positive,
            "accepted": accepted,
            "donor": donor,
            "recipient": recipient,
            "volume_nl": volume_nl,
            "blank": blank,
            "cq": None if cq is None else _wells(f"target '{target}'", "cq", cq),
            "curve": curve if curve is None or isinstance(curve, StandardCurve) else _curve(target, curve),
            "blank_cq": None if blank_cq is None else _wells(f"target '{target}'", "blank_cq", blank_cq),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def document(self) -> dict[str, Any]:
        """Return what ``microchim estimate`` reads."""
        out: dict[str, Any] = {"target": self.target, "recipient": self._plain("recipient", self.recipient)}
        if self.cq is None:
            out |= {
                "positive": self._plain("positive", self.positive),
                "accepted": self._plain("accepted", self.accepted),
            }
        else:
            out["cq"] = list(self.cq)
        if isinstance(self.donor, Iterable):
            out["donor"] = [self._plain("donor", copies) for copies in self.donor]
        else:
            out["donor"] = self._plain("donor", self.donor)
        if self.volume_nl is not None:
            out["volume_nl"] = self._plain("volume_nl", self.volume_nl)
        if self.curve is not None:
            known = {field.name: getattr(self.curve, field.name) for field in fields(self.curve)}
            out["curve"] = {
                key: value if key == "unit" else self._plain(key, value)
                for key, value in known.items()
                if value is not None
            }
        if self.blank is not None:
            positive, accepted = self.blank
            out["blank"] = {"positive": self._plain("blank", positive), "accepted": self._plain("blank", accepted)}
        if self.blank_cq is not None:
            out["blank"] = {"cq": list(self.blank_cq)}
        return out

    def _plain(self, key: str, value: Any) -> int | float:
        """Make a Python number of any number."""
        if isinstance(value, SupportsIndex):
            return operator.index(value)
        number = float(value)
        if not math.isfinite(number):
            raise ConfigError(f"target '{self.target}': '{key}' must be a number, found {number}.")
        return number


def _wells(where: str, key: str, given: Any) -> tuple[float | None, ...]:
    """One Cq a well; NaN is how tables spell that there is none."""
    try:
        values = list(given)
        if any(isinstance(value, str) for value in values):
            raise TypeError
        wells = [math.nan if value is None else float(value) for value in values]
    except (TypeError, ValueError):
        raise ConfigError(
            f"{where}: '{key}' must hold one Cq a well, None or NaN where there is none, found {given!r}."
        ) from None
    if any(map(math.isinf, wells)):
        raise ConfigError(f"{where}: '{key}' must hold numbers of cycles, found inf.")
    return tuple(None if math.isnan(value) else value for value in wells)


def _curve(target: str, given: Mapping[str, Any]) -> StandardCurve:
    names = [field.name for field in fields(StandardCurve)]
    unknown = [str(key) for key in given if key not in names]
    missing = [name for name in ("intercept", "slope", "sd") if name not in given]
    if unknown or missing:
        what = f"has no '{unknown[0]}', only {', '.join(names)}" if unknown else f"needs '{missing[0]}'"
        raise ConfigError(f"target '{target}': a standard curve {what}.")
    return StandardCurve(**given)
