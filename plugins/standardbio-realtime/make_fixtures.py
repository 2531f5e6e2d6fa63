#!/usr/bin/env python3
"""Writes fixtures/ in the layout of BioMark's real-time tables; all is made up. bad-* must be refused."""

import pathlib

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
PREAMBLE = [
    "Chip Run Filename,D:\\runs\\Monday\\ChipRun.bml",
    "Application Version,4.1.3",
    "Application Build,20130101.0001",
    "Export Type,Table Results",
    "Quality Threshold,0.65",
    "Baseline Correction Method,Linear",
    "Ct Threshold Method,Auto (Global)",
    "",
    "",
]
SAMPLES = {48: ("Day 28", "Unknown", "1"), 13: ("Calibrator", "Standard", "0.05"), 1: ("Water", "NTC", "1")}
ASSAYS = {1: "SRY", 2: "RPP30", 3: "RPP30"}
FOUND = {  # value, quality, call
    (48, 1): ("34.6154024701642", "0.85", "Pass"),
    (48, 2): ("22.5", "0.91", "Pass"),
    (48, 3): ("23.25", "0.47", "Fail"),
    (13, 1): ("30.125", "0.9", "Pass"),
    (13, 2): ("21.0625", "0.95", "Pass"),
    (13, 3): ("21.125", "0.96", "Pass"),
}


def header(dyes, merged=False, tm=False):
    n = 4 + (3 if tm else 0)
    one = ["Experiment Information"] * (4 + 2 * len(dyes)) + [dye for dye in dyes for _ in range(n)]
    two = ["Chamber", "Sample", "Sample", "Sample"] + [dye for dye in dyes for _ in range(2)]
    two += (["Ct"] * 4 + ["Tm"] * (3 if tm else 0)) * len(dyes)
    three = ["ID", "Name", "Type", "rConc"] + ["Name", "Type"] * len(dyes)
    found = ["Value", "Quality", "Call", "Threshold"] + (["In Range", "Out Range", "Peak Ratio"] if tm else [])
    three += found * len(dyes)
    lines = [one, two, three]
    if merged:
        lines = [[c if i == 0 or c != line[i - 1] else "" for i, c in enumerate(line)] for line in (one, two)] + [three]
    return [",".join(line) for line in lines]


def rows(dyes, tm=False):
    out = []
    for sample, (name, kind, rconc) in SAMPLES.items():
        for assay, target in ASSAYS.items():
            cells = [f"S{sample:02}-A{assay:02}", name, kind, rconc]
            for dye in dyes:
                cells += [target if dye == dyes[0] else f"{target} probe 2", "Test"]
            for d in range(len(dyes)):
                value, quality, call = FOUND.get((sample, assay), ("999", "0", "Fail"))
                cells += [value if d == 0 or value == "999" else f"{float(value) + 1}", quality, call, f"0.05{d}"]
                if tm:
                    cells += ["999", "999", "0"] if value == "999" else ["81.5", "999", "1"]
            out.append(",".join(cells))
    return out


def write(name, lines, end="\r\n"):
    HERE.mkdir(parents=True, exist_ok=True)
    (HERE / name).write_bytes((end.join(lines) + end).encode())


def main():
    dye = ["FAM-MGB"]
    whole = [*PREAMBLE, *header(dye), *rows(dye)]
    write("table.csv", whole)
    write("two-dyes.csv", [*PREAMBLE, *header(["FAM-MGB", "VIC-TAMRA"], merged=True), *rows(["FAM-MGB", "VIC-TAMRA"])])
    write("melting.csv", [*PREAMBLE, *header(["EvaGreen"], tm=True), *rows(["EvaGreen"], tm=True)], "\n")
    write("more-tables.csv", [*whole, "", "Raw Data for Probe FAM-MGB", "Chamber ID,1,2", "S48-A01,0.1,0.2"])
    bad = len(PREAMBLE) + 3
    write("bad-ct.csv", [*whole[:bad], whole[bad].replace("34.6", "34,6,"), *whole[bad + 1 :]])
    write("bad-number.csv", [*whole[:bad], whole[bad].replace("34.6", "E4.6"), *whole[bad + 1 :]])
    write("bad-call.csv", [*whole[:bad], whole[bad].replace("Pass", "Past"), *whole[bad + 1 :]])
    write("bad-chamber.csv", [*whole[:bad], whole[bad].replace("S48-A01", "S48A01"), *whole[bad + 1 :]])
    write("bad-type.csv", [*whole[:bad], whole[bad].replace("Unknown", "Unknwon"), *whole[bad + 1 :]])
    write("bad-twice.csv", [*whole, whole[bad]])
    groups = ",".join(["Chamber"] + ["Sample"] * 3 + ["Assay"] * 2 + ["Ct"] * 4)
    write("bad-no-dye.csv", [*PREAMBLE, "", groups, *whole[bad - 1 :]])
    write("bad-empty.csv", whole[:bad])


if __name__ == "__main__":
    main()
