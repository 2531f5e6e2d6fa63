#!/usr/bin/env python3
"""Writes fixtures/ from simulated wells; run it again after a change and look at the difference.

Only what public programs read of these files is known; everything else in them is left out or made up. bad-* must be
refused.
"""

import pathlib
import zipfile

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
LEVELS = ((700, 3100), (900, 2500))  # FAM and VIC: negative, positive
COMPONENT, QUALITY = "apldbio/sds/quants_dye/ComponentData.CSV", "apldbio/sds/quality_metrics/QVhOverallScores.CSV"


class Chip:
    """The wells of one chip."""

    def __init__(self, rng, name, lambdas, wells, poor):
        self.name = name
        positive = [rng.poisson(rate, wells) > 0 for rate in lambdas]
        self.fam, self.vic = (
            rng.normal(np.where(hit, high, low), 60) for hit, (low, high) in zip(positive, LEVELS, strict=True)
        )
        self.rox = rng.normal(5200, 100, wells)
        self.quality = np.round(rng.uniform(0.7, 1, wells), 3)
        self.quality[rng.choice(wells, poor, replace=False)] = 0.21

    def xml(self, head="", rox=False):
        rows = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<chip id="{self.name}">{head}',
            "<!-- made up -->",
            "<wells>",
        ]
        for i in range(len(self.fam)):
            passive = f"<rox>{self.rox[i]:.2f}</rox>" if rox else ""
            rows.append(
                f'<well quality="{self.quality[i]}"><fam>{self.fam[i]:.2f}</fam><vic>{self.vic[i]:.2f}</vic>'
                f"{passive}</well>"
            )
        return [*rows, "</wells>", "</chip>"]

    def component(self):
        values = zip(self.fam, self.rox, self.vic, strict=True)
        return ["Fam,Rox,Vic", *(",".join(f"{x:.3f}" for x in row) for row in values)]

    def scores(self):
        return ["QVhOverallScore", *(str(q) for q in self.quality)]


def write(name, rows, end="\n", last=True, encoding="utf-8"):
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((end.join(rows) + (end if last else "")).encode(encoding))
    assert path.stat().st_size <= 15 * 1024, name


def archive(name, members):
    with zipfile.ZipFile(HERE / name, "w", zipfile.ZIP_DEFLATED) as file:
        for member, rows in members.items():
            file.writestr(zipfile.ZipInfo(member, (2024, 2, 6, 9, 12, 32)), "".join(row + "\r\n" for row in rows))


def main():
    rng = np.random.default_rng(314159)
    chip = Chip(rng, "A0DN1", (0.3, 0.6), 40, 3)
    other = Chip(rng, "A0DN2", (0.1, 0.7), 30, 0)
    write("chip.xml", chip.xml("<sample>Day 28 &amp; later</sample><operator>lab</operator>"))
    write(
        "chip-rox-utf-16.xml",
        ["\ufeff" + other.xml(rox=True)[0], *other.xml(rox=True)[1:]],
        "\r\n",
        encoding="utf-16-le",
    )
    write("chips/first.xml", chip.xml())
    write("chips/second.xml", other.xml())
    write("chips/notes.txt", ["two chips"])
    write(f"unpacked/chip 1/{COMPONENT}", chip.component(), "\r\n")
    write(f"unpacked/chip 1/{QUALITY}", chip.scores(), "\r\n")
    write(f"unpacked/chip 2/{COMPONENT}", other.component(), last=False)
    archive(
        "renamed.zip", {COMPONENT: chip.component(), QUALITY: chip.scores(), "Manifest.mf": ["Manifest-Version: 1.0"]}
    )

    rows = other.xml()
    write("bad-cut.xml", rows[:20])
    write("bad-number.xml", [*rows[:6], rows[6].replace("<fam>", "<fam>x"), *rows[7:]])
    write("bad-dye.xml", [*rows[:6], rows[6].partition("<vic>")[0] + "</well>", *rows[7:]])
    write(f"bad-quality/{COMPONENT}", chip.component())
    write(f"bad-quality/{QUALITY}", chip.scores()[:-4])
    lines = chip.component()
    write(f"bad-line/{COMPONENT}", [*lines[:12], lines[12].rpartition(",")[0]])


if __name__ == "__main__":
    main()
