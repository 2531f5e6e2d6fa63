#!/usr/bin/env python3
"""Writes fixtures/ from simulated curves; run it again after a change and look at the difference.

Only the layout of the files follows the program; samples, targets and numbers are made up. The arithmetic is the
program's: a Cq is where the curve, drawn straight from cycle to cycle, crosses a threshold, means are over content
groups, the standard curve is the least squares line through the standards. bad-* must be refused.
"""

import math
import pathlib
import random
import shutil
import statistics

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
CYCLES = 16  # and few wells: check-reader reads every fixture cut off after every byte
THRESHOLD = {"FAM": 120.5, "HEX": 95.25}
TARGET = {"FAM": "SRY", "HEX": "RPP30"}


def number(value, none="NaN"):
    return none if value is None else f"{value:.15g}"


class Well:
    def __init__(self, name, content, sample, cq, nominal=None):
        self.name, self.content, self.sample, self.true, self.nominal = name, content, sample, cq, nominal
        self.curve, self.cq, self.sq = {}, {}, {}

    @property
    def short(self):
        return self.name[0] + str(int(self.name[1:]))


# well, content, sample, expected Cq of FAM and HEX (None: nothing grows), nominal quantity
LAYOUT = [
    ("A01", "Std-1", "", (6.2, 6.9), 100000.0),
    ("A02", "Std-2", "", (9.5, 10.2), 10000.0),
    ("A10", "Std-2", "", (9.6, 10.1), 10000.0),
    ("B01", "Unkn-01", "day 7", (12.4, 7.5), None),
    ("C02", "Neg Ctrl", "girl, 7", (None, 7.0), None),
    ("D01", "NTC", "", (None, None), None),
]


class Run:
    def __init__(self, seed, layout=LAYOUT, dyes=("FAM", "HEX")):
        rng = random.Random(seed)
        self.dyes = dyes
        self.wells = [Well(*row) for row in layout]
        for dye in dyes:
            for well in self.wells:
                self.amplify(rng, well, dye)
            self.line(dye)

    def amplify(self, rng, well, dye):
        true, top = well.true[("FAM", "HEX").index(dye)], rng.uniform(2500, 3200)
        curve = [rng.gauss(0, 2.5) for _ in range(CYCLES)]
        if true is not None:
            middle = true + math.log(top / THRESHOLD[dye] - 1) / 0.75
            curve = [y + top / (1 + math.exp(0.75 * (middle - c))) for c, y in enumerate(curve, 1)]
        curve = [float(f"{y:.6g}") for y in curve]
        well.curve[dye], well.cq[dye] = curve, None
        for c in range(3, CYCLES):
            low, high = curve[c - 1], curve[c]
            if low < THRESHOLD[dye] <= high:
                well.cq[dye] = c + (THRESHOLD[dye] - low) / (high - low)
                break

    def line(self, dye):
        """Least squares of Cq on log10 quantity over the standard wells; quantities of the others."""
        points = [(math.log10(w.nominal), w.cq[dye]) for w in self.wells if w.nominal]
        if not points:
            self.slope = {**getattr(self, "slope", {}), dye: None}
            return
        mx, my = (statistics.mean(p[i] for p in points) for i in (0, 1))
        sxx = sum((x - mx) ** 2 for x, _ in points)
        sxy = sum((x - mx) * (y - my) for x, y in points)
        syy = sum((y - my) ** 2 for _, y in points)
        slope, r2 = sxy / sxx, sxy**2 / sxx / syy
        self.slope = {**getattr(self, "slope", {}), dye: (slope, my - slope * mx, r2)}
        for w in self.wells:
            cq = w.cq[dye]
            w.sq[dye] = w.nominal or (None if cq is None else 10 ** ((cq - my + slope * mx) / slope))

    def group(self, well, dye):
        same = [w for w in self.wells if w.content == well.content and "-" in w.content] or [well]
        cqs = [w.cq[dye] for w in same if w.cq[dye] is not None]
        mean = statistics.mean(cqs) if cqs else 0
        return mean, statistics.stdev(cqs) if len(cqs) > 1 else 0

    def rows(self):
        return [(w, dye) for dye in self.dyes for w in self.wells]

    # ---- the tables ----

    def cq_results(self):
        head = "Well,Fluor,Target,Content,Sample,Biological Set Name,Cq,Cq Mean,Cq Std. Dev,Starting Quantity (SQ),"
        head += "Log Starting Quantity,SQ Mean,SQ Std. Dev,Set Point,Well Note"
        table = [["", *head.split(",")]]
        for w, dye in self.rows():
            mean, sd = self.group(w, dye)
            sq = w.sq.get(dye)
            log = None if sq is None else math.log10(sq)
            numbers = [w.cq[dye], mean, sd, sq, log, sq, 0]
            table.append(["", w.name, dye, TARGET[dye], w.content, w.sample, "", *map(number, numbers), "60", ""])
        return table

    def summary(self):
        table = [["", "Well", "Fluor", "Target", "Content", "Sample", "Cq", "SQ"]]
        for w, dye in self.rows():
            table.append(["", w.name, dye, TARGET[dye], w.content, w.sample, number(w.cq[dye]), number(w.sq.get(dye))])
        return table

    def amplification(self, dye):
        table = [["", "Cycle", *(w.short for w in self.wells)]]
        for c in range(CYCLES):
            table.append(["", str(c + 1), *(number(w.curve[dye][c]) for w in self.wells)])
        return table

    def melt(self, dye, derivative):
        def at(w, t):
            top = 0 if w.cq[dye] is None else 900
            turn = 1 / (1 + math.exp(-(t - 80) / 0.8))
            return top * turn * (1 - turn) / 0.8 - 0.5 if derivative else 2000 + top * (1 - turn) - 10 * (t - 65)

        table = [["", "Temperature", *(w.short for w in self.wells)]]
        for t in (70, 77.5, 80, 82.5):
            table.append(["", number(t), *(f"{at(w, t):.6g}" for w in self.wells)])
        return table

    def peaks(self):
        head = "Well,Fluor,Target,Content,Sample,Melt Temperature,Peak Height,Begin Temperature,End Temperature,"
        head += "Well Note"
        table = [["", *head.split(",")]]
        for w, dye in self.rows():
            first = ["", w.name, dye, TARGET[dye], w.content, w.sample]
            if w.cq[dye] is None:
                table.append([*first, *["None"] * 4, ""])
                continue
            table.append([*first, "80", "281.25", "76.5", "83", ""])
            if w.name == "B01" and dye == "FAM":
                table.append([*first, "74.5", "31.5", "72", "76.5", ""])
        return table

    def melt_summary(self):
        table = [["", "Well", "Fluor", "Target", "Content", "Sample", "Melt Temp"]]
        for w, dye in self.rows():
            melt = "None" if w.cq[dye] is None else "80"
            table.append(["", w.name, dye, TARGET[dye], w.content, w.sample, melt])
        return table

    def end_point(self, dye):
        head = "Well,Fluor,Target,Content,Sample,End RFU,Call,Sample Type,CallType,Is Control"
        table = [["", *head.split(",")]]
        for w in self.wells:
            up = w.cq[dye] is not None
            end = number(statistics.mean(w.curve[dye][-5:]))
            call = ["(+) Positive" if up else "", "Unknown", "Positive" if up else "NoCall", "False"]
            table.append(["", w.name, dye, TARGET[dye], w.content, w.sample, end, *call])
        return table

    def alleles(self):
        table = [["", "Well", "Sample", "Call", "Type", "RFU1", "RFU2"]]
        for w in self.wells:
            call = "Allele 1" if w.cq["FAM"] else "No Call"
            table.append(["", w.name, w.sample, call, "Auto", *(number(w.curve[dye][-1]) for dye in self.dyes)])
        return table

    def standard_curve(self):
        table = [["", "Fluor", "Efficiency %", "Slope", "Y-Intercept", "R^2"]]
        for dye in self.dyes:
            if self.slope[dye] is None:
                table.append(["", dye, *["N/A"] * 4])
                continue
            slope, intercept, r2 = self.slope[dye]
            table.append(["", dye, *map(number, [100 * (10 ** (-1 / slope) - 1), slope, intercept, r2])])
        return table

    def plate(self, dye, melt=False):
        table = [["", "", *map(str, range(1, 13))]]
        at = {w.name: w for w in self.wells}
        for letter in "ABCD":
            wells = [at.get(f"{letter}{c:02}") for c in range(1, 13)]
            of = {"Content": lambda w: w.content, "Sample": lambda w: w.sample}
            if melt:
                of["Peak 1"] = lambda w: "None" if w.cq[dye] is None else "80"
                of["Peak 2"] = lambda w: "None"
            else:
                of["Cq"] = lambda w: number(w.cq[dye])
                of[""] = lambda w: number(w.sq.get(dye))
            for label, cell in of.items():
                table.append([letter, label, *("" if w is None else cell(w) for w in wells)])
        return table

    def genes(self):
        table = [["", "Target", "Sample", "Mean Cq", "Normalized Expression", "Regulation", "P-Value"]]
        for dye in self.dyes:
            for sample in ("day 7", "male"):
                table.append(["", TARGET[dye], sample, "25.5", "NaN" if sample == "male" else "0.125", "NaN", "NaN"])
        return table

    def information(self, name, program="CFX Maestro", version="5.0.021.0616. "):
        return [
            ["File Name", f"{name}.pcrd"],
            ["Created By User", "admin"],
            ["Notes", "second plate, of two"],
            ["ID", "P-0412"],
            ["Run Started", "05/02/2024 13:47:21 UTC"],
            ["Run Ended", "05/02/2024 15:20:02 UTC"],
            ["Sample Vol", "20"],
            ["Lid Temp", "105"],
            ["Protocol File Name", "two step.prcl"],
            ["Plate Setup File Name", "donor panel.pltd"],
            ["Base Serial Number", "CT000001"],
            ["Optical Head Serial Number", "785XX0001"],
            [f"{program} Version", version],
        ]

    def combined(self, name):
        head = "Well,Fluor,Target,Content,Sample,Cq,Starting Quantity (SQ),Cq Mean,Cq Std. Dev,SQ Std. Dev,"
        head += "Melt Temperature,Peak Height,Begin Temperature,End Temperature,End RFU"
        steps = [["Well group", "All Wells"], ["Amplification step", "3"], ["Melt step", "6"]]
        above = self.information(name) + steps
        table = [row + [""] * (15 - len(row)) for row in above] + [[""] * 15] * 2 + [head.split(",")]
        for w, dye in self.rows():
            mean, sd = self.group(w, dye)
            first = [w.name, dye, TARGET[dye], w.content, w.sample]
            first += map(number, [w.cq[dye], w.sq.get(dye), mean, sd, 0])
            end = number(statistics.mean(w.curve[dye][-5:]))
            peaks = [["None"] * 4 if w.cq[dye] is None else ["80", "281.25", "76.5", "83"]]
            if w.name == "B01" and dye == "FAM":
                peaks.append(["74.5", "31.5", "72", "76.5"])
            table += [[*first, *peak, end] for peak in peaks]
        return table


def cell(text, delimiter):
    return f'"{text}"' if delimiter in text else text


def write(path, table, german=False, end="\r\n"):
    """In German the list separator is ';', the decimal sign ',' and NaN 'n. def.'."""
    delimiter = ";" if german else ","
    if german:
        table = [[row_cell(c) for c in row] for row in table]
    path = HERE / path
    path.parent.mkdir(parents=True, exist_ok=True)
    text = end.join(delimiter.join(cell(c, delimiter) for c in row) for row in table) + end
    path.write_bytes(text.encode())


def row_cell(text):
    if text == "NaN":
        return "n. def."
    return text.replace(".", ",") if text.replace(".", "").replace("-", "").replace("e", "").isdigit() else text


def bundle(folder, run, name, german=False):
    dash = f"{folder}/{name} -  "

    def to(suffix, table):
        write(f"{dash}{suffix}.csv", table, german)

    to("Quantification Cq Results_0", run.cq_results())
    to("Quantification Summary_0", run.summary())
    to("Standard Curve Results_Standard Curve Results", run.standard_curve())
    to("Melt Curve Peak Results_0", run.peaks())
    to("Melt Curve Summary_0", run.melt_summary())
    to("Gene Expression Results - Summary_0", run.genes())
    to("Allelic Discrimination Results_ADSheet", run.alleles())
    to("Quantification Plate View Results_FAM", run.plate("FAM"))
    to("Melt Curve Plate View Results_FAM", run.plate("FAM", True))
    for dye in run.dyes:
        to(f"Quantification Amplification Results_{dye}", run.amplification(dye))
        to(f"End Point Results_{dye}", run.end_point(dye))
        to(f"Melt Curve RFU Results_{dye}", run.melt(dye, False))
        to(f"Melt Curve Derivative Results_{dye}", run.melt(dye, True))
    write(f"{folder}/{name}_Run Information.csv", run.information(name), german)


def bad(name, table, change):
    rows = [list(row) for row in table]
    change(rows)
    write(f"bad-{name}.csv", rows)


def main():
    for old in HERE.iterdir() if HERE.exists() else ():
        if old.name != "SOURCES.md" and not old.name.endswith(".expected"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    run, name = Run(1), "admin_2024-05-02 15-47-21_CT000001"
    bundle("bundle", run, name)
    bundle("german", run, name, german=True)
    write("combined.csv", run.combined(name))
    few = [row for row in LAYOUT if row[0] in ("A01", "A02", "B01", "D01")]
    small, other = Run(2, few), Run(3, few)
    plain = Run(4, [row for row in LAYOUT if not row[4]])  # without standards
    dash = "plate 3 -  Quantification"
    write("cq-only.csv", plain.cq_results())
    write("summary-only.csv", plain.summary())
    write("alleles-only.csv", plain.alleles())
    write("end-point-only.csv", plain.end_point("FAM"))
    write(f"{dash} Plate View Results_FAM.csv", plain.plate("FAM"))
    write(f"{dash} Amplification Results_FAM.csv", plain.amplification("FAM"))
    write(f"{dash} Amplification Results_SRY.csv", plain.amplification("FAM"), german=True)
    raw = [
        [c if i < 2 or n == 0 else number(float(c) + 1500) for i, c in enumerate(row)]
        for n, row in enumerate(plain.amplification("FAM"))
    ]
    write("not subtracted -  Quantification Amplification Results_FAM.csv", raw)
    custom = [["Run Started", "05/02/2024 13:47:21 UTC"], ["Base Serial Number", "CT000001"], []]
    custom += [["Well", "Content", "Sample", "Cq"]]
    custom += [[w.name, w.content, w.sample, number(w.cq["FAM"], "")] for w in plain.wells]
    write("few-columns.csv", custom)
    # people rename, and keep Cqs and curves in two folders
    write("renamed/results/monday cq.csv", small.cq_results())
    write("renamed/curves/monday SRY.csv", [["", *r[1:]] for r in small.amplification("FAM")])
    write("renamed/curves/monday_hex.csv", small.amplification("HEX"))
    for n, one in (("Monday", small), ("Tuesday", other)):
        write(f"two-runs/{n} -  Quantification Cq Results_0.csv", one.cq_results())
        write(f"two-runs/{n} -  Quantification Amplification Results_FAM.csv", one.amplification("FAM"))
        write(f"two-runs/{n}_Run Information.csv", one.information(n))
        write(f"same-name/{n}/run -  Quantification Cq Results_0.csv", one.cq_results())
        write(f"same-name/{n}/run -  Quantification Amplification Results_FAM.csv", one.amplification("FAM"))
    write("parts-of-two/Monday -  Quantification Cq Results_0.csv", small.cq_results())
    write("parts-of-two/Monday -  Quantification Amplification Results_FAM.csv", small.amplification("FAM"))
    write("parts-of-two/Friday -  Quantification Amplification Results_FAM.csv", other.amplification("FAM"))
    write("parts-of-two/Friday_Run Information.csv", other.information("Friday"))
    write("same-twice/run-Quantification-Amplification_Results-SRY.csv", small.amplification("FAM"))
    write("same-twice/run-Quantification-Amplification_Results_FAM.csv", small.amplification("FAM"))
    write("same-twice/run-Quantification-Cq_Results.csv", small.cq_results())
    # as the host shows the sheets of Maestro's own workbooks
    for kind, sheets in (
        ("Amplification", {d: small.amplification(d) for d in small.dyes}),
        ("Cq", {"0": small.cq_results()}),
    ):
        book = f"workbooks/friday -  Quantification {kind} Results.xlsx"
        for sheet, table in sheets.items():
            write(f"{book}/{sheet}.csv", table)
        write(f"{book}/Run Information.csv", small.information("friday"))

    cq, curves = plain.cq_results(), plain.amplification("FAM")
    bad("cq", cq, lambda t: t[2].__setitem__(7, "2l.9"))
    bad("content", cq, lambda t: t[2].__setitem__(4, "Mystery-1"))
    bad("well", cq, lambda t: t[2].__setitem__(1, "Q07"))
    bad("two-answers", cq, lambda t: t.append([*t[1][:7], "31.5", *t[1][8:]]))
    bad("cut", cq, lambda t: None)
    cut = HERE / "bad-cut.csv"
    cut.write_bytes(cut.read_bytes()[:-40])
    bad("missing-value", curves, lambda t: t[7].__setitem__(2, ""))
    bad("cycle", curves, lambda t: t[7].__setitem__(1, "6.5"))
    bad("cycle-twice", curves, lambda t: t[7].__setitem__(1, "6"))
    bad("well-twice", curves, lambda t: t[0].__setitem__(3, t[0][2]))
    bad("no-rows", cq, lambda t: t.__delitem__(slice(1, None)))
    write("bad-no-wells/friday_Run Information.csv", small.information("friday"))
    write("bad-whose-curves/run -  Quantification Cq Results_0.csv", small.cq_results())
    write("bad-whose-curves/run -  Quantification Amplification Results_probe.csv", small.amplification("FAM"))
    for top in HERE.iterdir():
        size = sum(path.stat().st_size for path in [top, *top.rglob("*")] if path.is_file())
        assert size <= 15 * 1024, (top, size)


if __name__ == "__main__":
    main()
