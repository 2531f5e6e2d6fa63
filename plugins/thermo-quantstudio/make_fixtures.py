#!/usr/bin/env python3
"""Writes fixtures/ from simulated curves; run it again after a change and look at the difference.

Only the layout of the files follows the program; samples, targets and numbers are made up. bad-* must be refused.
"""

import pathlib

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
T = "\u0442"  # the program writes a Cyrillic letter in "Ct"
CYCLES = 30
THRESHOLD = 0.2
SLOPE, INTERCEPT = -3.4, 36.0
COLOUR = '"RGB(1,2,3)"'
SETUP = "Well\tWell Position\tSample Name\tSample Color\tBiogroup Name\tBiogroup Color\tTarget Name\tTarget Color\tTask"
SETUP += "\tReporter\tQuencher\tQuantity\tComments"
STANDARD = "Well\tWell Position\tOmit\tSample Name\tTarget Name\tTask\tReporter\tQuencher\tCT\tCt Mean\tCt SD\tQuantity"
STANDARD += "\tQuantity Mean\tQuantity SD\tAutomatic Ct Threshold\tCt Threshold\tAutomatic Baseline\tBaseline Start"
STANDARD += "\tBaseline End\tComments\tY-Intercept\tR(superscript 2)\tSlope\tEfficiency\tAmp Score\tCq Conf"


def number(value):
    return "" if value is None else f"{value:,.3f}"


def position(number_, columns=12):
    return f"{chr(65 + (number_ - 1) // columns)}{(number_ - 1) % columns + 1}"


class Reaction:
    """One target in one well, with a curve that crosses the threshold at its Cq."""

    def __init__(self, rng, well, sample, target, task, copies=None, reporter="FAM", columns=12):
        self.well, self.sample, self.target, self.task, self.reporter = well, sample, target, task, reporter
        self.position = position(well, columns)
        self.copies = copies
        self.cq = INTERCEPT + SLOPE * np.log10(copies) + rng.normal(0, 0.03) if copies else None
        cycles = np.arange(1, CYCLES + 1)
        rise = 0 if self.cq is None else 2 / (1 + np.exp(-0.7 * (cycles - self.cq - 3.2)))
        self.rn = 0.6 + 0.001 * cycles + rise + rng.normal(0, 0.001, CYCLES)
        last = 25 if self.cq is None else max(5, int(self.cq) - 4)
        self.last = last
        line = np.polyfit(cycles[2:last], self.rn[2:last], 1)
        self.delta = self.rn - np.polyval(line, cycles)
        self.reference = 1.5e6 + rng.normal(0, 1e4, CYCLES)

    def ct(self):
        return "Undetermined" if self.cq is None else f"{self.cq:.3f}"

    def setup(self):
        nominal = number(self.copies) if self.task == "STANDARD" else ""
        return (
            f"{self.well}\t{self.position}\t{self.sample}\t{COLOUR if self.sample else ''}\t\t\t{self.target}\t{COLOUR}"
            f"\t{self.task}\t{self.reporter}\tNFQ-MGB\t{nominal}\t"
        )

    def result(self, omit="false"):
        quantity = self.copies if self.task == "STANDARD" or self.cq is None else 10 ** ((self.cq - INTERCEPT) / SLOPE)
        if self.cq is None:
            quantity = None
        mean = f"{self.cq:.3f}\t0.030" if self.cq else "\t"
        return (
            f"{self.well}\t{self.position}\t{omit}\t{self.sample}\t{self.target}\t{self.task}\t{self.reporter}\tNFQ-MGB"
            f"\t{self.ct()}\t{mean}\t{number(quantity)}\t\t\ttrue\t{THRESHOLD:.3f}\ttrue\t3\t{self.last}\t"
            f"\t{INTERCEPT:.3f}\t0.999\t{SLOPE:.3f}\t{100 * (10 ** (-1 / SLOPE) - 1):.3f}\t1.200\t0.980"
        )


def preamble(kind, name, end="2024-03-11 16:28:28 PM EDT", instrument="QuantStudio(TM) 7 Flex System", block=None):
    lines = [] if block == "" else [f"* Block Type = {block or '96-Well Block (0.2mL)'}"]
    lines += ["* Calibration Background is expired  = No", "* Calibration Background performed on = 10-20-2023"]
    lines += ["* Chemistry = TAQMAN", "* Experiment Barcode = NA", f"* Experiment File Name = D:\\runs\\{name}.eds"]
    lines += [f"* Experiment Name = {name}", f"* Experiment Run End Time = {end}", f"* Experiment Type = {kind}"]
    lines += ["* Instrument Name = one", "* Instrument Serial Number = 270000001", f"* Instrument Type = {instrument}"]
    lines += ["* Passive Reference = ROX", "* Quantification Cycle Method = Ct", "* User Name = NA"]
    return lines


def curves(reactions, cycles=CYCLES):
    rows = ["[Amplification Data]", "Well\tCycle\tTarget Name\tRn\tDelta Rn"]
    for r in reactions:
        rows += [f"{r.well}\t{c + 1}\t{r.target}\t{r.rn[c]:.3f}\t{r.delta[c]:.3f}" for c in range(cycles)]
    return rows


def dyes(reactions, cycles):
    rows = ["[Multicomponent Data]", "Well\tWell Position\tCycle\tFAM\tROX"]
    for c in range(cycles):
        rows += [
            f"{r.well}\t{r.position:>8}\t{c + 1}\t{number(r.rn[c] * r.reference[c])}\t{number(r.reference[c])}"
            for r in reactions
        ]
    return rows


def filters(wells, cycles, columns=12):
    rows = ["[Raw Data]", "Well\tWell Position\tCycle\tx1-m1\tx4-m4"]
    for c in range(cycles):
        rows += [f"{w}\t{position(w, columns):>8}\t{c + 1}\t{number(4000 * w + c)}\t{number(-12.5 - c)}" for w in wells]
    return rows


def write(name, lines, newline="\r\n", encoding="utf-8"):
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((newline.join(lines) + newline).encode(encoding))


def plate(rng):
    plan = [(1, "", "STANDARD", 10000), (2, "", "STANDARD", 1000), (3, "", "STANDARD", 100), (4, "", "NTC", None)]
    plan += [(5, "day 28", "UNKNOWN", 1250), (6, 'the "other" donor', "UNKNOWN", 37)]
    return [Reaction(rng, well, sample, "SRY", task, copies) for well, sample, task, copies in plan]


def results(reactions, header=STANDARD):
    return ["[Results]", header, *[r.result() for r in reactions]]


def standard_curve(reactions, name="Monday", cycles=CYCLES):
    setup = ["", "[Sample Setup]", SETUP, *[r.setup() for r in reactions], "7\tA7" + "\t" * 11]
    lines = preamble("Standard Curve", name) + setup + ["", ""] + curves(reactions, cycles) + ["", ""]
    lines += [*dyes(reactions, 3), "", "", *filters(range(1, 8), 2), ""]
    return lines + results(reactions)


def comparative(rng):
    """ViiA 7, SYBR Green with melting curves, 384 wells, numbers with a decimal; a table that ends in footers."""
    plan = [(1, "liver", "GAPDH", 5000), (2, "liver", "TNF", 200), (25, "", "TNF", None), (26, "lung", "TNF", 40)]
    reactions = [
        Reaction(rng, well, sample, target, "UNKNOWN" if copies else "NTC", copies, "SYBR", 24)
        for well, sample, target, copies in plan
    ]
    end, block = "2024-03-11 09:09:19 PM EST", "384-Well Block"
    lines = preamble(f"Comparative C{T} (ΔΔC{T}) ", "RQ", end, "ViiA 7", block)
    setup = [r.setup() for r in reactions]
    lines += ["", "[Sample Setup]", SETUP, setup[0].replace("1\t", "1.0\t", 1), *setup[1:], "27\tB3" + "\t" * 11]
    lines += [""] + curves(reactions[:2], 8) + [f"27\t{c + 1}\t\t\t" for c in range(3)]
    lines += ["", "[Multicomponent Data]", "Well\tWell Position\tCycle\tROX\tSYBR", ""]
    header = "Well\tWell Position\tOmit\tSample Name\tTarget Name\tTask\tReporter\tQuencher\tQuantity\tRQ\tCT\tCt Mean"
    header += "\tDelta Ct\tAutomatic Ct Threshold\tTm1\tCt Threshold\tAutomatic Baseline\tBaseline Start\tBaseline End"
    header += "\tComments\tAmp Score\tCustom1"
    lines += ["[Results]", header]
    for r in reactions:
        mean = f"{r.cq:.3f}" if r.cq else ""
        lines.append(
            f"{r.well}\t{r.position}\tfalse\t{r.sample}\t{r.target}\t{r.task}\tSYBR\tNone\t\t\t{r.ct()}\t{mean}"
            f"\t\ttrue\t81.{r.well}\t0.200\ttrue\t3\t{r.last}"
        )
    lines += ["", "Analysis Type = Singleplex", "Endogenous Control = GAPDH", "RQ Min/Max Confidence Level = 95.0"]
    lines += ["Reference Sample = liver", "", "[Melt Curve Raw Data]"]
    lines += ["Well\tWell Position\tReading\tTemperature\tFluorescence\tDerivative"]
    for i, at in enumerate((60.1, 60.4, 60.7), 1):
        lines.append(f"1\tA1\t{i}\t{at:.3f}\t{1234.5 - i:,.3f}\t{0.1 * i:.3f}")
    return lines


def presence(rng):
    lines = preamble("Presence/Absence", "PA", "2024-03-11 01:44:54 AM EDT", "QuantStudio(TM) 6 Flex System")
    setup = (
        "Well\tWell Position\tSample Name\tSample Color\tTarget Name\tTarget Color\tTask\tReporter\tQuencher\tComments"
    )
    header = "Well\tWell Position\tOmit\tSample Name\tTarget Name\tTask\tReporter\tQuencher\tRn\tRn Mean\tRn SD"
    header += "\tThreshold Value\tCall\tComments\tAutomatic Ct Threshold\tCt Threshold\tAutomatic Baseline"
    header += "\tBaseline Start\tBaseline End\tCT\tAmp Score\tCq Conf\tNOAMP\tEXPFAIL"
    plan = [
        (1, "NAC", "IPC", "BlockedIPC", None, "VIC", "Blocked IPC Control", "N\tN"),
        (1, "NAC", "virus", "NTC", None, "FAM", "Negative Control", "N\tN"),
        (2, "case", "IPC", "IPC", 300, "VIC", "IPC Succeeded", "N\tN"),
        (2, "case", "virus", "UNKNOWN", 90, "FAM", "Presence", "N\tN"),
        (3, "case 2", "IPC", "IPC", None, "VIC", "IPC Failed", "Y\tY"),
    ]
    made = [(Reaction(rng, w, s, t, task, c, dye), call, flags) for w, s, t, task, c, dye, call, flags in plan]
    lines += ["", "[Sample Setup]", setup]
    for r, _, _ in made:
        cells = [r.well, r.position, r.sample, COLOUR, r.target, COLOUR, r.task, r.reporter, "NFQ-MGB", ""]
        lines.append("\t".join(map(str, cells)))
    lines += ["", "", "[Results]", header]
    for r, call, flags in made:
        lines.append(
            f"{r.well}\t{r.position}\tfalse\t{r.sample}\t{r.target}\t{r.task}\t{r.reporter}\tNFQ-MGB\t{r.rn[-1]:.3f}"
            f"\t1.000\t0.010\t1.100\t{call}\t\tfalse\t0.200\tfalse\t1\t30\t{r.ct()}\t0.900\t0.800\t{flags}"
        )
    return lines


def genotyping(rng):
    """One row per well, two targets; the curves call them by assay and allele. Well 3 is in the set-up only."""
    setup = "Well\tWell Position\tSample Name\tSample Color\tSNP Assay Name\tSNP Assay Color\tTask\tAllele1 Name"
    setup += "\tAllele1 Color\tAllele1 Reporter\tAllele1 Quencher\tAllele2 Name\tAllele2 Color\tAllele2 Reporter"
    setup += "\tAllele2 Quencher\tComments"
    header = (
        "Well\tWell Position\tOmit\tSample Name\tSNP Assay Name\tTask\tAllele1 Delta Rn\tAllele2 Delta Rn\tPass.Ref"
    )
    header += "\tQuality(%)\tCall\tMethod"
    for allele in "12":
        header += f"\tAllele{allele} Automatic Ct Threshold\tAllele{allele} Ct Threshold"
        header += f"\tAllele{allele} Automatic Baseline\tAllele{allele} Baseline Start\tAllele{allele} Baseline End"
    header += "\tAllele1 Ct\tAllele2 Ct\tComments\tAllele1 Amp Score\tAllele2 Amp Score"
    lines = [*preamble("Genotyping", "SNP", "2024-03-11 00:51:26 AM EDT"), "", "[Sample Setup]", setup]
    plan = [
        (1, "water", "NTC", None, None),
        (2, "both", "PC_ALLELE_BOTH", 900, 800),
        (3, "donor", "UNKNOWN", 700, None),
    ]
    rows, made = [], []
    for well, sample, task, one, two in plan:
        pair = [Reaction(rng, well, sample, f"rs1-Allele {i + 1}", task, c) for i, c in enumerate((one, two))]
        made += pair
        allele = "\t".join(f"Allele {i}\t{COLOUR}\t{dye}\tNFQ-MGB" for i, dye in ((1, "VIC"), (2, "FAM")))
        lines.append(f"{well}\t{position(well)}\t{sample}\t{COLOUR}\trs1\t{COLOUR}\t{task}\t{allele}\t")
        how = "\t".join(f"true\t0.2{i}0\ttrue\t3\t{r.last}" for i, r in enumerate(pair))
        if well != 3:
            rows.append(
                f"{well}\t{position(well)}\tfalse\t{sample}\trs1\t{task}\t0.1\t0.2\t846,041.750\t100.000\tsome call"
                f"\tAuto\t{how}\t{pair[0].ct()}\t{pair[1].ct()}\t\t1.1\t1.2"
            )
    return [*lines, "", "", *curves(made[::-1], 4), "", "", "[Results]", header, *rows]


def later(rng):
    """QuantStudio 5: verdicts, flags, and a well that was left out by hand."""
    header = "Well\tWell Position\tOmit\tSample Name\tTarget Name\tTask\tReporter\tQuencher\tCT\tCt Threshold"
    header += "\tBaseline Start\tBaseline End\tAmp Status\tCQCONF\tEXPFAIL"
    lines = preamble("Standard Curve", "QS5", "2024-03-11 12:00:01 AM CET", "QuantStudio\u2122 5 System")
    rows = [("false", "Amp", "N\tN", 500), ("true", "Amp", "N\tN", 480), ("false", "No Amp", "Y\tY", 2)]
    rows.append(("false", "Inconclusive", "N\tY", None))
    lines += ["", "[Results]", header]
    for well, (omit, status, flags, copies) in enumerate(rows, 1):
        r = Reaction(rng, well, "S1", "SRY", "UNKNOWN", copies)
        lines.append(
            f"{well}\t{r.position}\t{omit}\tS1\tSRY\tUNKNOWN\tFAM\tNFQ-MGB\t{r.ct()}\t0.2\t3\t{r.last}\t{status}\t{flags}"
        )
    return lines


def equivalent(rng):
    """12K Flex: only the equivalent Ct was exported."""
    header = (
        f"Well\tWell Position\tSample Name\tTarget Name\tTask\tReporter\tEQ.Ct Mean\tEQ.Ct SE\tΔΔC{T}\tEQ.Ct\tF Factor"
    )
    lines = [*preamble("Comparative", "12K", instrument="QuantStudio(TM) 12K Flex System"), "", "[Results]", header]
    for well, copies in ((1, 3000), (2, None)):
        r = Reaction(rng, well, "S1", "SRY", "UNKNOWN", copies)
        lines.append(f"{well}\t{r.position}\tS1\tSRY\tUNKNOWN\tFAM\t\t\t\t{r.ct()}\t1.0")
    return lines


def workbook(rng):
    """The Crt method, as the host hands over the sheets of a workbook."""
    reactions = [
        Reaction(rng, well, sample, target, "UNKNOWN", copies, dye)
        for well, sample in ((1, "R1"), (2, "R2"))
        for target, copies, dye in (("18S", 9000, "VIC"), ("TJP", 40, "FAM"))
    ]
    head = [line[2:].replace(" = ", ",", 1) for line in preamble("Comparative", "Crt")]
    head = [line.replace("Quantification Cycle Method,Ct", "Quantification Cycle Method,Crt") for line in head]
    head = [line.replace("270000001", "270000001.0") for line in head]
    setup = ["Well,Well Position,Sample Name,Sample Color,Target Name,Task,Reporter"]
    setup += [f"{r.well},{r.position},{r.sample},{COLOUR},{r.target},UNKNOWN,{r.reporter}" for r in reactions]
    results_ = ["Well,Well Position,Omit,Sample Name,Target Name,Task,Reporter,CRT,Crt Mean,Automatic Crt Threshold"]
    results_[0] += ",Crt Threshold,Baseline Start,Baseline End"
    results_ += [
        f"{r.well},{r.position},FALSE,{r.sample},{r.target},UNKNOWN,{r.reporter},{r.cq},{r.cq:.3f},TRUE,0.2,1,30"
        for r in reactions
    ]
    results_ += ["Analysis Type,Singleplex", "Reference Sample,R1"]
    rn = ["Well,Cycle,Target Name,Rn,Delta Rn"]
    rn += [f"{r.well},{c + 1},{r.target},{r.rn[c]},{r.delta[c]}" for r in reactions for c in range(3)]
    rn += ["3,1,,,", "3,2,,,"]
    for name, rows in (("Sample Setup", setup), ("Amplification Data", rn), ("Results", results_)):
        write(f"workbook/plate.xlsx/{name}.csv", [*head, "", *rows], "\n")


def main():
    rng = np.random.default_rng(11)
    reactions = plate(rng)
    whole = standard_curve(reactions)
    write("standard-curve.txt", whole)
    write("comparative.txt", comparative(rng), "\n")
    write("presence-absence.txt", presence(rng))
    write("genotyping.txt", genotyping(rng))
    write("quantstudio-5.txt", later(rng))
    write("equivalent-ct.txt", equivalent(rng))
    workbook(rng)
    # The block is not named, and columns stand twice.
    more = STANDARD + "\tTarget Name\tTask"
    lines = [*preamble("Standard Curve", "Only", block=""), "", "[Results]", more]
    write("results-only.txt", lines + [f"{r.result()}\t{r.target}\t{r.task}" for r in reactions], "\n")
    no_results = standard_curve(reactions, "Unfinished", 6)
    write("without-results.txt", no_results[: no_results.index("[Results]")], encoding="utf-16")

    small = preamble("Standard Curve", "Parts")
    setup = ["[Sample Setup]", SETUP, *[r.setup() for r in reactions]]
    write("parts/1 setup.txt", [*small, "", *setup, "", *curves(reactions, 3)])
    write("parts/2 results.txt", [*small, "", *results(reactions)])
    write("parts/notes.txt", ["loaded on Monday"])
    write("disagree/a.txt", [*small, "", *results(reactions)])
    other = [row.replace("Undetermined", "28.500") for row in results(reactions)]
    write("disagree/b.txt", [*small, "", *other])

    short = [*preamble("Standard Curve", "Bad"), "", *results(reactions)]

    def bad(name, old, new, lines=short):
        text = "\n".join(lines)
        assert old in text
        write(f"bad-{name}.txt", text.replace(old, new, 1).split("\n"))

    bad("cq", reactions[4].ct(), reactions[4].ct().replace(".", "l"))
    bad("quantity", "1,000.000", "1,000.0oo")
    bad("task", "\tNTC\t", "\tNTCC\t")
    bad("well", "\n5\tA5\t", "\n5\tA5x\t")
    bad("number", "\n6\tA6\t", "\n97\t\t")
    bad("twice", "\n6\tA6\t", "\n5\tA5\t")
    bad("baseline", "\ttrue\t3\t", "\ttrue\t3.5\t")
    bad("no-well", "Well\tWell Position\t", "Nr\tPlace\t")
    tiny = [*preamble("Standard Curve", "Bad"), "", *setup, "", *curves(reactions[:1], 3)]
    bad("cycle", "1\t3\tSRY", "1\t2\tSRY", tiny)
    bad(
        "samples",
        "[Amplification",
        "[Results]\nWell\tSample Name\tTarget Name\tCT\n5\tday 29\tX\t30\n[Amplification",
        tiny,
    )


if __name__ == "__main__":
    main()
