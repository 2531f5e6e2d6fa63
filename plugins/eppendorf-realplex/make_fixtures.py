#!/usr/bin/env python3
"""Writes fixtures/ in the layout of realplex; numbers and names are made up. bad-* must be refused."""

import pathlib

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
ONE = [  # well, sample, Ct, mean, deviation, amount, target
    ("A1", "Calibrator", "21,40", "21,45", "0,07", "10000", "SRY"),
    ("A2", "Calibrator", "21,50", "21,45", "0,07", "10000", "SRY"),
    ("A3", "Day 28", "31,12", "", "", "12,5", "SRY"),
    ("A4", "Water", "", "", "", "-", "SRY"),
    ("B1", "", "25,00", "", "", "-", ""),
    ("B2", "", "", "", "", "-", ""),
]
TWO = [  # well, sample, type, Ct FAM, amount, target, Ct VIC, amount, target
    ("A1", "S1", "Standard", "22,10", "1,0e4", "SRY", "20,05", "20000", "RPP30"),
    ("A2", "Day 28", "Unknown", "33,50", "4,25", "SRY", "24,18", "1520,5", "RPP30"),
    ("A3", "Water", "NTC", "", "-", "SRY", "", "-", "RPP30"),
]


def quoted(cell):
    return cell if cell[:1].isdigit() and "," in cell or cell.isdigit() else f'"{cell}"'


def table(names, rows, between):
    lines = [between.join(f'"{name}"' for name in names)]
    return lines + [between.join(quoted(cell) for cell in row) for row in rows]


def parameters(between, dyes, levels):
    rows = [
        ("Type of Application", "Quantification"),
        ("Dye(s)", *dyes),
        ("Internal Reference Dye", "OFF"),
        ("Threshold setting", "Noiseband"),
        ("Threshold level", *levels),
        ("Baseline setting", "Automatic"),
        ("Baseline range (from cycle no. ... to)", "n/a"),
        ("Drift Correction", "OFF"),
    ]
    return ["", '"Analysis Parameters"', *[between.join(quoted(cell) for cell in row) for row in rows]]


def one(between, unit=" [copies]"):
    names = ["Pos", "Name", "Ct SYBR", "Ct Mean SYBR", "Ct Dev. SYBR", f"Amount SYBR{unit}", "Target SYBR"]
    return table(names, ONE, between) + parameters(between, ["SYBR"], ["912"])


def two(between):
    names = ["Pos", "Name", "Type", "Ct FAM", "Amount FAM [ng/µl]", "Target FAM"]
    names += ["Ct VIC", "Amount VIC [ng/µl]", "Target VIC"]
    return table(names, TWO, between) + parameters(between, ["FAM", "VIC"], ["812", "455,5"])


def write(name, rows, encoding="cp1252"):
    (HERE / name).parent.mkdir(parents=True, exist_ok=True)
    (HERE / name).write_bytes(("\r\n".join(rows) + "\r\n").encode(encoding))


def main():
    write("sybr.csv", one(";"))
    write("sybr.txt", one("\t"))
    write("no-unit.csv", one(";", ""))
    write("two-dyes.csv", two(";"))
    write("both/run.csv", one(";"))
    write("both/run.txt", one("\t"))
    write("both/other.csv", two(";"))
    write("bad-ct.csv", [line.replace("21,40", "21,4O") for line in one(";")])
    write("bad-well.csv", [line.replace('"A3"', '"3A"') for line in one(";")])
    write("bad-twice.csv", [line.replace('"A2"', '"A1"') for line in one(";")])
    write("bad-type.csv", [line.replace("Unknown", "Unknwon") for line in two(";")])
    write("bad-column-twice.csv", [line.replace("Target VIC", "Target FAM") for line in two(";")])
    write("bad-name.csv", [line.replace('"Ct VIC"', 'C" tVIC"') for line in two(";")])
    write("bad-empty.csv", one(";")[:1])


if __name__ == "__main__":
    main()
