#!/usr/bin/env python3
"""Writes fixtures/ from simulated partitions; run it again after a change and look at the difference.

Only the layout of the files follows the QIAcuity Software Suite; plates, samples, targets and numbers are made up.
bad-* must be refused.
"""

import itertools
import math
import pathlib
import shutil

import numpy as np
import tomllib

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
INSTRUMENTS = HERE.parents[2] / "instruments/qiagen"
TYPES = {"26k": "Nanoplate 26K 24-well", "8.5k": "Nanoplate 8.5K 96-well"}


def columns(*parts):
    return "|".join(parts).split("|")


COUNTS = "Partitions (valid)|Partitions (positive)|Partitions (negative)|Threshold"
OLD, MIDDLE = "Concentration (copies/µL)|CI (95%)", "Conc. [copies/µL]|CI (95%)"
V12 = columns("|Reaction Mix|Target|Sample/NTC/Control|Type", OLD, COUNTS)
V1X = columns("|Sample/NTC/Control|Reaction Mix|Target|IC|Control type", OLD, COUNTS)
EXCEL = columns("|Sample/NTC/Control|Type|Plate ID|Reaction Mix|Target|IC|Control type", OLD, COUNTS)
V2 = columns(
    "|Sample/NTC/Control|Reaction Mix|Target|IC|Control type", MIDDLE, "Mean conc. [copies/µL]|CI (95%)|SD|CV%", COUNTS
)
V2_HYPERWELL = columns("|Hyperwell|Sample/NTC/Control|Reaction Mix|Target|IC|Control type", MIDDLE, COUNTS)


def new_columns(unit, hyperwell="", more=""):
    return columns(
        f"Plate name|Plate ID|Plate type|Well{hyperwell}|Sample/NTC/Control|Type|Reaction Mix|Target (Name)",
        f"Target (IC)|Target (Control)|Conc. [cp/µL] (dPCR reaction)|Conc. [{unit}] (dPCR reaction)",
        "CI (95%) (dPCR reaction)",
        f"Conc. [cp/µL] (undiluted sample)|Conc. [{unit}] (undiluted sample)",
        "Partitions (Valid)|Partitions (Positive)|Partitions (Negative)|Threshold|Volume per well [µl]",
        "Concentration factor|Template volume [µl]|Total volume [µl]|Conversion factor|Conversion unit" + more,
    )


V25 = new_columns("cp/mL")
V31 = new_columns("-", "|Hyperwell", "|REF|CXT matrix RM template name|CXT matrix RM template ID")
PLATE = "Plate name|Plate ID|Plate type|Well"
RFU = columns(PLATE, "Sample|Channel|Cycled volume|Threshold|Partition|Is invalid|Is positive|RFU|REF")
REFERENCE = columns(PLATE, "Sample|REF|Cycled volume|Threshold high|Threshold low|Partition|Is invalid|RFU")
OCCUPANCY = columns(
    PLATE,
    "Hyperwell|Reaction Mix name|Sample name|Target names|Categories|Group|Valid partitions|Volume per well [μL]",
    "Count categories|Lambda|Conc. per group [cp/µl]",
)
OCCUPANCY_OLD = columns("Well|Hyperwell|Categories|Group|Count|Total|Volume")


def per_well():
    """Partitions of a well, by plate."""
    files = {kind: INSTRUMENTS / f"nanoplate-{kind}.toml" for kind in TYPES}
    return {kind: tomllib.loads(path.read_text())["partition"]["per_well"] for kind, path in files.items()}


PER_WELL = per_well()


class Well:
    """One target in one well or hyperwell."""

    def __init__(self, well, sample, target, k, n, volume, kind="26k", wells=1, **cells):
        self.name, self.sample, self.target, self.k, self.n, self.volume = well, sample, target, k, n, volume
        self.lam = abs(math.log1p(-k / n)) if k < n else math.inf
        self.conc = self.lam * PER_WELL[kind] * wells / volume
        self.cells = cells

    def wald(self):
        """Half-width since 2.x: half of an interval whose lower limit is at least a hundredth of the value."""
        p = self.k / self.n
        arm = 1.959964 * math.sqrt(p / (self.n * (1 - p))) / self.lam if 0 < self.k < self.n else math.nan
        return (arm + min(arm, 0.99)) / 2

    def score(self):
        """Half-width of version 1: the score interval of a Poisson count of as many molecules."""
        z, m = 1.959964, self.n * self.lam
        return z * math.sqrt(m + z * z / 4) / m if 0 < self.k < self.n else math.nan

    def row(self, columns, conc, ci):
        cells = {
            "Sample/NTC/Control": self.sample,
            "Reaction Mix": "Chimerism",
            "IC": "-",
            "Control type": "-",
            "Target (IC)": "-",
            "Target (Control)": "-",
            "Type": "Sample",
            "Threshold": 40.5,
            "Concentration factor": 2.0,
            "Template volume [µl]": "-",
            "Total volume [µl]": "-",
            "Conversion factor": "-",
            "Conversion unit": "-",
            "REF": "Std-Ref",
        }
        for name, value in cells.items():
            cells[name] = self.cells.get(name, value)
        cells.update(self.cells)
        out = []
        for c in columns:
            low = c.lower()
            if c in ("", "Well"):
                out.append(self.name)
            elif low.startswith("target") and c not in cells:
                out.append(self.target)
            elif low.startswith("partitions"):
                out.append({"v": self.n, "p": self.k, "n": self.n - self.k}[low[12]])
            elif low.startswith("ci") and len(out) and "Mean" not in columns[len(out) - 1]:
                out.append(ci(self))
            elif low.startswith("conc") and "factor" not in low:
                scale = (1000 if "mL" in c else 1) * (2 if "undiluted" in c else 1)
                out.append("-" if "[-]" in c else conc(self, scale))
            elif low.startswith("volume"):
                out.append(self.volume)
            else:
                out.append(cells.get(c, ""))
        return [str(cell) for cell in out]


def old_conc(w, scale=1):
    """One decimal; three below one."""
    return w.cells.get("conc") or (f"{w.conc * scale:.1f}" if w.conc >= 1 or w.k == 0 else f"{w.conc * scale:.3f}")


def new_conc(w, scale=1):
    """Four figures; three decimals below ten."""
    x = w.conc * scale
    return f"{x:.3f}" if x < 10 else f"{x:.{max(0, 3 - math.floor(math.log10(x)))}f}"


def full(w, scale=1):
    return repr(w.conc * scale)


def percent(ci, none="-"):
    return lambda w: none if math.isnan(ci(w)) else f"{100 * ci(w):.1f}%".replace(".0%", "%")


def fraction(w):
    return "-" if w.k == 0 else repr(w.wald())


def quoted(rows, delimiter=","):
    return [delimiter.join(f'"{cell}"' for cell in row) for row in rows]


def bare(rows, delimiter=","):
    return [delimiter.join(f'"{c}"' if delimiter in c else c for c in row) for row in rows]


def on_plate(columns, rows, name, number, kind):
    """The plate stands in its first row only."""
    for i, row in enumerate(rows):
        for c, text in zip(columns[:3], (name, number, TYPES[kind]), strict=True):
            row[columns.index(c)] = text if i == 0 else ""
    return rows


def write(name, lines, end="\n", last=False, encoding="utf-8"):
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    data = (end.join(lines) + (end if last else "")).encode(encoding)
    path.write_bytes(data)
    assert len(data) <= 15 * 1024, (name, len(data))


def table(columns, wells, conc, ci):
    return [list(columns)] + [w.row(columns, conc, ci) for w in wells]


def suite_1():
    wells = []
    for well, sample, kind, volume in (
        ("A1", "Day 7", "Sample", 2.71),
        ("A2", "Day 28", "Sample", 2.65),
        ("H12", "Water", "Non Template Control", 2.80),
        ("B1", "Donor", "Control", 2.59),
        ("B2", "Undiluted", "Sample", 2.66),
    ):
        # Every target has a number of valid partitions of its own.
        for i, target in enumerate(("SRY", "S05b", "RPP30")):
            n = 8247 - 3 * i - (4100 if well == "A2" else 0)
            k = 0 if sample == "Water" else (1, 6, 1460)[i] * (1 if well != "B1" else 2)
            if sample == "Undiluted" and target == "RPP30":
                k = n
            extra = {"Threshold": "-"} if i == 2 else {}
            wells.append(Well(well, sample, target, k, n, volume, "8.5k", Type=kind, **extra))
            if k == n:
                wells[-1].cells["conc"] = "n.a."
    bom = "\ufeffsep=,"
    write("suite-1.2-analysis.csv", [bom, *quoted(table(V12, wells, old_conc, percent(Well.score)))])
    few = [Well("A1", "Day 7", "SRY", 12, 25431, 20.1, IC="yes"), Well("A1", "Day 7", "RPP30", 4310, 25431, 20.1)]
    few += [
        Well("A2", "Mix 1", "SRY", 812, 25410, 19.7, **{"Control type": "Positive"}),
        Well("A2", "Mix 1", "RPP30", 800, 25410, 19.7, **{"Control type": "Positive"}),
        Well("A3", "Mix 2", "SRY", 0, 25433, 19.9, **{"Control type": "Negative"}),
        Well("A3", "Mix 2", "RPP30", 640, 25433, 19.9, **{"Control type": "Positive"}),
    ]
    rows = table(V1X, few, old_conc, percent(Well.score))
    rows.append(["B1", "Leaked", "Chimerism", "SRY", "-", "-", "n.a.", "-", "-", "-", "-", "-"])
    write("suite-1.x-analysis.csv", ["sep=,", *quoted(rows)], "\r\n", last=True)
    plates = [
        Well(w, s, "S05b", k, 25480 - k % 7, 20.2, Type=t, **{"Plate ID": p})
        for w, s, k, t, p in (
            ("A1", 1, 1778, "Sample", 811),
            ("B1", 2, 166, "Control", 812),
            ("C1", 3, 362, "Sample", 811),
            ("A1", 4, 0, "Non Template Control", 812),
        )
    ]
    rows = table(EXCEL, plates, new_conc, lambda w: "-" if w.k == 0 else f"{100 * w.wald():.2f}%")
    write("suite-1.x-resaved.csv", ["sep=" + "," * (len(EXCEL) - 1), *bare(rows)], "\r\n", last=True)
    return wells


def suite_2():
    mean = {"Mean conc. [copies/µL]": "2.604", "SD": "2.411", "CV%": "92.59%"}
    wells = [Well(w, "Day 7", "S05b", k, n, 19.8, **mean) for w, k, n in (("A1", 0, 25332), ("A2", 1, 25419))]
    wells += [Well("A3", "Day 7", "S05b", 76, 25227, 19.8, **mean)]
    rows = table(V2, wells, new_conc, percent(Well.wald))
    for row in rows[1:]:
        row[9] = "62.8%"
    # A micro sign that somebody's program could not show.
    write("suite-2-replicates.csv", ["sep=,", *(line.replace("µ", "\ufffd") for line in quoted(rows))])
    one = {"wells": 2, "Hyperwell": "-"}
    wells = [Well("HW1", "Day 28", t, k, 50711, 39.757, **one) for t, k in (("SRY", 0), ("RPP30", 7966))]
    wells += [Well("B1", "Day 60", t, k, 25301, 19.9, Hyperwell="HW2") for t, k in (("SRY", 4), ("RPP30", 3911))]
    wells += [Well("C1", "Day 60", t, k, 25307, 19.8, Hyperwell="HW2") for t, k in (("SRY", 6), ("RPP30", 3899))]
    wells += [Well("HW2", "Day 60", t, k, 50608, 39.7, **one) for t, k in (("SRY", 10), ("RPP30", 7810))]
    # The wells of a hyperwell: with its counts, repeated, and with their own.
    two = [Well(w, "Day 90", "SRY", 7, 50600, 39.7, wells=2, Hyperwell="D1,E1") for w in ("D1", "E1")]
    two += [Well(w, "Day 99", "SRY", k, 25300, 19.8, Hyperwell="F1,G1") for w, k in (("F1", 3), ("G1", 5))]
    wells += two
    rows = table(V2_HYPERWELL, wells, new_conc, percent(Well.wald, "0%"))
    write("suite-2-hyperwell.csv", ["sep=,", *quoted(rows)], "\r\n", last=True, encoding="latin-1")


def suite_3():
    first = [
        Well(w, s, t, k, n, v, Type=kind)
        for w, s, kind, v in (("A1", "Day 7", "Sample", 19.891), ("A2", "Water", "NTC", 19.633))
        for t, k, n in (("SRY", 0 if s == "Water" else 31, 25387), ("RPP30", 0 if s == "Water" else 4021, 25383))
    ]
    second = [Well("A1", "Day 7", t, k, 8240, 2.61, "8.5k") for t, k in (("SRY", 11), ("RPP30", 1290))]
    rows = [list(V25)]
    rows += on_plate(V25, table(V25, first, new_conc, percent(Well.wald))[1:], "Recipient 12", "0b1c-77", "26k")
    rows += on_plate(V25, table(V25, second, new_conc, percent(Well.wald))[1:], "Recipient 12 again", "0b1c-78", "8.5k")
    write("suite-2.5.csv", ["\ufeffsep=,", *quoted(rows)])
    one = [list(V25), *on_plate(V25, table(V25, first, new_conc, percent(Well.wald))[1:], "P7", "77", "26k")]
    order = [V25.index(c) for c in ("Partitions (Positive)", "Well", "Partitions (Valid)")]
    order += [i for i in range(len(V25)) if i not in order]
    other = [[row[i] for i in order] for row in one]
    other[0] = [
        name.upper().replace("µ", "μ").replace("PER WELL ", "per  well ").replace("[", "(") for name in other[0]
    ]
    write("suite-2.5-reordered.tsv", bare(other, "\t"), "\n", last=True)

    wells = [
        Well("HW1", "Day 90", t, k, 50697, 39.757, wells=2, Hyperwell="A1,A2", Type="SAMPLE")
        for t, k in (("SRY", 1), ("RPP30", 7960))
    ]
    wells += [
        Well(w, s, t, k, n, v, Hyperwell="-", Type=kind)
        for w, s, kind, v, both in (
            ("B1", "Day 7", "SAMPLE", 19.891, ((31, 25387), (4021, 25383))),
            ("B2", "Water", "NTC", 19.633, ((0, 25145), (0, 25141))),
            ("C1", "Donor", "CONTROL", 18.564, ((1985, 25307), (3980, 25300))),
        )
        for t, (k, n) in zip(("SRY", "RPP30"), both, strict=True)
    ]
    rows = [list(V31), *on_plate(V31, table(V31, wells, full, fraction)[1:], "Recipient 90", "9f-1", "26k")]
    write("suite-3.1.csv", ["\ufeffsep=,", *bare(rows)], "\r\n", last=True)
    write("suite-3.1-utf-16.csv", ["\ufeffsep=,", *bare(rows)], "\r\n", last=True, encoding="utf-16-le")
    comma = [[c.replace(".", ",") if c.replace(".", "").isdigit() else c for c in row] for row in rows]
    write("suite-3.1-semicolon.csv", ["sep=;", *bare(comma, ";")], "\r", last=True)
    twice = [row[:] for row in rows]
    write("twice/monday.csv", ["\ufeffsep=,", *bare(twice)], "\r\n", last=True)
    write("twice/tuesday.csv", ["sep=;", *bare(comma[:7], ";")], last=True)
    again = [row[:] for row in rows]
    valid, positive = (V31.index(f"Partitions ({what})") for what in ("Valid", "Positive"))
    again[1][valid], again[1][positive] = str(int(again[1][valid]) - 6), str(int(again[1][positive]) - 6)
    again[1][positive] = str(max(int(again[1][positive]), 0))
    negative = V31.index("Partitions (Negative)")
    again[1][negative] = str(int(again[1][valid]) - int(again[1][positive]))
    # The conversion unit is cp/µL, too: columns with one name. Types that no well can have.
    same = new_columns("cp/µL", "|Hyperwell")
    odd = [
        Well("A1", "Blank", t, k, 25411, 20.125, Hyperwell="-", Type="Extraction")
        for t, k in (("SRY", 1), ("RPP30", 9))
    ]
    odd += [Well("HW1", "Water", "SRY", 1, 50697, 39.757, wells=2, Hyperwell="B1,C1", Type="NTC")]
    rows_same = on_plate(same, table(same, odd, new_conc, percent(Well.wald))[1:], "P8", "78", "26k")
    write("suite-3.0-same-unit.csv", ["\ufeffsep=,", *quoted([list(same), *rows_same])], "\r\n", last=True)
    write("two-analyses/software 2.csv", ["sep=,", *bare(rows)], last=True)
    write("two-analyses/software 3.csv", ["sep=,", *bare(again)], last=True)
    return one


class Image:
    """Partitions of one well, two channels; what is invalid differs a little between them."""

    def __init__(self, rng, well, sample, rates, n=118, volume=19.8):
        self.well, self.sample, self.volume = well, sample, volume
        self.number = np.sort(rng.choice(np.arange(190, 420), n, replace=False))
        self.hit = [rng.poisson(rate, n) > 0 for rate in rates]
        self.rfu = [rng.normal(np.where(h, 96, 18), 3) for h in self.hit]
        dead = rng.random(n) < 0.06
        self.invalid = [dead | (rng.random(n) < 0.02) for _ in rates]
        for h, bad in zip(self.hit, self.invalid, strict=True):
            h &= ~bad  # the vendor calls no invalid partition positive

    def counts(self, c):
        return int(self.hit[c].sum()), int((~self.invalid[c]).sum())

    def groups(self):
        """(signs, count) over the partitions that are valid in every channel."""
        good = ~(self.invalid[0] | self.invalid[1])
        for signs in itertools.product("+-", repeat=2):
            both = good
            for h, sign in zip(self.hit, signs, strict=True):
                both = both & (h if sign == "+" else ~h)
            yield "".join(signs), int(both.sum())


def rfu_lines(images, channel, plate, holes=False):
    rows = [list(RFU)]
    c = "GY".index(channel)
    for w in images:
        for i, number in enumerate(w.number):
            value = f"{w.rfu[c][i]:.2f}".rstrip("0").rstrip(".")
            if holes and w.invalid[0][i] and w.invalid[1][i]:
                value = ""
            cells = [w.well, w.sample, channel, w.volume, (41.5, 38.25)[c], number, int(w.invalid[c][i])]
            rows.append(["", "", "", *map(str, [*cells, int(w.hit[c][i]), value, "Std-Ref"])])
    rows[1][:3] = plate
    return ["sep=,", *bare(rows)]


def reference_lines(images, plate):
    rows = [list(REFERENCE)]
    for w in images:
        for i, number in enumerate(w.number):
            cells = [w.well, w.sample, "Std-Ref", w.volume, 206.55, 94.99, number, int(w.invalid[0][i]), 122.62]
            rows.append(["", "", "", *map(str, cells)])
    rows[1][:3] = plate
    return ["sep=,", *bare(rows)]


def occupancy_rows(images, targets, plate):
    rows = [list(OCCUPANCY)]
    for w in images:
        groups = list(w.groups())
        for signs, count in groups:
            total = sum(n for _, n in groups)
            names = ["Chimerism", w.sample, ",".join(targets), "GREEN-YELLOW"]
            rows.append(["", "", "", *map(str, [w.well, "-", *names, signs, total, w.volume, count]), "-", "-"])
    rows[1][:3] = plate
    return rows


def old_occupancy_rows(images):
    rows = [list(OCCUPANCY_OLD)]
    for w in images:
        groups = list(w.groups())
        for signs, count in groups:
            total = sum(n for _, n in groups)
            rows.append([w.well, "-", "GREEN-YELLOW", signs, str(count), str(total), str(w.volume)])
    return rows


def partitions():
    rng = np.random.default_rng(314159)
    images = [Image(rng, "A1", "Day 7", (0.2, 0.9)), Image(rng, "A2", "Water", (0, 0), 100, 19.7)]
    plate, targets = ["Run 4", "4711", TYPES["26k"]], ("SRY", "RPP30")
    wells = []
    for w in images:
        for c, target in enumerate(targets):
            k, n = w.counts(c)
            kind = "NTC" if w.sample == "Water" else "SAMPLE"
            extra = {"Threshold": (41.5, 38.25)[c], "Hyperwell": "-", "Type": kind}
            wells.append(Well(w.well, w.sample, target, k, n, w.volume, **extra))
    rows = [list(V31), *on_plate(V31, table(V31, wells, full, fraction)[1:], *plate[:2], "26k")]
    for folder in ("run", "no-match"):
        write(f"{folder}/Run 4.csv", ["\ufeffsep=,", *bare(rows)], "\r\n", last=True)
    write("run/Run 4_RFU_img1_G_.csv", rfu_lines(images, "G", plate, holes=True))
    write("run/Run 4_RFU_img1_Y_.csv", rfu_lines(images, "Y", plate, holes=True), "\r\n", last=True)
    write("run/Run 4_RFU_img1_REF_.csv", reference_lines(images[1:], plate))
    write("run/Run 4_MultipleOccupancy.csv", ["sep=,", *bare(occupancy_rows(images, targets, plate))])
    write("run/layout.txt", ["A1: day 7", "A2: water"], last=True)
    write("rfu/Run 4_RFU_img1_G_.csv", rfu_lines(images, "G", plate), "\r\n", last=True)
    write("rfu/Run 4_RFU_img1_Y_.csv", rfu_lines(images, "Y", plate), encoding="utf-8-sig")
    write("channel_G.csv", rfu_lines(images[:1], "G", plate), encoding="utf-16")
    write("occupancy-2.5.csv", ["sep=,", *bare(occupancy_rows(images, targets, plate))])
    write("occupancy-old.csv", ["sep=;", *bare(old_occupancy_rows(images), ";")], "\r\n", last=True)
    # An old run: the table names no plate, so only the counts tell that the combinations belong to it.
    old = [Well(w.name, w.sample, w.target, w.k, w.n, w.volume, Type="Sample") for w in wells]
    write("old-run/plate-9-analysis.csv", ["\ufeffsep=,", *quoted(table(V12, old, old_conc, percent(Well.score)))])
    write("old-run/plate-9-occupancy.csv", ["sep=;", *bare(old_occupancy_rows(images), ";")])
    # Partitions of the same wells that were analysed in another way.
    for w in images:
        w.invalid[0] = w.invalid[0] | (np.arange(len(w.number)) < 20)
        w.hit[0] &= ~w.invalid[0]
    write("no-match/G_RFU.csv", rfu_lines(images, "G", plate))
    return rows, images, plate, targets


def wrong(one, rows, images, plate, targets):
    good = quoted(one)
    k = one[1][V25.index("Partitions (Positive)")]

    def cell(old, new):
        return ["sep=,", good[0], good[1].replace(f'"{old}"', f'"{new}"', 1), *good[2:]]

    write("bad-count.csv", cell(k, k[:-1] + "l"))
    write("bad-negative.csv", cell(k, "-" + k))
    write("bad-empty-count.csv", cell(k, ""))
    write("bad-sum.csv", cell(k, str(int(k) + 1)))
    write("bad-concentration.csv", cell(one[1][V25.index("Conc. [cp/µL] (dPCR reaction)")], "1.6x"))
    keep = [i for i, name in enumerate(V25) if name != "Partitions (Valid)"]
    write("bad-missing-column.csv", ["sep=,", *quoted([[row[i] for i in keep] for row in one])])
    write("bad-cut.csv", ["sep=,", "\n".join(good)[:-60]])
    bare_rows = bare(rows)
    write("bad-cut-unquoted.csv", ["sep=,", *bare_rows[:-1], bare_rows[-1][:-40]])
    write("bad-well.csv", cell("A1", "J1"))
    write("bad-two-samples.csv", ["sep=,", good[0], good[1].replace("Day 7", "Day 8"), *good[2:]])
    twice = [Well("A1", "Day 7", "SRY", k, 25000, 20, Type="Sample") for k in (3, 6)]
    write("bad-two-plates.csv", ["sep=,", *quoted(table(V12, twice, old_conc, percent(Well.score)))])
    occupancy = bare(occupancy_rows(images, targets, plate))
    write("bad-occupancy-cut.csv", ["sep=,", *occupancy[:-1]])
    write("bad-occupancy-group.csv", ["sep=,", occupancy[0], occupancy[1].replace("++", "#NAME?"), *occupancy[2:]])
    lines = rfu_lines(images[:1], "G", plate)[:40]
    write("bad-rfu-cut.csv", [*lines[:-1], lines[-1][:-12]])
    write("bad-rfu-cut-in-last-cell.csv", [*lines[:-1], lines[-1][:-3]])
    write("bad-rfu-flag.csv", [*lines[:9], lines[9].replace(",0,0,", ",0,2,").replace(",1,0,", ",1,2,"), *lines[10:]])
    write("bad-rfu-twice.csv", [*lines, lines[-1]])
    write("bad-rfu-value.csv", [*lines[:7], ",".join([*lines[7].split(",")[:11], "18;3", "Std-Ref"]), *lines[8:]])
    write("bad-reference-alone.csv", reference_lines(images[:1], plate)[:30])


def main():
    for path in HERE.glob("*"):
        if path.is_dir():
            shutil.rmtree(path)
        elif path.suffix in (".csv", ".tsv"):
            path.unlink()
    suite_1()
    suite_2()
    one = suite_3()
    wrong(one, *partitions())


if __name__ == "__main__":
    main()
