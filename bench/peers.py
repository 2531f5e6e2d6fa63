"""A plate of amplitude files read by pandas, and by R where it is installed, in the same minute as our benchmarks.

Usage: peers.py [COMMAND]. Makes 96 files of 20,000 droplets (42 MB) and prints CPU seconds, and their ratio to the
command `microchim read`, which also starts, hashes every file, checks every value and prints the run.
"""

import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

import numpy as np

PANDAS = "import glob, sys, pandas\nfor f in glob.glob(sys.argv[1] + '/*.csv'): pandas.read_csv(f)"
R = "for (f in list.files(commandArgs(TRUE)[1], full.names = TRUE)) read.csv(f)"


def make_plate(folder: pathlib.Path) -> None:
    rng = np.random.default_rng(1)
    for well in (f"{row}{column:02}" for row in "ABCDEFGH" for column in range(1, 13)):
        positive = rng.random((20_000, 2)) < 0.3
        values = rng.normal((4900, 1380), (250, 120), (20_000, 2)) + positive * (5200, 4650)
        codes = np.array([[1, 4], [2, 3]])[positive[:, 0].astype(int), positive[:, 1].astype(int)]
        rows = "".join(f"{a:.4f},{b:.4f},{c}\n" for (a, b), c in zip(values, codes, strict=True))
        (folder / f"plate_{well}_Amplitude.csv").write_text("Ch1 Amplitude,Ch2 Amplitude,Cluster\n" + rows)


def cpu_seconds(words: list[str]) -> float:
    """Of the fastest of three runs, user and system together."""

    def once() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return min(once() for _ in range(3))


if __name__ == "__main__":
    command = sys.argv[1] if len(sys.argv) > 1 else "build/bin/microchim"
    with tempfile.TemporaryDirectory() as name:
        plate = pathlib.Path(name) / "plate"
        os.mkdir(plate)
        make_plate(plate)
        ours = cpu_seconds([command, "read", str(plate), "--json"])
        print(f"microchim read   {ours:6.2f} s CPU")
        peers = {"pandas.read_csv": [sys.executable, "-c", PANDAS, str(plate)]}
        if shutil.which("Rscript"):
            peers["R read.csv"] = ["Rscript", "-e", R, str(plate)]
        for peer, words in peers.items():
            theirs = cpu_seconds(words)
            print(f"{peer:16} {theirs:6.2f} s CPU, {theirs / ours:5.1f} times ours")
