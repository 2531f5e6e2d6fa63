#!/usr/bin/env python3
"""Writes fixtures/ from made-up results; run it again after a change and look at the difference.

Only the layout of the files follows the programs. bad-* must be refused.
"""

import pathlib

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
T = "\u0442"  # the programs write a Cyrillic letter in "Ct"
COLOUR = '"RGB(1,2,3)"'


def write(name, lines, newline="\r\n", encoding="utf-8"):
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((newline.join(lines) + newline).encode(encoding))


def v2_preamble(
    instrument="steponeplus", block="96well", passive="ROX", name="Monday", end="2024-03-11 01:30:32 PM CET"
):
    lines = [f"* Block Type = {block}", "* Chemistry = TAQMAN", f"* Experiment File Name = D:\\runs, old\\{name}.eds"]
    return [
        *lines,
        f"* Experiment Run End Time = {end}",
        f"* Instrument Type = {instrument}",
        f"* Passive Reference = {passive}",
    ]


def stepone():
    """StepOne 2.0, a standard curve: wells by name, no "Well Position"."""
    header = f"Well\tSample Name\tTarget Name\tTask\tReporter\tQuencher\tC{T}\tC{T} Mean\tC{T} SD\tQuantity\tEfficiency"
    header += "\tSlope\tAutomatic Ct Threshold\tCt Threshold\tAutomatic Baseline\tBaseline Start\tBaseline End\tTm1"
    header += "\tComments\tAMPNC\tHIGHSD"
    plan = [
        ("A1", "S1", "STANDARD", 22.4, "10000"),
        ("A2", "S2", "STANDARD", 25.8, "1000"),
        ("A3", "", "NTC", None, ""),
    ]
    plan += [("A4", "day 28", "UNKNOWN", 25.5, "1255.6"), ("H12", "donor", "UNKNOWN", 24.1, "3166.1")]
    rows = []
    for well, sample, task, cq, quantity in plan:
        ct = "Undetermined" if cq is None else f"{cq:.4f}"
        rows.append(
            f"{well}\t{sample}\tSRY\t{task}\tFAM\tNFQ-MGB\t{ct}\t\t\t{quantity}\t96.84\t-3.4\ttrue\t0.2\ttrue\t3"
            f"\t18\t\t\t{'Y' if well == 'A4' else 'N'}\tN"
        )
    return [*v2_preamble(), "", "[Results]", header, *rows]


def french():
    """Decimal commas, no task, no passive reference, and columns that say neither."""
    header = f"Well\tSample Name\tTarget Name\tRQ\tC{T}\tC{T} Mean\tΔΔC{T}\tAutomatic Ct Threshold\tCt Threshold"
    header += "\tAutomatic Baseline\tBaseline Start\tBaseline End\tTm1\tComments\tHIGHSD"
    rows = []
    for i, (sample, target, cq) in enumerate([("P1", "ACT", 19.7085), ("P1", "SRY", 24.1273), ("P2", "SRY", None)]):
        ct = "Undetermined" if cq is None else f"{cq:.4f}".replace(".", ",")
        rows.append(f"B{i + 1}\t{sample}\t{target}\t\t{ct}\t19,9969\t\ttrue\t1915,4797\ttrue\t3\t13\t82,9817\t\tN")
    end = ["", "Analysis Type = Singleplex", "Endogenous Control = ACT"]
    return [*v2_preamble(passive="", end="Not Started"), "", "[Results]", header, *rows, *end]


def wells(rng, cycles=12):
    """Rn of two wells that amplify."""
    at = np.arange(1, cycles + 1)
    return {w: 1.9 + 0.01 * at + 1 / (1 + np.exp(8 - at)) + rng.normal(0, 0.001, cycles) for w in ("A1", "A2")}


def csv_7500(rng):
    """7500 v2, comma separated and padded by a spreadsheet; rows end early or late."""
    pad = "," * 6
    lines = [f'"{line}"{pad}' if "," in line else line + pad for line in v2_preamble("sds7500", "96alum")]
    setup = "Well,Sample Name,Sample Color,Biogroup Name,Target Name,Target Color,Task,Reporter,Quencher,Comments"
    lines += ["", "[Sample Setup]" + pad, setup, f"A1,P1,{COLOUR},G1,SRY,{COLOUR},UNKNOWN,FAM,NFQ-MGB,"]
    lines += [f'A2,"P2, again",{COLOUR},G1,SRY,{COLOUR},UNKNOWN,FAM,NFQ-MGB', "A3,,,,,,,,"]
    header = f"Well,Sample Name,Target Name,Task,Reporter,Quencher,RQ,C{T},C{T} Mean,ΔC{T},Automatic Ct Threshold"
    header += ",Ct Threshold,Automatic Baseline,Baseline Start,Baseline End,Efficiency,Comments"
    lines += ["", "[Results]" + pad, header, "A1,P1,SRY,UNKNOWN,FAM,NFQ-MGB,1,8.055,8.2,,FALSE,0.1,TRUE,1,5,1,"]
    lines += ['A2,"P2, again",SRY,UNKNOWN,FAM,NFQ-MGB,1,Undetermined,,,FALSE,0.1,TRUE,1,5,1', "A3" + pad]
    lines += ["", "[Raw Data]" + pad, "Well,Cycle,1,2,3"]
    lines += [f"{w},{c},{58546.375 - c},{47266.6758 + c},0" for c in (1, 2) for w in ("A1", "A2", "A3")]
    lines += ["", "[Amplification Data]" + pad, "Well,Cycle,Target Name,Rn,ΔRn,,"]
    for well, rn in wells(rng).items():
        cycles = np.arange(1, len(rn) + 1)
        delta = rn - np.polyval(np.polyfit(cycles[:5], rn[:5], 1), cycles)
        lines += [f"{well},{c},SRY,{rn[c - 1]:.4f},{delta[c - 1]:.4f},," for c in cycles]
    lines += ["A3,1,,,,,,,,", "", "[BioGroup Analysis Result]" + pad, f"Biogroup Name,Target Name,Task,RQ,ΔΔC{T}"]
    return [*lines, "G1,SRY,UNKNOWN,1,0", "", "Analysis Type = Singleplex" + pad, "Reference Biogroup Name = G1" + pad]


def workbook():
    """7500 v2, the sheets of a workbook as the host hands them over."""
    head = [line[2:].replace(" = ", ",", 1) for line in v2_preamble("sds7500fast", "96fast")]
    head = [line.replace("runs, old", "runs") for line in head]
    setup = ["Well,Sample Name,Sample Color,Target Name,Task,Reporter,Quencher,Quantity,Comments"]
    setup += [
        f"A1,10 000,{COLOUR},RNase P,STANDARD,FAM,TAMRA,10000,",
        f"A2,NTC,{COLOUR},RNase P,NTC,FAM,TAMRA,,",
        "A3" + "," * 8,
    ]
    dyes = ["Well,Cycle,FAM,ROX"] + [f"{w},{c},{84227.6875 + c},{3631.0625}" for c in (1, 2) for w in ("A1", "A2")]
    write("workbook/plate.xls/Sample Setup.csv", [*head, "", *setup], "\n")
    write("workbook/plate.xls/Multicomponent Data.csv", [*head, "", *dyes, "A3,1,,"], "\n")


def sds1():
    head = [
        "Document Name: monday ",
        "Plate Type: Absolute Quantification",
        "User: nobody",
        "",
        "Document Information",
        "",
    ]
    head += ["Operator: nobody", "Run Date: Monday, March 11, 2024 12:30:20", ""]
    head += ["Instrument Type: Applied Biosystems 7500 Real-Time PCR System", "", "Comments:", "SDS v1.3", ""]
    table = ["Well,Sample Name,Detector,Task,Ct,StdDev Ct,Qty,Mean Qty,StdDev Qty,Filtered,Tm"]
    table += [
        "A1,S1,SRY,Standard,22.94,0.265,10000,,,,",
        "A2,,SRY,NTC,Undet.,,,,,,",
        "A3,day 28,SRY,Unknown,25.4,,1200.5,,,,",
    ]
    table += ["A3,day 28,ACT,Unknown,20.1,,,,,,"]
    return head, table


def sds2(wells_, plate="Monday plate", names=None):
    lines = ["SDS 2.3\tAQ Results\t1.0", f"Filename\t{plate}", "PlateID\tP7", "Assay Type\tAbsolute Quantification"]
    lines += ["Run DateTime\t3/11/24 7:56:11 PM", "Operator\t", "ThermalCycleParams\t", "", "Sample Information\t", ""]
    header = "Well\tSample Name\tDetector Name\tReporter\tTask\tCt\tQuantity\tQty Mean\tCt Mean\tBaseline Type"
    lines.append(header + "\tBaseline Start\tBaseline Stop\tThreshold Type\tThreshold\tFOS\tHMD\t")
    for i, well in enumerate(wells_):
        ct = "Undetermined" if i == 2 else f"{21.589584 + i:.6f}"
        sample = names[i] if names else f"sample {i}"
        lines.append(
            f"{well}\t{sample}\tSRY\tFAM\tUnknown\t{ct}\t\t\t\tManual\t3\t15\tManual\t0.199274\t{'true' * (i == 1)}\t\t"
        )
    return [*lines, "", "Slope\t\tcycles/log decade", "Y-Intercept\t\t", "R^2\t\t", "", "NAP\tLPL"]


def study():
    """An RQ study of two plates in one table, and its summary below."""
    lines = ["SDS 2.1RQ Results\t1", "Filename\tstudy", "Assay Type\tRQ Study"]
    for card, day in (("card 1", "11"), ("card 2", "12")):
        lines += [
            f"EmbeddedFile\t{card}",
            f"Run DateTime\tMon Mar {day} 13:08:29 GMT 2024",
            "Operator\t",
            "ThermalCycleParams\t",
        ]
    lines += [
        "",
        "Well\tPlateID\tSample\tDetector\tTask\tCt\tdelta Rn\tCt Avg\tBaseline Type\tThreshold\tOutlier\tFilename",
    ]
    rows = [(1, "Il12", "Target", "31.55", ""), (2, "Il12", "Target", "33.1", "X")]
    rows.append((384, "18S", "Endogenous Control", "Undetermined", ""))
    for card, sample in (("card 1", "fp1"), ("card 2", "fp2")):
        for well, detector, task, ct, outlier in rows:
            lines.append(
                f"{well}\t\t{sample}\t{detector}\t{task}\t{ct}\t1.5\t31.55\tAutomatic\t1.0175787\t{outlier}\t{card}"
            )
    lines += ["", "Summary Data for Study study", "Calibrator\tfp1", "PlateID\tSample\tDetector\tRQ", "\tfp1\tIl12\t1"]
    return lines


def rq_export():
    """SDS 1.x: two tables in one file, padded by the program."""
    lines = ["Exported RQ Study Sample Summary and Well Information" + "," * 8, "Document Name: rq" + "," * 8]
    lines += ["SDS v1.4" + "," * 8, "Sample,Detector,Avg Ct,dCt,ddCt,RQ,,,", "S1,SRY,25.1,5.0,0,1,,,", "," * 8]
    lines += ["Well,Sample Name,Detector,Task,Ct,Ct Std Err,Avg Ct,Omit,"]
    return [
        *lines,
        "A1,S1,SRY,Target,25.0,0.01,25.1,,",
        "A2,S1,SRY,Target,25.2,0.01,25.1,,",
        "A3,S1,ACT,ENDO,Undetermined,,,,",
    ]


def clipped():
    lines = ["Detector,Reporter,Start,End,Threshold", "SYBR,SYBR,(Auto),(Auto),Auto:0.554813"]
    return [*lines, "Well,SampleName,Start,End,Ct", "1,S 1,3,12,18.27", "2,S 2,1,30", "96,S 3,3,15,21.5"]


def s7700(late="40"):
    lines = [
        "Well\tReporter\tType\tBaseline StdDev\tdeltaRn\tCt\tQuantity\tReplicate\tQty Mean\tQty StdDev"
        "\tIPC\tSample Name"
    ]
    rows = {
        13: ("VEGF", "25.03", "-1.0000e+00", "B1"),
        14: ("STND", "22", "1.0000e+04", "S1"),
        15: ("NTC", late, "-1.0000e+00", "water"),
    }
    for well in range(1, 97):
        if well in rows:
            kind, ct, quantity, sample = rows[well]
            lines.append(
                f"{well}\tFAM\t{kind}\t2.5521e-03\t2.9804e+00\t{ct}\t{quantity}\t\t0.0000e+00\t0.0000e+00\t0\t{sample}"
            )
        else:
            lines.append(f"{well}\tFAM" + "\t" * 10)
    tail = "\t" * 10
    return [
        *lines,
        "Threshold detection parameters:" + tail,
        f"Baseline start\t3{tail}",
        f"Baseline stop\t15{tail}",
        f"Threshold\t0.024{tail}",
    ]


def main():
    rng = np.random.default_rng(12)
    write("stepone.txt", stepone(), "\n")
    write("stepone-comma.txt", french(), "\n")
    write("7500.csv", csv_7500(rng), "\r")
    workbook()
    head, table = sds1()
    write("sds1.csv", head + table)
    write("sds1-plain.csv", [table[0].replace("Ct,", "CT,", 1), *table[1:]], encoding="latin-1")
    write("sds1-rq.csv", rq_export())
    write("clipped.csv", clipped())
    write("sds2.txt", sds2([25, 26, 97]))
    write("sds2-96.txt", sds2([1, 13, 96]))
    write("sds2-positions.txt", sds2([25, 48, 96], names=["B1", "B24", "D24"]))
    write("sds2-study.txt", study())
    write("7700.txt", s7700(), "\n")
    write("two-plates/monday.txt", sds2([1, 2], "Monday plate"))
    write("two-plates/tuesday.csv", head + table)
    write("two-plates/notes.txt", ["loaded on Monday"])

    write("bad-cq.csv", [*head, *table[:1], table[1].replace("22.94", "22.9l"), *table[2:]])
    write("bad-task.csv", [*head, *table[:2], table[2].replace("NTC", "NTCC"), *table[3:]])
    write("bad-twice.csv", [*head, *table, table[-1]])
    write("bad-number.txt", sds2([25, 26, 385]))
    cut = s7700()
    write("bad-cut.txt", [*cut[:15], cut[15].replace("-1.0000e+00", "-1.0p"), *cut[16:]], "\n")
    write("bad-detectors.csv", [*clipped()[:2], "ROX,ROX,3,15,0.2", *clipped()[2:]])
    lines = french()
    write("bad-comma.txt", [*lines[:10], lines[10].replace("24,1273", "24,12,73"), *lines[11:]], "\n")


if __name__ == "__main__":
    main()
