#!/usr/bin/env python3
"""Writes fixtures/ from simulated curves; run it again after a change and look at the difference.

Only the layout of the files follows the program; samples, targets and numbers are made up. bad-* must be refused.
"""

import math
import pathlib

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
TAB = "\t"
RAW = ["SamplePos", "SampleName", "Prog#", "Seg#", "Cycle#", "Time", "Temp"]
CP = ["Include", "Color", "Pos", "Name", "Cp", "Concentration", "Standard", "Status"]
CALLS = ["Include", "Color", "Pos", "Name", "Group", "Score", "Res", "Status"]
LONG = ['"Experiment Name"', '"Analysis Name"', "Included", "Position", '"SampleName"', "CrossingPoint"]
LONG += ["Concentration", "Standard", '"StatusCodes"', '"StatusDesc"', "Call", "CpUncertain", "CpState"]
LONG += ["CalcConcUncertain"]
SAMPLES = ["General:Pos", "General:Sample Name", "General:Repl. Of", "General:Filt. Comb.", "General:Target Name"]
SAMPLES += ["Sample Preferences:Color", "Abs Quant:Concentration", "Rel Quant:Combined Sample/Target type"]
WELLS = {"A1": ("Donor 1", 12), "A2": ("Donor 2", 14.5), "B1": ("Water", 99), "B2": ("Level 1", 10)}


def write(name, lines, end="\r\n"):
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(line + end for line in lines).encode())


def rows(header, cells):
    return [TAB.join(header), *(TAB.join(row) for row in cells)]


def raw(experiment, channels=("465-510", "533-580"), segments=((2, 2),), cycles=20, wells=WELLS, melting=8):
    """Sigmoid curves, a second channel half as high and a cycle later, and a melting curve."""
    out = [f"Raw Data {TAB}{TAB}Experiment - {experiment} (Run on LCS480 1.5.0.39)", TAB.join([*RAW, *channels, ""])]
    for well, (sample, cp) in wells.items():
        time = 200000
        for cycle in range(1, cycles + 1):
            for program, segment in segments:
                values = [
                    0.5 + 0.1 * n + (20 / (n + 1) + segment) / (1 + math.exp((cp + n + 2 - cycle) / 1.2))
                    for n in range(len(channels))
                ]
                time += 38700
                cells = [
                    well,
                    sample,
                    str(program),
                    str(segment),
                    str(cycle),
                    str(time),
                    f"{59.8 + cycle % 3 / 100:.2f}",
                ]
                out.append(TAB.join(cells + [f"{value:.2f}" for value in values]))
        for point in range(melting):
            time += 560
            melt = 9 / (1 + math.exp((point - 4) / 0.7)) + 0.2
            cells = [well, sample, "3", "1", "1", str(time), f"{60 + 4.5 * point:g}"]
            out.append(TAB.join(cells + [f"{melt / (n + 1):.2f}" for n in range(len(channels))]))
    return out


def above(experiment, filter_="FAM (465-510)", blanks="  "):
    return f"Experiment: {experiment}{blanks}Selected Filter: {filter_}"


def results(experiment, filter_="FAM (465-510)", late=""):
    """A Cp is padded to five; no call is empty; 128 is a standard, 255 a positive, 65280 a negative."""
    return [
        above(experiment, filter_),
        *rows(
            CP,
            [
                ["True", "255", "A1", "Donor 1", "12.01", "2.51E4", "0", ""],
                ["True", "255", "A2", "Donor 2", "14.52", "4.30E3", "0", late],
                ["True", "65280", "B1", "Water", "", "", "0", ""],
                ["True", "128", "B2", "Level 1", "  9.98", "1.01E5", "100000", ""],
            ],
        ),
    ]


def long(experiment, analyses):
    out = [TAB.join(LONG)]
    for analysis, wells in analyses.items():
        for well, sample, cp, call, state in wells:
            cells = [f'"{experiment}"', f'"{analysis}"', "1", well, f'"{sample}"', cp or " ", " ", " ", '" "', '" "']
            out.append(TAB.join([*cells, call, "0", state, "0"]))
    return out


def samples(kind="Target Unknown"):
    cells = []
    for well, (sample, _) in WELLS.items():
        word = {"Water": "Target Negative", "Level 1": "Target Standard"}.get(sample, kind)
        level = "100000" if sample == "Level 1" else ""
        cells.append([well, sample, "", "465-510", "SRY", "$00FF8000", level, word])
        cells.append([well, sample, "", "533-580", "RPP30", "clRed", "", word.replace("Target", "Ref")])
    return rows(SAMPLES, cells)


def calls(experiment):
    return [
        above(experiment),
        *rows(
            CALLS,
            [
                ["True", "3200768", "A1", "Donor 1", "1", "0.96", "0.18", ""],
                ["True", "3200768", "A2", "Donor 2", "1", "0.97", "0.2", ""],
                ["True", "16776975", "B1", "Water", "Negative", "", "", ""],
                ["True", "151", "B2", "Level 1", "Unknown", "0.6", "0.4", ""],
            ],
        ),
    ]


POSITIVE, NEGATIVE = "pdcPositive", "pdcNegative"
MAX, FIT = "Abs Quant/2nd Derivative Max for All Samples", "Abs Quant/Fit Points for All Samples"
LONG_WELLS = [
    ("A1", "Donor 1", "12.0123456789", POSITIVE, "cpsNormal"),
    ("A2", "Donor 2", "35", POSITIVE, "cpsLarge"),
    ("B1", "Water", "", NEGATIVE, "cpsNormal"),
]


def main():
    write("raw.txt", raw("Monday"))
    write("raw-one-channel-lf.txt", [line.rstrip() for line in raw("Monday", ("483-533",), melting=0)], "\n")
    write("raw-two-segments.txt", raw("Monday", ("483-533",), ((2, 2), (2, 3)), 12))
    write("results.txt", results("Monday", late=">"))
    write("results-decimal-comma.txt", [line.replace(".", ",") for line in results("Monday", "FAM (465-510)")])
    cr = [line.rstrip() for line in results("Monday")]
    write("results-cr.txt", [above("Monday", blanks=" ") + TAB * 7, cr[1], cr[2] + TAB, *cr[3:]], "\r")
    excluded = [line.replace("True", "False", 1) if "A2" in line else line for line in results("Monday")]
    write("results-excluded.txt", excluded)
    write("calls.txt", calls("Monday"))
    write("analysis.txt", long("Monday", {MAX: LONG_WELLS}))
    other = [("A1", "Donor 1", "11.2", POSITIVE, "cpsNormal"), ("A2", "Donor 2", "13.9", POSITIVE, "cpsNormal")]
    write("analysis-two.txt", long("Monday", {MAX: LONG_WELLS, FIT: other}))
    parts = {MAX.replace("All", "SRY"): LONG_WELLS[:1], MAX.replace("All", "RPP30"): LONG_WELLS[1:]}
    write("analysis-subsets.txt", long("Monday", parts))
    write("samples.txt", samples())
    for name, lines in (("cp", results("Monday")), ("melt", calls("Monday")), ("raw", raw("Monday"))):
        write(f"run/Monday {name}.txt", lines)
    write("run/Monday samples.txt", samples())
    write("run/notes.txt", ["all well"])
    write("raw-and-analysis/a.txt", long("Monday", {MAX: LONG_WELLS}))
    write("raw-and-analysis/b.txt", raw("Monday", ("465-510",)))
    write("two-experiments/a.txt", results("Monday"))
    write("two-experiments/b.txt", results("Tuesday"))
    write("two-experiments/samples.txt", samples())
    write("disagree/a.txt", results("Monday"))
    write("disagree/b.txt", [line.replace("12.01", "12.34") for line in results("Monday")])

    good = results("Monday")
    write("bad-cp.txt", [line.replace("14.52", "14.5x") for line in good])
    write("bad-well.txt", [line.replace("A2", "A25") for line in good])
    write("bad-twice.txt", [*good, good[-1]])
    write("bad-include.txt", [line.replace("True", "Yes", 1) for line in good])
    write("bad-merged-line.txt", [*good[:2], good[2] + good[3], *good[4:]])
    write("bad-empty.txt", good[:2])
    write("bad-type.txt", samples("Target Suspicious"))
    curves = raw("Monday", cycles=10, melting=0)
    write("bad-cut-at-line.txt", curves[:-3])
    write("bad-cut.txt", [*curves[:-3], curves[-3][:-6]])
    write(
        "bad-cycle-twice.txt", [line.replace(f"{TAB}2{TAB}2{TAB}9{TAB}", f"{TAB}2{TAB}2{TAB}8{TAB}") for line in curves]
    )
    write("bad-no-channel.txt", raw("Monday", (), cycles=3))
    write("bad-sample.txt", [line.replace("Donor 1", "Donor 9") if f"{TAB}5{TAB}" in line else line for line in curves])
    write("bad-fluorescence.txt", [line.replace("0.50", "O.50") for line in curves])


if __name__ == "__main__":
    main()
