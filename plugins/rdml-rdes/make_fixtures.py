#!/usr/bin/env python3
"""Writes fixtures/ after the RDES 1.0 standard; run it again after a change and look at the difference.

Samples, targets and numbers are made up, and there are few wells: check-reader reads every fixture cut off after every
byte. bad-* must be refused.
"""

import math
import pathlib
import shutil

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
FIRST = ["Well", "Sample", "Sample Type", "Target", "Target Type", "Dye"]

# well, sample, type, target, target type, dye, Cq as written, Cq of the curve or None
ROWS = [
    ("A1", "1e5", "std", "SRY", "toi", "FAM", "7.1", 7.1),
    ("A1", "1e5", "std", "RPP30", "ref", "521 nm", "6.4", 6.4),
    ("A10", "day 7", "unkn", "SRY", "toi", "FAM", "9.25", 9.25),
    ("A10", "day 7", "unkn", "RPP30", "ref", "521 nm", "", 7.0),
    ("B2", "water", "ntc", "SRY", "toi", "FAM", "-1.0", None),
]


def curve(cq, cycles):
    return [f"{650 + (0 if cq is None else 2000 / (1 + math.exp(0.8 * (cq + 3 - c)))):.2f}" for c in cycles]


CYCLES = tuple(range(1, 13))


def amplification(cycles=CYCLES, rows=ROWS):
    return [[*FIRST, "Cq", *map(str, cycles)]] + [[*row[:7], *curve(row[7], cycles)] for row in rows]


def melt(rows=ROWS):
    table = [[*FIRST, "Tm", "65.0", "75.5", "85.0"]]
    for row in rows:
        grew = row[7] is not None
        table.append([*row[:6], "82.9;73.6" if grew else "", *(["900.5", "610", "102.25"] if grew else ["99"] * 3)])
    return table


def write(name, table, delimiter="\t", end="\n"):
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(end.join(delimiter.join(row) for row in table) + end, newline="")


def bad(name, line, column, cell, table=None):
    table = table or amplification()
    table[line][column] = cell
    write(f"bad-{name}.tsv", table)


def main():
    for old in HERE.iterdir():
        if old.name != "SOURCES.md" and not old.name.endswith(".expected"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    write("amplification.tsv", amplification())
    write("melting.tsv", melt())
    write("commas.csv", amplification(), ",", "\r\n")
    write("from-cycle-3.tsv", amplification(cycles=(3, 4, 5, 7, 9, 12)))
    rotor = [(str(n), *row[1:]) for n, row in zip((1, 2, 13, 72), ROWS, strict=False)]
    write("rotor.tsv", amplification(rows=rotor))
    write("rotor-with-letter.tsv", amplification(rows=[("A" + row[0], *row[1:]) for row in rotor]))
    missing = amplification()
    missing[2][9] = ""
    write("a-gap.tsv", [[*row, more] for row, more in zip(missing, ("Note", "", "redo", "", "", ""), strict=True)])
    write("run/day_amplification.tsv", amplification())
    write("run/day_melting.tsv", melt())
    other = [(*row[:1], "another", *row[2:]) for row in ROWS]
    write("two-runs/monday.tsv", amplification())
    write("two-runs/monday_melt.tsv", melt())
    write("two-runs/tuesday.tsv", amplification(rows=other))
    write("two-runs/tuesday_melt.tsv", melt(rows=other))
    bad("type", 2, 2, "unknown sample")
    bad("target-type", 2, 4, "gene")
    bad("well", 2, 0, "A0")
    bad("cq", 2, 6, "2l.3")
    bad("value", 3, 9, "#REF!")
    bad("cycle", 0, 9, "2.5")
    twice = amplification()
    twice[2][5] = "FAM"
    bad("twice", 2, 3, "SRY", twice)
    write("bad-empty.tsv", amplification()[:1])
    write("bad-cut.tsv", amplification())
    cut = HERE / "bad-cut.tsv"
    cut.write_bytes(cut.read_bytes()[:-20])


if __name__ == "__main__":
    main()
