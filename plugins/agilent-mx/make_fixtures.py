#!/usr/bin/env python3
"""Writes fixtures/ from simulated curves; run it again after a change and look at the difference.

Only the layout of the files follows the program; names and numbers are made up. bad-* must be refused.
"""

import math
import pathlib

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
TAB = "\t"
THRESHOLD = 0.1427
FULL = ["Well", "Well Name", "Well Type", "Replicate", "Threshold (dRn)", "Ct (dRn)", "Quantity (copies)"]
FULL += ["RSq (dRn)", "Slope (dRn)"]
# well, name, type, replicate, number of cycles to half of the plateau, quantity
WELLS = [
    ("A1", "Level 1, blood, 3E4", "Standard", "1", 22, "3.00e+004"),
    ("A2", "Level 1, blood, 3E4", "Standard", "1", 22.2, "3.00e+004"),
    ("B1", "Donor 7 before transplant", "Unknown", "2", 25, "3.778e+003"),
    ("H12", "Water", "NTC", "3", None, "No Ct"),
]


def write(name, lines, end="\r\n"):
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(line + end for line in lines).encode())


def curve(middle, cycles=30):
    noise = [0.0021 * math.sin(1.7 * i) for i in range(cycles)]
    if middle is None:
        return noise
    return [noise[i] + 1.8 / (1 + math.exp((middle - i - 1) / 1.3)) for i in range(cycles)]


def ct(values):
    """Log-linear interpolation at the threshold."""
    for i in range(len(values) - 1, 0, -1):
        low, high = values[i - 1], values[i]
        if low < THRESHOLD <= high:
            return f"{i + math.log(THRESHOLD / low) / math.log(high / low):.2f}"
    return "No Ct"


def report(wells=WELLS, dye=()):
    """`dye` is an additional column: its heading and its word."""
    lines = [TAB.join([*FULL, *dye[:1], ""])]
    for well, name, kind, replicate, middle, quantity in wells:
        cells = [well, name, kind, replicate, f"{THRESHOLD}", ct(curve(middle)), quantity, "0.990", "-3.432"]
        cells += [*dye[1:], ""]
        lines.append(TAB.join(cells))
    return lines


def plots(word="dRn", delimiter=TAB, dye="FAM", wells=WELLS, scale=1):
    """Names are cut after 20 characters."""
    lines = [f"Amplification Plots{delimiter}{delimiter}", delimiter * 2]
    for well, name, _, replicate, middle, _ in wells:
        heading = f"{well}, Repl. {replicate}, {name[:20]}, {dye}"
        heading = heading if delimiter == TAB else f'"{heading}"'
        lines.append(delimiter.join([heading, "Cycles", f"Fluorescence ({word})"]))
        for i, value in enumerate(curve(middle)):
            lines.append(delimiter.join(["", str(i + 1), f"{scale * value:.5f}", *([""] if delimiter == TAB else [])]))
    return lines


def old_report():
    """Padded cells, decimal comma, Assay instead of Well Name."""
    lines = ["Well \tAssay \tWell Type \tReplicate \tThreshold (dRn) \tCt (dRn) \tQuantity (ng) \t"]
    for well, assay, kind, middle, quantity in (
        ("A1", "SYBR", "Standard", "20,69", "8,940e+003"),
        ("A2", "SYBR", "Unknown", "21,04", "7,1e+002"),
        ("A3", "SYBR", "NTC", "No Ct", "No Ct"),
    ):
        lines.append(
            f"{well:>4} \t{assay:>5} \t{kind:>9} \t        1 \t         0,0044 \t{middle:>8} \t{quantity:>17} \t"
        )
    return lines


def two_assays():
    """A row per well and assay; the passive reference has a row, too, and no Ct."""
    lines = [TAB.join(["Well", "Well Name", "Dye", "Assay", "Well Type", "Threshold (dRn)", "Ct (dRn)", "Note", ""])]
    for well, name in (("A1", "Donor 7"), ("A2", "Donor 8")):
        lines.append(TAB.join([well, name, "FAM", "SRY", "Unknown", "0.1427", "31.2", f"seen {well}", ""]))
        lines.append(TAB.join([well, name, "HEX", "RPP30", "Unknown", "0.2", "No Ct", "", ""]))
        lines.append(TAB.join([well, name, "ROX", "ROX", "Unknown", "Reference", "Reference", "", ""]))
    return lines


def raw():
    lines = ["C:\\runs\\Monday.mxp"]
    lines.append(
        TAB.join(["Segment", "Ramp/Plateau", "Ramp/Plateau #", "Well", "Dye", "Cycle #", "Fluorescence", "Temperature"])
    )
    for number, middle in ((1, 8), (13, 9)):
        for dye, size in (("FAM", 9000), ("Campy", 5000)):
            for i, value in enumerate(curve(middle, 12)):
                cells = [
                    "2",
                    "Plateau",
                    "2",
                    f"{number:>4}",
                    dye,
                    f"{i + 1:>7}",
                    f"{3000 + size * value:>12.0f}",
                    "    60.0",
                ]
                lines.append(TAB.join(cells))
            for i in range(5):
                cells = ["3", "Ramp", "1", f"{number:>4}", dye, "1", f"{size * (6 - i) / 6:>12.0f}", f"{60 + 5 * i}.0"]
                lines.append(TAB.join(cells))
    return lines


def main():
    write("report.txt", report())
    write("report-old.txt", old_report(), "\n")
    write(
        "report-short.txt",
        ["Well\tWell Name\tCt (dR)", "A1\tDonor 7\t24.79", "C4\tDonor 8\tNo Ct", "C5\tDonor 9\t25"],
        "\n",
    )
    write("report-two-assays.txt", two_assays())
    write("report.xls/Text Report.csv", [line.rstrip(TAB).replace(TAB, ",") for line in two_assays()], "\n")
    write("plots.txt", plots(dye="SRY"))
    write("plots-r.txt", plots("R", wells=WELLS[:2], scale=4000))
    write("plots.xls/Sheet1.csv", plots(delimiter=","), "\n")
    write(
        "plots-melting.txt",
        [line.replace("Cycles", "Temperature").replace("dRn", "-R'(T)") for line in plots(wells=WELLS[:1])],
    )
    write("raw.txt", raw())
    write("run/report.txt", report())
    write("run/plots.txt", plots())
    write("run/plots of R.txt", plots("R", scale=4000))
    write("run/copy of report.txt", report())
    other = [(w, n, k, r, None if m is None else m + 3, q) for w, n, k, r, m, q in WELLS]
    write("run-two-dyes/plots.txt", plots() + plots(dye="HEX", wells=other)[2:])
    write("run-two-dyes/report.txt", report(dye=("Dye", "FAM")) + report(other, ("Dye", "HEX"))[1:])
    write("two-runs/plots of Tuesday.txt", plots(wells=other))
    write("two-runs/report of Monday.txt", report())

    good = report()
    write("bad-ct.txt", [line.replace("No Ct", "None found", 1) for line in good])
    write("bad-type.txt", [line.replace("NTC", "Blank?") for line in good])
    write("bad-well.txt", [line.replace("H12", "H13") for line in good])
    write("bad-twice.txt", [*good, good[1]])
    write("bad-empty.txt", good[:1])
    write("bad-plots-cut.txt", plots()[:-4])
    write("bad-plots-cut-in-line.txt", [*plots()[:-1], "\t30"])
    write("bad-plots-word.txt", [line.replace("dRn", "xyz") if "A2" in line else line for line in plots()])
    write("bad-plots-cycle.txt", [line.replace("\t7\t", "\t6\t") for line in plots()])
    write("bad-plots-number.txt", [line.replace("\t7\t", "\t7\tO") for line in plots()])
    write("bad-raw-well.txt", [line.replace("\t  13\t", "\t  97\t") for line in raw()])
    write("bad-raw-cut.txt", raw()[:-1] + ["3\tRamp\t1\t  13\tCampy\t1"])


if __name__ == "__main__":
    main()
