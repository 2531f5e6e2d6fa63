#!/usr/bin/env python3
"""Writes fixtures/ in the layout of Esco Spectrum; numbers and names are made up. bad-* must be refused."""

import pathlib

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
HEAD = "Number,Group,Sample Name,Standard Concentration,Calculated Concentration,Ct"
ROWS = [
    '<A1>,1,Calibrator,"1000","1012,5","21,9"',
    '<A2>,1,Calibrator,"10","9,75","28,66"',
    '<A3>,2,Day 28,,"4,25","29,9"',
    "<A4>,2,Water,0,,",
    ",,,,,",
    "<A13>,2,Day 56,,,",
    '<B13>,3,"Day 56, again",,"1,5","31,25"',
]


def write(name, rows, end="\n"):
    HERE.mkdir(parents=True, exist_ok=True)
    (HERE / name).write_bytes((end.join(rows) + end).encode())


def main():
    write("run.csv", [HEAD, *ROWS])
    points = [row.replace('"', "").replace("Day 56, again", "Day 57") for row in ROWS]
    points = [row if row.count(",") == 5 else ",".join(point(row)) for row in points]
    write("points.csv", [HEAD, *points], "\r\n")
    write("bad-ct.csv", [HEAD, ROWS[0].replace("21,9", "21,9x"), *ROWS[1:]])
    write("bad-well.csv", [HEAD, ROWS[0].replace("<A1>", "<1A>"), *ROWS[1:]])
    write("bad-twice.csv", [HEAD, ROWS[0], *ROWS])
    write("bad-quote.csv", [HEAD, *ROWS[:2], '<A3>,2,"Day 28,,,'])
    write("bad-empty.csv", [HEAD, ",,,,,"])


def point(row):
    """The same row where numbers have a decimal point, and need no quotes."""
    well, group, sample, *rest = row.split(",")
    numbers = {
        "<A1>": ["1000", "1012.5", "21.9"],
        "<A2>": ["10", "9.75", "28.66"],
        "<A3>": ["", "4.25", "29.9"],
        "<B13>": ["", "1.5", "31.25"],
    }
    return [well, group, sample, *numbers.get(well, rest)]


if __name__ == "__main__":
    main()
