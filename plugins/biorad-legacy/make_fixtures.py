#!/usr/bin/env python3
"""Writes fixtures/; run it again after a change and look at the difference.

Only the layout of the files follows the programs; samples, targets and numbers are made up, and there are few wells:
check-reader reads every fixture cut off after every byte. bad-* must be refused.
"""

import math
import pathlib
import shutil

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"

# well, content, sample, C(t) or None, quantity or None
WELLS = [
    ("A01", "Std-1", "", 21.38, 1e5),
    ("A02", "Std-2", "", 24.71, 1e4),
    ("A03", "Unkn-1", "day 7", 27.02, 2.017e3),
    ("A04", "Unkn-1", "day 7", 27.35, 1.605e3),
    ("B10", "NTC", "", None, None),
]


def write(name, rows, delimiter="\t", end="\r\n"):
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((end.join(delimiter.join(row) for row in rows) + end).encode("cp1252"))


def comma(text):
    return text.replace(".", ",")


def c1000(short=False):
    if short:
        rows = [["", "Well", "Fluor", "Content", "Sample", "C(t)"]]
    else:
        head = "Well|Fluor|Content|Target|Sample|Threshold Cycle ( C(t) )|C(t) Mean|C(t) Std. Dev|"
        head += "Starting Quantity (SQ)|Log Starting Quantity|SQ Mean|SQ Std. Dev"
        rows = [["", *head.split("|")]]
    for well, content, sample, ct, quantity in WELLS:
        ct = "N/A" if ct is None else comma(f"{ct:.2f}")
        if short:
            rows.append(["", well, "SYBR", content, sample, ct])
            continue
        mean, sd = ("0,00", "0,000") if ct == "N/A" else (ct, "0,000")
        if sample:
            mean, sd = "27,19", "0,233"
        none = quantity is None
        numbers = (
            ["N/A", "N/A", "0,00E+00"]
            if none
            else [comma(f"{quantity:.3E}"), comma(f"{math.log10(quantity):.3f}"), comma(f"{quantity:.2E}")]
        )
        rows.append(["", well, "SYBR", content, "SRY", sample, ct, mean, sd, *numbers, "0,00E+00"])
    return rows


def iq5(quoted=False):
    head = "Well,Fluor,Type,Identifier,Replicate #,Threshold Cycle (Ct),Ct Mean,Ct Std. Dev,Starting Quantity (SQ),"
    head += "Log Starting Quantity,SQ Mean,SQ Std. Dev.,Set Point"
    rows = [["", *head.split(",")]]
    for n, (well, content, sample, ct, quantity) in enumerate(WELLS, 1):
        kind = content.split("-")[0]
        sq, log = (
            ("0.000E+00", "#" * 255)
            if quantity is None or kind == "Unkn"
            else (f"{quantity:.3E}", f"{math.log10(quantity):.3f}")
        )
        cts = ["N/A", "00.00", "N/A"] if ct is None else [f"{ct:.2f}", f"{ct:.2f}", "0.000"]
        row = [well, "SYBR", kind, sample, str(n), *cts, sq, log, "0.00E+00", "0.00E+00", "N/A"]
        rows.append(["", *(f'"{comma(c)}"' if quoted else c for c in row)])
    return rows


def opticon():
    head = "Well / Set|Dye|Content|Description|Efficiency|C(t)|moles|Avg C(t)|Max C(t)|Min C(t)|C(t) SD|Avg moles|"
    rows = [[*(head + "Max moles|Min moles|moles SD|Wellset Type").split("|"), ""], [""] * 17, [""] * 17]
    for well, content, sample, ct, quantity in WELLS:
        content = {"S": "Standard", "U": "Sample", "N": "Blank"}[content[0]]
        moles = f"{quantity * 1e-18:.3e}" if content == "Standard" else ""
        rows.append(
            [
                well[0] + str(int(well[1:])),
                "SBG1",
                content,
                sample + " 4 µM",
                "1.87",
                "" if ct is None else str(ct),
                moles,
                *[""] * 10,
            ]
        )
    rows.append(
        ["day 7", "SBG1", "Sample", "", "", "", "", "27.19", "27.35", "27.02", "0.233", *[""] * 4, "Replicates", ""]
    )
    return rows


def bad(name, rows, line, column, cell):
    rows[line][column] = cell
    write(f"bad-{name}.txt", rows)


def main():
    for old in HERE.iterdir():
        if old.name != "SOURCES.md" and not old.name.endswith(".expected"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    write("c1000.txt", c1000())
    write("c1000-short.txt", c1000(short=True))
    write("both/long.txt", c1000())
    write("both/short.txt", c1000(short=True))
    write("two-runs/monday.txt", c1000())
    tuesday = c1000()
    tuesday[3][6] = "26,44"
    write("two-runs/tuesday.txt", tuesday)
    write("iq5.csv", iq5(), ",")
    write("myiq-comma.csv", iq5(quoted=True), ",")
    write("opticon.txt", opticon(), end="\n")
    bad("ct", c1000(), 2, 6, "2l,9")
    bad("content", c1000(), 2, 3, "Mystery")
    bad("well", c1000(), 2, 1, "Z01")
    bad("twice", c1000(), 2, 1, "A01")
    write("bad-empty.txt", c1000()[:1])
    write("bad-cut.txt", c1000())
    cut = HERE / "bad-cut.txt"
    cut.write_bytes(cut.read_bytes()[:-30])


if __name__ == "__main__":
    main()
