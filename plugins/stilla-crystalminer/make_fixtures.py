#!/usr/bin/env python3
"""Writes fixtures/ from simulated droplets; run it again after a change and look at the difference.

The layout of the files follows second-hand descriptions; names, numbers and the volume of a droplet are made up. bad-*
must be refused.
"""

import math
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
THREE = ("Blue", "Green", "Red")
SIX = ("Blue", "Teal", "Green", "Yellow", "Red", "Infrared")
NL = 0.5  # of a simulated droplet


class Chamber:
    """Droplets of one chamber in some colours."""

    def __init__(self, rng, chip, well, sample, lambdas, droplets):
        self.chip, self.well, self.sample = chip, well, sample
        self.positive = [rng.poisson(rate, droplets) > 0 for rate in lambdas]
        self.value = [rng.normal(np.where(p, 30000, 8000), 900) for p in self.positive]

    def name(self):
        return f"{self.chip}_{self.well}" if self.chip else self.well


def concentration(k, n):
    return "Inf" if k == n else f"{abs(math.log1p(-k / n)) / NL * 1000:.6g}"


def results(chambers, colours, pad=" "):
    names = ["ChamberID", "SampleName", "TotalNumberOfDroplets"]
    for colour in colours:
        names += [f"{colour}_Channel_{what}" for what in ("Concentration", "NumberOfPositiveDroplets")]
        names += [f"{colour}_Channel_NumberOfNegativeDroplets", f"{colour}_Channel_SeparabilityScore"]
    rows = [("," + pad).join(names)]
    for c in chambers:
        n = len(c.value[0])
        cells = [c.name(), c.sample, str(n)]
        for p in c.positive:
            k = int(p.sum())
            cells += [concentration(k, n) if n else "NaN", str(k), str(n - k), "98.5"]
        rows.append(("," + pad).join(cells))
    return rows


def droplets(chamber, others=False):
    names = [f"Chan{i + 1}_FluoValue" for i in range(len(chamber.value))]
    rows = [",".join((["Droplet"] if others else []) + names)]
    for i, values in enumerate(zip(*chamber.value, strict=True)):
        rows.append(",".join(([str(i)] if others else []) + [f"{v:.2f}" for v in values]))
    return rows


def details(instrument, chip_type, channels):
    names, values = ["Instrument Type", "Chip Type"], [instrument, chip_type]
    for key, name, target in channels:
        names += [f"{key}_name", f"{key}_target"]
        values += [name, target]
    return [" , ".join(names), " , ".join(values)]


def semicolons(rows):
    return [";".join(cell.replace(".", ",") for cell in row.split(",")) for row in rows]


def write(name, rows, end="\r\n", last=True, encoding="utf-8"):
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((end.join(rows) + (end if last else "")).encode(encoding))
    assert path.stat().st_size <= 15 * 1024, name


def main():
    rng = np.random.default_rng(141421)

    def chamber(chip, well, sample, lambdas, n):
        return Chamber(rng, chip, well, sample, lambdas, n)

    # Three colours, two chips of one experiment that both have a chamber A1.
    chips = [
        chamber("240311_left", "A1", "Donor", (0.3, 0.8, 0), 24871),
        chamber("240311_left", "B1", "Day 28", (0.01, 0.8, 0), 25120),
        chamber("240311_right", "A1", "Undiluted", (30, 0.8, 0), 19004),
        chamber("240311_right", "B1", "Water", (0, 0, 0), 26011),
        chamber("240311_right", "C1", "Leaked", (0, 0, 0), 0),
    ]
    write("results.csv", results(chips, THREE))
    six = [
        chamber("", f"{row}{column}", f"S{row}{column} µL", (0.1, 0.2, 0.3, 0.4, 0.5, 0), 15000 + 7 * ord(row) + column)
        for row in "AH"
        for column in (1, 2)
    ]
    write("results-six.csv", semicolons(results(six, SIX, "")), "\n", encoding="utf-8-sig")
    write("results-latin-1.csv", results(six, SIX, ""), "\r", last=False, encoding="latin-1")
    write("results-utf-16.csv", results(six[:2], SIX, "   "), encoding="utf-16")
    seven = [chamber("n", "A1", "Donor", (0.1,) * 7, 12000)]
    write("results-seven.csv", results(seven, ("Violet", *SIX)), "\n")
    numbered = [row.replace("240311_left_", "1-").replace("240311_right_", "2-") for row in results(chips, THREE)]
    write("results-numbered.csv", numbered)

    def small(chip="240312_run", wells=("A1", "B1"), n=180):
        return [chamber(chip, w, f"Sample {w}", (0.2, 0.7, 0.1), n + i) for i, w in enumerate(wells)]

    run = small()
    channels = [("Channel1", "Blue", "SRY"), ("Channel2", "Green", "RPP30"), ("Channel3", "Red", "")]
    write("run/240312_run_results.csv", results(run, THREE))
    write("run/240312_run_A1_CompensatedData.csv", droplets(run[0], others=True))
    write("run/240312_run_A1_RawData.csv", droplets(run[1]))  # not read: A1 has compensated data
    write("run/240312_run_B1_RawData.csv", droplets(run[1]), "\n")
    write("run/240312_run_Experiment_Details.csv", details("Prism3", "Sapphire", channels))
    write("run/notes.txt", ["loaded on Monday"])

    # Two chips and their droplets; the details have the targets in "name" and roles in "target".
    two = [*small("240313_1", ("A1",)), *small("240313_2", ("A1",), 150)]
    write("two-chips/240313_results.csv", results(two, THREE))
    for c in two:
        write(f"two-chips/{c.name()}_CompensatedData.csv", semicolons(droplets(c)))
    roles = [("Blue_Channel", "SRY", "Unknown"), ("Green_Channel", "RPP30", "Reference"), ("Red_Channel", "", "")]
    write("two-chips/240313_Experiment_Details.csv", details("Nio", "Ruby", roles))

    write("same-twice/a.csv", results(run, THREE))
    write("same-twice/b.csv", semicolons(results(run[:1], THREE)), "\n")
    write("disagree/a.csv", results(run, THREE))
    moved = small()
    write("disagree/b.csv", results(moved, THREE))
    write("elsewhere/results.csv", results(run, THREE))
    write("elsewhere/other_A1_RawData.csv", droplets(small("other", ("A1",), 60)[0]))

    alone = small("solo", ("C1", "D1"), 200)
    write("solo_C1_RawData.csv", droplets(alone[0]), "\n", last=False)
    write("solo_D1_CompensatedData.csv", semicolons(droplets(alone[1])))

    good = results(run, THREE)
    cells = good[1].split(", ")

    def wrong(i, cell):
        return [good[0], ", ".join([*cells[:i], cell, *cells[i + 1 :]]), *good[2:]]

    write("bad-count.csv", wrong(4, "3l"))
    write("bad-missing.csv", wrong(5, ""))
    write("bad-sum.csv", wrong(4, str(int(cells[4]) + 1)))
    write("bad-chamber.csv", wrong(0, "240312_run"))
    write("bad-twice.csv", [*good, good[1]])
    write("bad-cut.csv", [*good[:2], good[2][:40]], last=False)
    write("bad-name.csv", droplets(run[0])[:20])
    bad = droplets(run[0])[:20]
    write("bad-number_A1_RawData.csv", [*bad[:7], bad[7].replace(".", "..", 1), *bad[8:]])
    write("bad-cut_A1_RawData.csv", [*bad[:9], bad[9][: bad[9].rfind(",")]], last=False)
    write("bad-alone_Experiment_Details.csv", details("Prism3", "Sapphire", channels))


if __name__ == "__main__":
    main()
