#!/usr/bin/env python3
"""Writes fixtures/ from simulated chambers; run it again after a change and look at the difference.

Only the layout of the files follows the program; samples, targets and numbers are made up, and most chips are far
smaller than real ones, whose names (48.770) say panels and chambers in the same way. bad-* must be refused.
"""

import math
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
DYES = ("FAM-MGB", "VIC-TAMRA")
FIELDS = ["Value", "Quality", "Call", "Target", "Threshold"]
SUMMARY = ["Name", "Type", "Threshold", "Range Min", "Range Max", "Count", "nVolume"]
SUMMARY += ["Est. Targets", "Est.T-95L", "Est.T-95U"]


class Panel:
    """Chambers of one panel: a Ct for each dye, or None, and whether it is a hit."""

    def __init__(self, rng, number, sample, kind, lambdas, shape, targets=("SRY", "RPP30")):
        self.number, self.sample, self.kind, self.targets = number, sample, kind, targets
        self.shape = shape  # columns X, rows Y
        n = shape[0] * shape[1]
        self.ct = [np.where(rng.poisson(rate, n) > 0, rng.normal(33, 2, n), np.nan) for rate in lambdas]
        self.late = [rng.random(n) < 0.02 for _ in lambdas]  # amplified out of range: Pass, and yet no hit

    def chambers(self):
        for i in range(self.shape[0] * self.shape[1]):
            yield i, f"P{self.number:02}-X{i % self.shape[0] + 1:02}-Y{i // self.shape[0] + 1:02}"

    def reading(self, dye, i):
        ct = self.ct[dye][i]
        if math.isnan(ct):
            return ["39.5", "0.7", "Pass", "No Hit"] if self.late[dye][i] else ["999", "0", "Fail", "No Hit"]
        return [f"{ct:.13f}", "0.98", "Pass", "Hit"]

    def hits(self, dye):
        return int((~np.isnan(self.ct[dye])).sum())


def preamble(chip, barcode, kind, run="Monday"):
    return [
        f"Chip Run Info,D:\\runs\\{run}\\ChipRun.bml,{barcode},{chip},Default-10min-Hot-Start,ROX,"
        "FAM-MGB : VIC-TAMRA,3/14/2013 9:26:53 AM,01:33:33,BIOMARK007",
        "Application Version,4.0.1",
        "Application Build,20130101.0001",
        f"Export Type,{kind} Table Results",
        "Quality Threshold,0.65",
        "Baseline Correction Method,Linear",
        "Ct Threshold Method,Auto (Global)",
        "",
        "",
    ]


def detailed_header(dyes):
    n = len(dyes)
    one = ["Experiment Information"] * (5 + 2 * n) + [dye for dye in dyes for _ in FIELDS] + ["User"]
    two = ["Chamber and Panel"] * 2 + ["Sample"] * 3 + [dye for dye in dyes for _ in range(2)]
    two += ["Ct"] * 5 * n + ["Defined"]
    three = ["Chamber ID", "Panel ID", "Name", "Type", "rConc."] + ["Name", "Type"] * n + FIELDS * n + ["Comments"]
    return [",".join(line) for line in (one, two, three)]


def detailed(panels, dyes=DYES):
    rows = detailed_header(dyes)
    for panel in panels:
        rconc = {"NTC": "0", "Standard": "200"}.get(panel.kind, "100")
        role = "Blank" if panel.kind == "NTC" else "Test"
        for i, chamber in panel.chambers():
            cells = [chamber, str(panel.number), panel.sample, panel.kind, rconc]
            for target in panel.targets[: len(dyes)]:
                cells += [target, role]
            for dye in range(len(dyes)):
                cells += [*panel.reading(dye, i), "0.1"]
            rows.append(",".join([*cells, "bubble" if i == 7 and panel.number == 2 else ""]))
    return rows


def estimate(k, n):
    return round(-n * math.log1p(-k / n))


def summary(counts, n, dyes=DYES, groups=True, order=(0, 1)):
    """Rows of (panel, sample, type, target names, hits of each dye)."""
    rows = []
    if groups:
        group = ["Panel", *["Sample Information"] * 3]
        group += [dyes[d] for d in order for _ in SUMMARY]
        rows.append(",".join([*group, "", ""]))
    rows.append(",".join(["ID", "Name", "Type", "rConc.", *SUMMARY * len(order), "Intersection", "Union"]))
    for number, sample, kind, targets, hits in counts:
        cells = [str(number), sample, kind, "0" if kind == "NTC" else "100"]
        for d in order:
            k = hits[d]
            spread = 1.96 * math.sqrt(max(k, 1))
            cells += [targets[d], "Blank" if kind == "NTC" else "Test", "0.1", "0", "40", str(k), "1"]
            cells += [
                str(estimate(k, n)),
                str(estimate(max(k - spread, 0), n)),
                str(estimate(min(k + spread, n - 1), n)),
            ]
        rows.append(",".join([*cells, str(round(hits[0] * hits[1] / n)), str(max(hits))]))
    return rows


def of(panels):
    return [(p.number, p.sample, p.kind, p.targets, (p.hits(0), p.hits(1))) for p in panels]


def semicolons(rows):
    """Decimal commas, semicolons between the cells; the preamble has no decimal numbers that are read."""
    out = []
    for row in rows:
        cells = [cell.replace(".", ",") if cell.replace(".", "", 1).isdigit() else cell for cell in row.split(",")]
        out.append(";".join(cells))
    return out


def write(name, rows, end="\r\n", last=True, encoding="utf-8"):
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((end.join(rows) + (end if last else "")).encode(encoding))
    assert path.stat().st_size <= 15 * 1024, name


def main():
    rng = np.random.default_rng(314159)
    shape = (8, 5)
    trio = [
        Panel(rng, 1, "Donor A", "Unknown", (0.2, 0.9), shape),
        Panel(rng, 2, "Day 28", "Unknown", (0.05, 0.8), shape),
        Panel(rng, 3, "Water", "NTC", (0, 0), shape),
    ]
    rows = preamble("3.40", "1480000001", "Detailed") + detailed(trio)
    write("detailed.csv", rows)

    # A spreadsheet in a country of decimal commas; the sample's name holds the delimiter.
    small = [
        Panel(rng, 1, "Donor B", "Standard", (0.2, 0.9), (6, 4)),
        Panel(rng, 2, "Day 7", "Unknown", (0.1, 1), (6, 4)),
    ]
    other = [row.replace("Day 7", '"Day 7; repeat"') for row in semicolons(detailed(small))]
    head = preamble("2.24", "1480000002", "Detailed")
    head = [head[0].replace(",", ";"), *[row.replace(",", ";") for row in head[1:]]]
    width = len(other[0].split(";"))
    head = [row + ";" * (width - len(row.split(";"))) for row in head]
    write("detailed-semicolon.csv", head + other, "\n", encoding="utf-8-sig")

    # The name of the chip says 120 chambers.
    whole = [Panel(rng, 1, "Donor A", "Unknown", (0.2, 0.9), (12, 10))]
    write("detailed-whole-chip.csv", preamble("1.120", "1480000010", "Detailed") + detailed(whole))
    write("detailed-not-whole.csv", preamble("1.120", "1480000010", "Detailed") + detailed(whole)[:43])

    # One dye, the preamble gone, carriage returns alone, a micro sign in Latin-1; the last line without its end.
    one = [Panel(rng, 7, "5 ng/µL", "Unknown", (0.3,), (10, 4), ("SRY",))]
    write("detailed-one-dye.csv", detailed(one, DYES[:1]), "\r", last=False, encoding="latin-1")
    write("detailed-utf-16.csv", preamble("1.24", "1480000003", "Detailed") + detailed(small[1:]), encoding="utf-16")

    real = [
        (number, sample, kind, ("SRY", "RPP30"), hits)
        for number, sample, kind, hits in [
            (1, "Donor A", "Unknown", (53, 655)),
            (2, "Donor A", "Unknown", (61, 640)),
            (3, "Day 28", "Unknown", (4, 512)),
            (47, "Calibrator", "Standard", (300, 310)),
            (48, "Water", "NTC", (0, 0)),
        ]
    ]
    write("summary.csv", preamble("48.770", "1480000004", "Summary") + summary(real, 770))
    dozen = [(n, f"S{n}", "Unknown", ("SRY", "RPP30"), (n, 400 + 20 * n)) for n in range(1, 13)]
    table = summary(dozen, 765, order=(1, 0))
    write("summary-12-765.csv", preamble("12.765", "1480000005", "Summary") + table, "\n")
    # Went through a spreadsheet, to which the name of the chip is a number: 48.77.
    wide = summary(real, 770)
    sheet = [row + "," * (wide[0].count(",") - row.count(",")) for row in preamble("48.77", "1480000007", "Summary")]
    write("summary-resaved.csv", sheet + wide)
    # Nothing but the table: the dyes are not named, and only the estimates say how many chambers there are.
    write("summary-plain.csv", summary(real, 770, groups=False), "\n")

    write("run/chip detailed.csv", rows)
    write("run/chip summary.csv", summary(of(trio), 40))
    write("run/notes.txt", ["loaded on Monday"])
    again = preamble("1.24", "1480000009", "Detailed", "Tuesday") + detailed(small[1:])
    write("two-chips/monday.csv", preamble("2.24", "1480000008", "Detailed") + detailed(small))
    write("two-chips/tuesday.csv", again)
    moved = [(*panel[:4], (panel[4][0] + 1, panel[4][1])) for panel in of(trio)]
    write("disagree/chip detailed.csv", rows)
    write("disagree/chip summary.csv", preamble("3.40", "1480000001", "Summary") + summary(moved, 40))

    write("bad-target.csv", [*rows[:40], rows[40].replace("Hit,", "Hitt,"), *rows[41:]])
    write("bad-ct.csv", [*rows[:40], rows[40].replace("999,", "99l,", 1), *rows[41:]])
    write("bad-twice.csv", [*rows[:40], rows[39], *rows[41:]])
    write("bad-cut.csv", [*rows[:60], rows[60][:50]], last=False)
    write("bad-cut-at-line.csv", rows[:-4])
    write("bad-no-dyes.csv", rows[:9] + rows[11:30])
    good = preamble("48.770", "1480000006", "Summary") + summary(real[:3], 770)
    write("bad-count.csv", [*good[:-1], good[-1].replace(",512,", ",51z,")])
    write("bad-too-many.csv", [*good[:-1], good[-1].replace(",512,", ",1512,")])
    few = [(n, f"S{n}", "Unknown", ("SRY", "RPP30"), (n, 2 * n)) for n in range(1, 4)]
    write("bad-no-chambers.csv", summary(few, 770))


if __name__ == "__main__":
    main()
