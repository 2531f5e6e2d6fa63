"""Where the build is that is tested, and rows of a QuantaSoft table."""

from __future__ import annotations

import math
import subprocess
from pathlib import Path

import microchim

BUILD = Path(microchim.__file__).parents[2]  # <build>/python/microchim/__init__.py
COMMAND = BUILD / "bin" / "microchim"
HEADER = (
    "Well,ExptType,Experiment,Sample,TargetType,Target,Status,Concentration,PoissonConfMax,PoissonConfMin,"
    "Positives,Negatives,AcceptedDroplets,Threshold,MeanAmplitudeofPositives,MergedWells"
)


def row(well: str, sample: str, channel: int, target: str, positive: int, accepted: int) -> str:
    role = "NTC" if sample == "NTC" else "Unknown"
    copies = -math.log1p(-positive / accepted) / 0.85e-3
    start = f'"{well}",ABS,,"{sample}",Ch{channel}{role},"{target}",OK,{copies:.3g},,,'
    return f"{start}{positive},{accepted - positive},{accepted},3000,,"


def amplitudes(count: int, first: int, second: int) -> str:
    """Two channels of which the first droplets are positive; 2 = first channel only, 4 = second only, 1 = none."""
    lines = ["Ch1 Amplitude,Ch2 Amplitude,Cluster"]
    for i in range(count):
        code = 2 if i < first else 4 if i < first + second else 1
        lines.append(f"{8000 + i * 0.25 if code == 2 else 900 + i * 0.25},{5000 + i if code == 4 else 700 + i},{code}")
    return "\n".join(lines) + "\n"


def stdout_of(*words: object) -> str:
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True).stdout
