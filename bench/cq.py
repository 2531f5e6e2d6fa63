"""`microchim cq` on the published sets of amplification curves, beside what other programs reach on them.

Usage: cq.py [METHOD]. Needs the curve sets in <repository>/../shared/corpus/curves, or MICROCHIM_SHARED/corpus/curves,
and the command build/bin/microchim, or MICROCHIM_BIN. Prints the tables of docs/methods/cq.md.

The measures are those of Ruijter et al., Methods 2013;59:32: for each assay of a dilution series the slope of log N0
over log input (1: no bias), the mean square of the deviation from the line (linearity) and within replicates, in
squared log10, and the detectable difference, a fold change.
"""

import collections
import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from xml.sax.saxutils import quoteattr

import numpy as np
import scipy.stats

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
COMMAND = os.environ.get("MICROCHIM_BIN", str(REPOSITORY / "build/bin/microchim"))
CURVES = pathlib.Path(os.environ.get("MICROCHIM_SHARED", REPOSITORY.parent / "shared")) / "corpus/curves"

# The best other program on all measures together: LinRegPCR as rdmlpython at commit bbe2937, own N0.
LINREGPCR = {"bias": 0.0227, "linearity": 0.00249, "within": 0.00377, "difference": 1.783}
DILUTIONS = {"F15": 15000, "F150": 1500, "F1500": 150, "F15000": 15}  # the labels of dil4reps94 are reversed


def table(name):
    """Names of the reactions, and their curves as text."""
    with open(CURVES / f"{name}.csv", newline="") as file:
        rows = list(csv.reader(file))
    return rows[0][1:], list(zip(*(row[1:] for row in rows[1:]), strict=True))


def rdml(names, curves, target_of):
    """A bare RDML document: one react a curve, the sample named as the reaction."""
    targets = [target_of(name) for name in names]
    text = ['<rdml xmlns="http://www.rdml.org" version="1.3"><dye id="dye"/>']
    text += [f"<sample id={quoteattr(name)}><type>unkn</type></sample>" for name in names]
    text += [f'<target id={quoteattr(t)}><type>toi</type><dyeId id="dye"/></target>' for t in dict.fromkeys(targets)]
    text.append(
        '<experiment id="E"><run id="R"><pcrFormat><rows>32</rows><columns>48</columns>'
        "<rowLabel>ABC</rowLabel><columnLabel>123</columnLabel></pcrFormat>"
    )
    for number, (name, target, curve) in enumerate(zip(names, targets, curves, strict=True), 1):
        points = "".join(
            f"<adp><cyc>{cycle}</cyc><fluor>{value}</fluor></adp>" for cycle, value in enumerate(curve, 1) if value
        )
        text.append(
            f'<react id="{number}"><sample id={quoteattr(name)}/>'
            f"<data><tar id={quoteattr(target)}/>{points}</data></react>"
        )
    text.append("</run></experiment></rdml>")
    return "".join(text)


def analyse(name, target_of=lambda reaction: "target", method="window"):
    """The curves of the command's document, by reaction."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "curves.xml"
        path.write_text(rdml(*table(name), target_of))
        done = subprocess.run([COMMAND, "cq", str(path), "--json", "--method", method], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return {curve["sample"]: curve for curve in json.loads(done.stdout)["curves"]}


def standard_curve(x, y):
    """Measures of one assay; x log10 input, y log10 N0."""
    levels = np.unique(x)
    slope, intercept = np.polyfit(x, y, 1)
    residual = float(((y - slope * x - intercept) ** 2).sum())
    within = float(sum(((y[x == level] - y[x == level].mean()) ** 2).sum() for level in levels))
    spread = np.sqrt(residual / (len(y) - 2))
    square = np.var(x, ddof=1) * (len(x) - 2)
    folds = []
    for level in levels:
        n = int((x == level).sum())
        error = spread * np.sqrt(1 / n + (level - levels.mean()) ** 2 / square)
        folds.append(scipy.stats.t.ppf(1 - 0.05 / 4, n - 1) * error * np.log(10))
    return {
        "slope": slope,
        "bias": abs(slope - 1),
        "linearity": (residual - within) / (len(levels) - 2),
        "within": within / (len(y) - len(levels)),
        "difference": float(np.exp(np.mean(folds))),
    }


def vermeulen(method="window", by="n0"):
    """Measures of the 63 assays; by "n0" as computed, or by "cq" through each assay's own standard curve."""
    curves = analyse("vermeulen2", lambda reaction: reaction.split(".STD_")[0], method)
    assays = collections.defaultdict(list)
    for reaction, curve in curves.items():
        # One of the 64 lacks five cycles and is in no published table.
        if not reaction.startswith("ALUsq") and curve["cq"] is not None and (by == "cq" or curve["n0"]):
            assays[curve["target"]].append((np.log10(float(re.search(r"STD_(\d+)", reaction)[1])), curve))
    result = {}
    for target, rows in assays.items():
        x = np.array([level for level, _ in rows])
        y = np.array([curve["cq"] if by == "cq" else np.log10(curve["n0"]) for _, curve in rows])
        if by == "cq":
            slope, intercept = np.polyfit(x, y, 1)
            y = (y - intercept) / slope
        result[target] = standard_curve(x, y)
    return result


def medians(assays):
    return {key: float(np.median([assay[key] for assay in assays.values()])) for key in next(iter(assays.values()))}


def robust(values):
    return 1.4826 * float(np.median(np.abs(values - np.median(values))))


def spreads(name, method="window", group=lambda reaction: ""):
    """Standard deviation of Cq and its robust form, by group of replicates."""
    groups = collections.defaultdict(list)
    for reaction, curve in analyse(name, method=method).items():
        if curve["cq"] is not None:
            groups[group(reaction)].append(curve["cq"])
    return {key: (float(np.std(cq, ddof=1)), robust(np.array(cq)), len(cq)) for key, cq in groups.items()}


def dilution_slope(name="dil4reps94", method="window"):
    """Slope of the set's N0 over its input."""
    if name == "dil4reps94":
        truth = None
    else:
        with open(CURVES / f"{name}.truth.csv", newline="") as file:
            truth = {row["reaction"]: float(row["relative_or_copies"]) for row in csv.DictReader(file)}
    rows = [
        (np.log10(truth[reaction] if truth else DILUTIONS[reaction.split("_")[0]]), np.log10(curve["n0"]))
        for reaction, curve in analyse(name, method=method).items()
        if curve["n0"]
    ]
    return float(np.polyfit(*zip(*rows, strict=True), 1)[0])


DECIDED = {
    "vermeulen1": lambda r: r.rsplit(".", 1)[0],
    "vermeulen2": lambda r: r.split(".STD_")[0],
    "RAS002": lambda r: r.rsplit("_", 1)[1],
    "C60.amp": lambda r: r.split(".")[0],
    "C127EGHP": lambda r: r[:2],
} | dict.fromkeys(
    "dil4reps94 reps384 guescini1 reps rutledge testdat HCU32_aggR C126EG595 C316.amp VIMCFX96_60".split(),
    lambda r: "t",
)


def plain(name):
    return re.sub(r"[^A-Za-z0-9]", ".", name)


def agreement(name):
    """(agreeing, judged, disagreements): ours against the majority of three people; "ambiguous" is left out."""
    with open(CURVES / f"decisions/decision_res_{name}.csv", newline="") as file:
        rows = list(csv.reader(file))[1:]
    votes = {plain(row[0]): collections.Counter(row[1:4]).most_common(1)[0][0] for row in rows}
    ours = {plain(r): c["amplified"] for r, c in analyse(name, DECIDED[name]).items()}
    judged = {r: amplified for r, amplified in ours.items() if votes.get(r) in ("y", "n")}
    wrong = [r for r, amplified in judged.items() if amplified != (votes[r] == "y")]
    return len(judged) - len(wrong), len(judged), wrong


def main():
    method = sys.argv[1] if len(sys.argv) > 1 else "window"
    assays = vermeulen(method)
    print(f"method {method}; 63 assays of vermeulen2, medians")
    for title, row in (
        ("own N0", medians(assays)),
        ("  even assays", medians(dict(list(assays.items())[::2]))),
        ("  odd assays", medians(dict(list(assays.items())[1::2]))),
        ("Cq and standard curve", medians(vermeulen(method, "cq"))),
        ("LinRegPCR, own N0", LINREGPCR),
    ):
        print(f"  {title:30}", "  ".join(f"{key} {value:.5f}" for key, value in row.items()))
    print("standard deviation of Cq (robust), replicates")
    for name in ("reps384", "C316.amp", "C126EG595", "VIMCFX96_60", "VIMiQ5_595"):
        for sd, mad, count in spreads(name, method).values():
            print(f"  {name:14} {sd:.4f} ({mad:.4f}), n {count}")
    for key, (sd, mad, count) in spreads("dil4reps94", method, lambda r: r.split("_")[0]).items():
        print(f"  dil4reps94 {DILUTIONS[key]:6} copies {sd:.4f} ({mad:.4f}), n {count}")
    for name in ("dil4reps94", "guescini1", "rutledge", "reps"):
        print(f"slope of N0, {name}: {dilution_slope(name, method):.4f}")
    total = right = 0
    for name in DECIDED:
        agree, judged, wrong = agreement(name)
        right, total = right + agree, total + judged
        if wrong:
            print(f"  {name}: people judge otherwise: {', '.join(wrong)}")
    print(f"amplified or not, as people judge: {right} of {total}")


if __name__ == "__main__":
    main()
