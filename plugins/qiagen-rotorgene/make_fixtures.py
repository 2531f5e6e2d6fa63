#!/usr/bin/env python3
"""Writes fixtures/ from simulated curves; run it again after a change and look at the difference.

Only the layout of the files follows the program; names and numbers are made up. run.rex and analysis.csv hold all of
it, the others as many tubes as what they show needs. bad-* must be refused.
"""

import math
import pathlib

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
# tube, name, <Type>, word of the analysis, given concentration, middle of the curve
TUBES = [
    (1, "Level 1", 3, "Standard", 4000, 9.0),
    (2, "Donor 7", 2, "Unknown", 0, 11.5),
    (3, "Water", 2, "NTC", 0, 99),
    (9, "Donor 8", 2, "Unknown", 0, 12.5),
]


def write(name, lines, end="\r\n"):
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(line + end for line in lines).encode())


def number(value):
    return f"{value:.6f}".replace("0.", ".", 1) if value < 1 else f"{value:.6f}"


def reading(place, height, tubes):
    middle = {tube: middle for tube, *_, middle in tubes}.get(place)
    if middle is None:
        return ""
    return " ".join(number(0.4 + height / (1 + math.exp((middle - i) / 1.1))) for i in range(1, 16))


def melting(tube):
    return " ".join(number(70 / (1 + math.exp((i - 4 - tube / 10) / 0.8)) + 0.3) for i in range(9))


def channel(name, axis, start, step, readings):
    lines = ["<RawChannel>", f"<Name>{name}</Name>", f"<StartX>{start}</StartX>", f"<StepX>{step}</StepX>"]
    lines += [f"<XAxisLabel>{axis}</XAxisLabel>", "<YAxisLabel>Fluorescence</YAxisLabel>"]
    return [*lines, *(f"<Reading>{values}</Reading>" for values in readings), "</RawChannel>"]


def sample(tube, name, kind, given):
    lines = ["<Sample>", f"<ID>{tube}</ID>", f"<Name>{name}</Name>", f"<Type>{kind}</Type>"]
    return [*lines, f"<GivenConc>{given}</GivenConc>", f"<TubePosition>{tube}</TubePosition>", "</Sample>"]


def rex(channels=("Green", "Yellow"), tubes=TUBES, melts=False, second_page=()):
    positions = range(1, max(tube for tube, *_ in tubes) + 2)
    lines = ['<?xml version="1.0" encoding="utf-8" ?>', "", "<Experiment>", "<RexHeader>REX 3.14</RexHeader>"]
    lines += [
        "<Notes>Chimerism &amp; water</Notes>",
        "<Operator>AB</Operator>",
        "<StartTime>2024-05-06T07:08:09</StartTime>",
    ]
    lines += ["<ReactionVolume>20</ReactionVolume>", "<Samples>", "<ConcentrationUnit>copies/ml</ConcentrationUnit>"]
    lines += ["<Page>", "<Name>Page 1</Name>"]
    for tube, name, kind, _, given, _ in tubes:
        lines += sample(tube, name, kind, given)
    lines += ["</Page>"]
    if second_page:
        lines += ["<Page>", "<Name>Page 2</Name>"]
        for tube, name in second_page:
            lines += sample(tube, name, 0, 0)
        lines += ["</Page>"]
    lines += ["</Samples>", "<Record>"]
    for key, value in (
        ("Program Version", "Rotor-Gene 6000 Series Software 1.7 (Build 87)"),
        ("Machine Serial No", "030001"),
        ("Machine Version", "Rotor-Gene 6000, Firmware Version=6"),
        ("", "Saved At 06/05/2024"),
    ):
        lines += ["<Field>", f"<Name>{key}</Name>", f"<Value>{value}</Value>", "</Field>"]
    lines += ["</Record>", "<RawChannels>"]
    for i, colour in enumerate(channels):
        lines += channel(f"Cycling A.{colour}", "Cycle", 1, 1, [reading(t, 20 / (i + 1), tubes) for t in positions])
    if melts:
        lines += channel("HRM A.HRM", "deg.", 65, ".5", [melting(t) if t < 4 else "" for t in positions])
    lines += [
        "</RawChannels>",
        "<Profile>",
        "<HoldCycle>",
        "<Temperature>95</Temperature>",
        "</HoldCycle>",
        "<HoldCycle>",
    ]
    lines += [
        "<Temperature>60</Temperature>",
        "</HoldCycle>",
        "</Profile>",
        "<Traces>",
        "<Tmp2>56.6 60</Tmp2>",
        "</Traces>",
    ]
    return [*lines, "</Experiment>"]


def row(cells, delimiter):
    return delimiter.join(f'"{cell}"' for cell in cells)


def analysis(
    channels=("Green",),
    tubes=TUBES,
    named=True,
    delimiter=";",
    comma=True,
    negative="",
    file="Monday.rex",
    shift=0.0,
):
    lines = [
        row([cell], delimiter)
        for cell in ("Excel Analysed Data Export", "(C)Copyright 2003 Corbett Research, Pty Ltd.")
    ]
    lines += [row(cells, delimiter) for cells in (("File", file), ("Date", "06/05/2024"), ("Time", "07:08:09"))]

    def number(text):
        text = text[1:] if text.startswith("0.") else text
        return text.replace(".", ",") if comma else text

    for i, colour in enumerate(channels):
        lines += ["", row([f"Quantitative analysis of Cycling A.{colour} (Page 1)"], delimiter), ""]
        header = ["No.", "Color", "Name", "Type", "Ct", "Given Conc (copies/ml)", "Calc Conc (copies/ml)", "% Var"]
        lines.append(row([*header, "Rep. Ct", "Rep. Calc. Conc. (95% CI)"], delimiter))
        for tube, name, _, kind, given, middle in tubes:
            none = middle > 40
            cq = number(f"{middle - 3.11 + i + shift:.2f}") if not none else negative if kind == "NTC" else ""
            calc = "" if none else number(f"{3990.5 * 2 ** (9 - middle):.2f}")
            low, high = number("0.49"), number("4.59")
            where = "ABCDEFGHI"[(tube - 1) // 8] + str((tube - 1) % 8 + 1) if named else str(tube)
            variation = number("0.2") + "%" if given else ""
            interval = "" if none else f"[{low} , {high}]"
            cells = [where, "", name, kind, cq, number(f"{given}.00") if given else "", calc, variation, cq, interval]
            lines.append(row(cells, delimiter))
    return [*lines, "", ""]


def main():
    level, donor, water, ninth = ([tube] for tube in TUBES)
    two = level + donor
    write("run.rex", rex(melts=True), "\n")
    write("two-pages.rex", rex(("Green",), two, second_page=[(1, "Level 1"), (2, "Donor 9")]), "\n")
    write("same-colour.rex", [line.replace("Cycling A.Yellow", "Cycling B.Green") for line in rex(tubes=donor)], "\n")
    write("analysis.csv", analysis())
    write(
        "analysis-english.csv",
        analysis(tubes=water + ninth, named=False, delimiter=",", comma=False, negative="NEG (NTC)"),
    )
    write("analysis-stacked.csv", analysis(("Green", "Yellow"), two))
    write("joined/Monday.rex", rex(tubes=two), "\n")
    write("joined/Monday Green.csv", analysis(tubes=two))
    write("joined/Monday Yellow.csv", analysis(("Yellow",), two))
    write("disagree/a.csv", analysis(tubes=donor))
    write("disagree/b.csv", analysis(tubes=donor, shift=0.5))
    write("two-runs/a.csv", analysis(tubes=donor))
    write("two-runs/b.csv", analysis(tubes=donor, file="Tuesday.rex"))

    good, run = analysis(tubes=two), rex(("Green",), two)
    write("bad-ct.csv", [line.replace('"8,39"', '"8,39x"', 1) for line in good])
    write("bad-tube.csv", [line.replace('"A2"', '"B9"') for line in good])
    write("bad-type.csv", [line.replace('"Unknown"', '"Nothing"') for line in good])
    write("bad-twice.csv", [line.replace('"A2"', '"A1"') for line in good])
    write("bad-no-table.csv", good[:8])
    write("bad-no-row.csv", good[:9])
    write("bad-cut.rex", run[:-10], "\n")
    write("bad-reading.rex", [line.replace(" 1.", " x1.", 1) for line in run], "\n")
    write("bad-not-run.rex", [line for line in run if not line.startswith("<Reading>")], "\n")
    write("bad-sample-twice.rex", [line.replace("<TubePosition>2", "<TubePosition>1") for line in run], "\n")
    write("bad-position.rex", [line.replace("<TubePosition>2", "<TubePosition>101") for line in run], "\n")


if __name__ == "__main__":
    main()
