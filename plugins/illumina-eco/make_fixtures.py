#!/usr/bin/env python3
"""Writes fixtures/ in the layout of the Eco software; numbers are drawn, names made up. bad-* must be refused."""

import math
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
COLUMNS = (
    "Well,Exclude,Sample Name,Assay Name,Assay Role,Cq,Cq Mean,Std. Dev. Cq,Quantity,Quantity Unit,Mean Qty.,"
    "Std. Dev. Qty.,Threshold Setting,Cq Threshold,Baseline Setting,Baseline Start,Baseline End,Tm1,Tm2,Tm3,"
)
CURVES = {"SRY": (-3.45, 38.1), "RPP30": (-3.31, 36.9)}


def preamble(name):
    return [
        f"Experiment Name,{name}",
        "Run Start,3/14/2022 9:02:11 AM",
        "Run Finish,3/14/2022 10:01:40 AM",
        "Application,Quantification/DNA/Standard Curve",
        "Instrument,Eco™ Real-Time PCR System",
        "Software,Eco™ Software v4.0.7.0",
        "",
    ]


def curves():
    rows = ["Standard Curve Data", "Assay Name,Slope,Intercept,R2,Efficiency %,"]
    for assay, (slope, intercept) in CURVES.items():
        efficiency = 100 * (10 ** (-1 / slope) - 1)
        rows.append(f"{assay},{slope:.7f},{intercept:.7f},0.9987000,{efficiency:.7f},")
    return [*rows, ""]


def well(name, sample, assay, role, cq, quantity, exclude="", unit="copies"):
    if cq is None:
        cells = [name, exclude, sample, assay, role, "", "", "", "", unit, "", ""]
        cells += ["Auto", "0.0500000", "Auto", "3", "15"]
    else:
        q = f"{quantity:.4f}"
        cells = [name, exclude, sample, assay, role, f"{cq:.7f}", f"{cq:.7f}", "0.0000000", q, unit]
        cells += [f"{quantity:.7f}", "0.0000000", "Auto", "0.0500000", "Auto", "3", str(int(cq) - 4)]
    return ",".join([*cells, "", "", "", ""])


def wells(rng):
    rows = [COLUMNS]
    for i, quantity in enumerate((100000, 1000, 10)):
        for j, (assay, (slope, intercept)) in enumerate(CURVES.items()):
            cq = intercept + slope * math.log10(quantity) + rng.normal(0, 0.05)
            rows.append(well(f"{'AB'[j]}{i + 1}", "Calibrator", assay, "Standard", cq, quantity))
    for j, (assay, (slope, intercept)) in enumerate(CURVES.items()):
        row = "AB"[j]
        cq = 29.25 + j
        rows.append(well(f"{row}4", "Day 28, first", assay, "Unknown", cq, 10 ** ((cq - intercept) / slope)))
        rows[-1] = rows[-1].replace("Day 28, first", '"Day 28, first"')
        rows.append(well(f"{row}5", "Water", assay, "NTC", None, None))
        rows.append(well(f"{row}6", "Day 28, first", assay, "Unknown", None, None, "Excluded"))
        rows[-1] = rows[-1].replace("Day 28, first", '"Day 28, first"')
        rows.append(f"{row}7,")
    return rows


def write(name, rows, encoding="utf-8-sig", end="\r\n"):
    (HERE / name).parent.mkdir(parents=True, exist_ok=True)
    (HERE / name).write_bytes((end.join(rows) + end).encode(encoding))


def main():
    rows = wells(np.random.default_rng(20))
    write("standard-curve.csv", [*preamble("Graft 7"), *curves(), *rows])
    write("no-curve.csv", [*preamble("Graft 8"), *rows], "utf-8", "\n")
    comma = [line.replace(",", ";").replace(".", ",") for line in [*curves(), rows[0], *rows[1:4]]]
    write("decimal-comma.csv", comma)
    write("two/a.csv", [*preamble("Graft 7"), *curves(), *rows])
    write("two/b.csv", [*preamble("Graft 9"), *rows])
    write("two/copy of a.csv", [*preamble("Graft 7"), *curves(), *rows], "utf-8", "\n")
    write("two/later analysis.csv", [*preamble("Graft 7"), *curves(), *rows[:8]])
    write("two/notes.txt", ["loaded on Monday"])
    whole = [*preamble("Graft 7"), *curves(), *rows]
    first = len(whole) - len(rows) + 1
    for name, old, new in [
        ("bad-cq", whole[first].split(",")[5], "24.1l"),
        ("bad-role", "Standard", "Standrad"),
        ("bad-well", "A1,", "A1x,"),
        ("bad-exclude", "A1,,", "A1,perhaps,"),
        ("bad-baseline", ",Auto,3,", ",Auto,3.5,"),
    ]:
        write(f"{name}.csv", [*whole[:first], whole[first].replace(old, new, 1), *whole[first + 1 :]])
    write("bad-twice.csv", [*whole, whole[first]])
    write("bad-empty.csv", [*whole[:first], "A1,", "A2,"])


if __name__ == "__main__":
    main()
