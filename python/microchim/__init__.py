"""Donor DNA fraction from the files of any digital or real-time PCR instrument.

>>> import microchim as mc
>>> f = mc.donor_fraction([mc.Observation("SRY", 12, 36246, donor=1, recipient=0),
...                        mc.Observation("RPP30", 9120, 36246, donor=2, recipient=2)])
>>> 0 < f.low < f.fraction < f.high < 0.01
True
"""

from microchim._core import version as __version__
from microchim.amplification import Amplification, CqResult, cq
from microchim.curves import Curve
from microchim.errors import ConfigError, MicrochimError, ReadError
from microchim.estimate import DonorFraction, MarkerFraction, donor_fraction
from microchim.observation import Observation, StandardCurve
from microchim.quantification import quantify
from microchim.read import Reader, read_run, read_runs, readers
from microchim.result import Result
from microchim.run import Channel, Note, Partitions, Run, TargetCounts, Well

__all__ = [
    "Amplification",
    "Channel",
    "ConfigError",
    "CqResult",
    "Curve",
    "DonorFraction",
    "MarkerFraction",
    "MicrochimError",
    "Note",
    "Observation",
    "Partitions",
    "ReadError",
    "Reader",
    "Result",
    "Run",
    "StandardCurve",
    "TargetCounts",
    "Well",
    "__version__",
    "cq",
    "donor_fraction",
    "quantify",
    "read_run",
    "read_runs",
    "readers",
]
