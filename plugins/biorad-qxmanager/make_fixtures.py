#!/usr/bin/env python3
"""Writes fixtures/ from simulated droplets; run it again after a change and look at the difference.

Only the layout of the files follows QX Manager; samples, targets and numbers are made up. bad-* must be refused.
"""

import math
import pathlib
import zipfile

import numpy as np
import tomllib

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
INSTRUMENTS = HERE.parents[2] / "instruments/biorad"
SUPERMIX = "ddPCR Supermix for Probes (No dUTP)"
MANUAL, ANALYSED = ("Manual", "Droplets Analyzed Manually"), ("OK", "")
DYES = ["FAM", "HEX", "Cy5", "Cy5.5", "ROX", "ATTO 590"]
PREAMBLE = [
    "Target Value of 0 = negative",
    "Target Value of 1 = positive",
    "Target Value of u = unclassified (Advanced Classification Mode)",
    "",
]


# ---- column names ----


def limits(word, names=("Total", "Poisson"), end=""):
    return [f"{name}{word}{side}{end}" for name in names for side in ("Max", "Min")]


def quadrants(first):
    a, b = f"Ch{first}", f"Ch{first + 1}"
    return [f"{a}{s}{b}{t}" for s, t in ("++", "+-", "-+", "--")]


def columns(generation, colours):
    weight = ["Molecular Weight(pg/µL)"] if generation == 1 else ["pg/µL"]
    inside = [*quadrants(1), "Linkage"] if generation == 1 else ["Copies/uL linked molecules"]
    outside = [] if generation == 1 else [name for first in range(1, colours, 2) for name in quadrants(first)]
    sixty_eight = [
        name for word in ("Confidence", "CNV", "Ratio", "FractionalAbundance") for name in limits(word, end="68")
    ]
    return [
        *("Well", *(f"Sample description {i}" for i in range(1, 5)), "Target", "Conc(copies/µL)", *weight, "Status"),
        *("Status Reason", "Experiment", "SampleType", "TargetType", "Supermix", "DyeName(s)", "Copies/20µLWell"),
        *(*limits("Conf"), "Accepted Droplets", "Positives", "Negatives", *inside, "CNV", *limits("CNV")),
        *("ReferenceCopies", "UnknownCopies", "Threshold1", "Threshold2", "Threshold3"),
        *("ThresholdSigmaAbove", "ThresholdSigmaBelow", "ReferenceUsed", "Ratio", *limits("Ratio")),
        *("Fractional Abundance", *limits("FractionalAbundance"), "MeanAmplitudeOfPositives"),
        *("MeanAmplitudeOfNegatives", "MeanAmplitudeTotal", "ExperimentComments", "MergedWells", *sixty_eight),
        *("TiltCorrected", *outside),
    ]


assert [len(columns(*key)) for key in ((1, 2), (2, 2), (2, 6))] == [73, 73, 81]


# ---- droplets ----


class Well:
    """Droplets of one well: for each target its channel, name, copies per droplet and height of the positives."""

    def __init__(self, rng, name, sample, targets, droplets, channels=2, **said):
        self.name, self.sample, self.channels, self.said, self.members = name, sample, channels, said, ""
        self.targets = [target[0] for target in targets]
        self.channel = [target[1] for target in targets]
        self.calls = [(rng.poisson(target[2], droplets) > 0).astype(int) for target in targets]
        self.amplitude = [rng.normal(900 - 140 * c, 60, droplets) for c in range(channels)]
        for target, calls in zip(targets, self.calls, strict=True):
            height = target[3] if len(target) > 3 else 5200 - 500 * target[1]
            self.amplitude[target[1] - 1] += calls * rng.normal(height, 150, droplets)

    def __len__(self):
        return len(self.amplitude[0])

    def quadrants(self, first):
        def of(channel):
            calls = [c for c, where in zip(self.calls, self.channel, strict=True) if where == channel]
            return calls[0] if len(calls) == 1 else None

        a, b = of(first), of(first + 1)
        if a is None or b is None:
            return dict.fromkeys(quadrants(first), 0)
        counts = [int(((a == i) & (b == j)).sum()) for i, j in ((1, 1), (1, 0), (0, 1), (0, 0))]
        return dict(zip(quadrants(first), counts, strict=True))


class Merged(Well):
    def __init__(self, name, wells, members=True):
        first = wells[0]
        self.name, self.sample, self.said, self.channels = name, first.sample, first.said, first.channels
        self.targets, self.channel = first.targets, first.channel
        self.members = "(" + ",".join(w.name for w in wells) + ")" if members else ""
        self.calls = [np.concatenate([w.calls[t] for w in wells]) for t in range(len(first.targets))]
        self.amplitude = [np.concatenate([w.amplitude[c] for w in wells]) for c in range(first.channels)]


def volume(model):
    """Of a droplet, nL, for the program's own concentrations."""
    return tomllib.loads((INSTRUMENTS / model).read_text())["partition"]["volume_nl"]


NL = {2: volume("qx200.toml"), 6: volume("qx600.toml")}


def copies(k, n, nl):
    return abs(math.log1p(-k / n)) / nl * 1000


# ---- data tables ----


def facts(well, t, colours):
    """The cells of one row, by column name; those that are not named are empty."""
    n, k = len(well), int(well.calls[t].sum())
    cells = {
        "Well": well.name,
        "Sample description 1": well.sample,
        "Target": well.targets[t],
        "Status": MANUAL[0],
        "Status Reason": MANUAL[1],
        "Experiment": "DQ",
        "SampleType": "Unknown",
        "TargetType": "Unknown",
        "Supermix": SUPERMIX,
        "DyeName(s)": DYES[well.channel[t] - 1],
        "Accepted Droplets": n,
        "Positives": k,
        "Negatives": n - k,
        "Threshold1": 2600.5,
        "MergedWells": well.members,
        "TiltCorrected": "No",
        **{name: count for first in range(1, 6, 2) for name, count in well.quadrants(first).items()},
    }
    if n == 0:
        cells |= {"Conc(copies/µL)": "No Call", "Status": "CHECK", "Status Reason": "Droplet Count < 1000"}
        cells |= {"Supermix": "", "Threshold1": ""}
    elif k == n:
        cells |= {"Conc(copies/µL)": 1000000, "Copies/20µLWell": 20000000, "PoissonConfMax": 1000000}
        cells |= {"PoissonConfMin": 8123.4521484375}
    else:
        half = 1.96 * math.sqrt(max(k, 1)) / n
        conc = copies(k, n, NL[colours])
        high = copies(min(k + half * n, n - 0.5), n, NL[colours])
        low = copies(max(k - half * n, 0), n, NL[colours])
        cells |= {"Conc(copies/µL)": conc, "Copies/20µLWell": 20 * conc}
        cells |= {"PoissonConfMax": high, "PoissonConfMin": low}
    return cells | well.said


def point(value):
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def comma(value):
    return point(value).replace(".", ",") if isinstance(value, float) else str(value)


def table(wells, generation=1, colours=2, number=point, separator=","):
    names = columns(generation, colours)
    rows = [separator.join(names)]
    for well in wells:
        for t in range(len(well.targets)):
            cells = facts(well, t, colours)
            rows.append(separator.join(number(cells.get(name, "")) for name in names))
    return rows


def saved_by_r(rows):
    """What read.csv and write.csv make of a table: dots for signs, numbered twins, NA, everything else quoted."""
    names = []
    for name in rows[0].split(","):
        plain = "".join(c if c.isalnum() else "." for c in name)
        names.append(plain if plain not in names else f"{plain}.{sum(n.startswith(plain) for n in names)}")

    def cell(text):
        if not text:
            return "NA"
        try:
            return f"{float(text):.15g}" if float(text) < 1e6 else f"{float(text):.0e}"
        except ValueError:
            return f'"{text}"'

    body = [",".join(cell(c) for c in row.split(",")) for row in rows[1:]]
    return [",".join(f'"{name}"' for name in names), *body]


def workbook(name, rows):
    """The same table as .xlsx: numbers as numbers, text in the cells."""

    def cell(text):
        try:
            return f"<c><v>{float(text)!r}</v></c>"
        except ValueError:
            return f'<c t="inlineStr"><is><t>{text.replace("&", "&amp;").replace("<", "&lt;")}</t></is></c>'

    sheet = "".join("<row>" + "".join(map(cell, row.split(","))) + "</row>" for row in rows)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/></Types>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="Sheet" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(HERE / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in parts.items():
            archive.writestr(zipfile.ZipInfo(part, (2024, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)


# ---- amplitude files and cluster data ----


def amplitudes(well, digits=7, preamble=True, separator=",", comma=False, unclassified=()):
    """Each channel, then each target; a comma too many at the end of every line."""
    header = [f"Ch{c + 1}Amplitude" for c in range(well.channels)] + [str(t) for t in well.targets]
    rows = [*(PREAMBLE if preamble else []), separator.join([*header, ""])]
    for i in range(len(well)):
        cells = [f"{np.float32(a[i]):.{digits}g}" for a in well.amplitude]
        if comma:
            cells = [cell.replace(".", ",") for cell in cells]
        calls = ["u" if (t, i) in unclassified else str(c[i]) for t, c in enumerate(well.calls)]
        rows.append(separator.join([*cells, *calls, ""]))
    return rows if len(well) else [*rows, "0,0,0"]


def clusters(wells, targets=4, colours=6):
    """Both tables of "Export Cluster Data"."""
    preamble = [
        "Target value of 0 = negative",
        "Target value of 1 = positive",
        "Target value of u = unclassified(Advanced Classification Method)",
        "",
    ]
    channels = [f"Ch{c + 1} {what}" for c in range(colours) for what in ("Mean", "StdDev")]
    rows = [",".join(["Well", *(f"Target {t + 1}" for t in range(targets)), "Count", *channels, "Cluster ID"])]
    angles = ["Well,Cluster 1,Cluster 2,Angle,S Value"]
    for well in wells:
        calls = np.array(well.calls)
        for code in sorted({tuple(column) for column in calls.T.tolist()}):
            members = np.all(calls == np.array(code)[:, None], axis=0)
            name = "".join("NP"[c] for c in code)
            spread = [f"{f(a[members]):.6g}" for a in well.amplitude for f in (np.mean, np.std)]
            flags = [str(c) for c in code] + [""] * (targets - len(code))
            rows.append(",".join([well.name, *flags, str(int(members.sum())), *spread, name]))
            if sum(code) == 1:
                angles.append(f"{well.name},{'N' * len(code)},{name},N/A,{4 + sum(code) / 7:.3f},")
    return [*preamble, *rows, "", "", *angles]


# ---- files ----


def write(name, rows, end="\r\n", last=True, encoding="utf-8"):
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((end.join(rows) + (end if last else "")).encode(encoding))
    assert path.stat().st_size <= 15 * 1024, name


def own(seed):
    """Random numbers of one fixture alone: it changes no other."""
    return np.random.default_rng(seed)


BOM = "\ufeff"
PAIR = (("SRY", 1, 0.02), ("RPP30", 2, 0.6))


def tables(rng):
    def well(name, sample, targets, n, colours=2, **said):
        return Well(rng, name, sample, targets, n, colours, **said)

    first = [
        well("A01", "Recipient", (("1", 1, 0.003), ("2", 2, 0.7)), 17211),
        well("A02", "Recipient", (("1", 1, 0.003), ("2", 2, 0.7)), 16540),
        well("A03", "Donor", (("1", 1, 0.5), ("2", 2, 0.7)), 18003, **{"SampleType": "PosCtrl"}),
        well("A04", "Undiluted", (("1", 1, 0.3), ("2", 2, 40)), 15002, **{"Sample description 3": "1E5"}),
        well("B04", "Undiluted", (("1", 1, 0.2), ("2", 2, 3)), 15113, **{"Sample description 3": "1E4"}),
        well("A05", "Water", (("1", 1, 0), ("2", 2, 0)), 14804, **{"SampleType": "NTC"}),
        well("A06", "Clogged", (("1", 1, 0), ("2", 2, 0)), 0),
        well("A07", "Poor", (("1", 1, 0.01), ("2", 2, 0.6)), 7120, Status="CHECK", **{"Threshold1": 0}),
    ]
    first[-1].said |= {"Status Reason": "Droplet Count < 10000", "Conc(copies/µL)": "No Call"}
    first[-1].said |= {"PoissonConfMax": "", "PoissonConfMin": "", "Copies/20µLWell": ""}
    merged = [Merged("M01", first[:2]), Merged("M02", first[3:5], members=False)]
    rows = table(first + merged)
    write("qxm1.csv", [BOM + rows[0], *rows[1:]])
    write("qxm1-latin-1.csv", table(first[:1]), "\n", encoding="latin-1")

    second = [
        well("A01", "Recipient", (("KRAS wt", 2, 0.5), ("KRAS G12D", 1, 0.002)), 17420, Experiment="RED"),
        well("H12", "Water", (("KRAS wt", 2, 0), ("KRAS G12D", 1, 0)), 16007, Experiment="RED", SampleType="NTC"),
    ]
    second[1].said |= {"Status": "CHECK", "Status Reason": "Automatic Analysis Unsuccessful"}
    rows = table(second, generation=2)
    write("qxm2.csv", [BOM + rows[0], *rows[1:]])
    write("qxm2-utf-16.csv", rows[:2], encoding="utf-16")
    write("qxm2-cr-only.csv", rows, "\r", last=False)
    workbook("qxm2-workbook.xlsx", rows)
    write("qxm2-saved-by-r.csv", saved_by_r(rows), "\n")
    write("qxm2-decimal-comma.csv", table(second, 2, number=comma, separator=";"))
    half = Well(own(1), "A01", "0,5", (("1,2", 1, 0.02),), 15400)  # names that look like numbers
    write("qxm2-tabs.csv", table([half], 2, number=comma, separator="\t"), encoding="utf-16")
    full = Well(own(2), "C01", "Undiluted", (("SRY", 1, 60),), 15400, Status="CHECK", **{"Conc(copies/µL)": "No Call"})
    write("qxm2-no-call.csv", table([full], 2))

    six = (("PSI", 1, 0.01), ("ENV", 2, 0.02), ("GAG", 3, 0.03), ("POL", 6, 0.015), ("RPP30", 5, 0.6), ("LTR", 4, 0.1))
    wells = [well("A01", "Donor 1", six, 15230, 6), well("B01", "Donor 2", six, 14777, 6)]
    wells.append(well("C01", "Water", tuple((t, c, 0) for t, c, _ in six), 15003, 6, SampleType="NTC"))
    rows = table(wells, 2, 6)
    write("qxm2-six-colours.csv", [BOM + rows[0], *rows[1:]])


def droplets(rng):
    def well(name, targets, n, channels=2):
        return Well(rng, name, "", targets, n, channels)

    one = well("A01", (("SRY", 1, 0.1), ("RPP30", 2, 0.5)), 120)
    one.amplitude[1] -= 760  # amplitudes below zero
    write("two colours_A01_Amplitude.csv", amplitudes(one, unclassified={(0, 3), (0, 8), (1, 8)}))
    four = (("PSI", 1, 0.2), ("ENV high", 2, 0.15, 5000), ("ENV low", 2, 0.2, 2000), ("POL", 6, 0.2))
    write("six colours_B02_Amplitude.csv", amplitudes(well("B02", four, 90, 6)))
    write("digits_C03_Amplitude.csv", amplitudes(well("C03", (("1", 2, 0.3), ("2", 1, 0.4)), 120)), "\n")
    write("empty_D04_Amplitude.csv", amplitudes(well("D04", PAIR, 0)))
    danish = well("E05", PAIR, 160)
    for i in (20, 60, 61, 90, 101, 140):  # whole numbers leave fewer cells
        danish.amplitude[i % 2][i] = round(danish.amplitude[i % 2][i])
    danish.amplitude[0][159] = round(danish.amplitude[0][159])
    danish.amplitude[1][159] = round(danish.amplitude[1][159])
    i = int(np.flatnonzero((danish.calls[0] == 0) & (danish.calls[1] == 0))[5])
    danish.amplitude[0][i], danish.amplitude[1][i] = 904, 803.791  # or 904.803 and 791?
    write("decimal comma_E05_Amplitude.csv", amplitudes(danish, comma=True))
    again = amplitudes(well("F06", PAIR, 90), separator=";", comma=True)
    write("saved again_F06_Amplitude.csv", again, "\r", last=False)
    write("no preamble_G07_Amplitude.csv", amplitudes(well("G07", (("SRY", 1, 0.3),), 90), preamble=False), "\n")
    linked = well("H08", (("left", 1, 0.3), ("right", 2, 0.3)), 90)
    linked.calls[1] = linked.calls[0]
    linked.amplitude[1] = linked.amplitude[0] * 0.6
    write("linked_H08_Amplitude.csv", amplitudes(linked))
    write("negative_A09_Amplitude.csv", amplitudes(well("A09", (("SRY", 1, 0),), 60), comma=True))
    rows = clusters([well("A01", four, 400, 6), well("B01", four[:2], 300, 6)])
    write("clusters.csv", rows, "\n")
    write("bad-cut-clusters.csv", ["\n".join(rows)[:-3]], last=False)
    write("clusters-merged.csv", [row.replace("B01,", "M01,") for row in rows], "\n")
    tiny = amplitudes(Well(own(3), "A10", "", PAIR, 40), comma=True)
    tiny[7:9] = ["5212,3,-2,932134E-05,1,0,", "914,8894,3E-06,0,0,"]  # next to nothing, and four cells of six
    write("exponent_A10_Amplitude.csv", tiny)
    dark = amplitudes(Well(own(4), "A11", "", PAIR, 60), comma=True)
    dark[7] = "-0,918894,4,0,0,"  # no instrument measures 918894.4
    write("dark_A11_Amplitude.csv", dark)


def joined(rng):
    """Several files in one drop."""

    def well(name, sample, n, rate=0.1):
        return Well(rng, name, sample, (("SRY", 1, rate), ("RPP30", 2, 0.5)), n)

    run = [well("A01", "Day 1", 60), well("B01", "Day 3", 55), well("C01", "Clogged", 0), well("D01", "Day 9", 64)]
    rows = table(run)
    write("run/Plate 7.csv", [BOM + rows[0], *rows[1:]])
    for i, w in enumerate(run):
        write(f"run/plate 7_{w.name}_Amplitude.csv", amplitudes(w, comma=i == 1))
    write("run/Plate 7 clusters.csv", clusters([run[0], run[3]], 2, 2), "\n")
    write("run/plate layout.txt", ["rows A to D, column 1"])

    write("other-name/results.csv", rows)
    write("other-name/Run of 3 May_A01_Amplitude.csv", amplitudes(run[0]))
    write("other-name/copy/Run of 3 May_A01_Amplitude.csv", amplitudes(run[0]))

    write("same-table-twice/a.csv", rows)
    write("same-table-twice/b.csv", table(run[:2], number=comma, separator=";"))

    write("targets-in-two-tables/a.csv", [row for row in rows if ",RPP30," not in row])
    write("targets-in-two-tables/b.csv", rows)
    write("renamed-target/a.csv", rows)
    write("renamed-target/b.csv", [*rows[:2], rows[2].replace("RPP30", "reference"), *rows[3:]])

    again = [well("A01", "Day 1", 50), well("B01", "Day 3", 45)]
    write("two-runs/Plate 7.csv", rows)
    write("two-runs/Plate 8.csv", table(again, 2))
    for name, w in (("Plate 7", run[0]), ("plate 8", again[0])):
        write(f"two-runs/{name}_A01_Amplitude.csv", amplitudes(w))
    write("droplets-that-differ/Plate 7.csv", rows)
    write("droplets-that-differ/Plate 7_A01_Amplitude.csv", amplitudes(again[0]))
    write("droplets-of-two-runs/x_A01_Amplitude.csv", amplitudes(run[0]))
    write("droplets-of-two-runs/y_A01_Amplitude.csv", amplitudes(again[0]))
    write("droplets-of-two-runs/y_B01_Amplitude.csv", amplitudes(again[1]))

    six = (("PSI", 1, 0.2), ("ENV", 3, 0.2), ("RPP30", 5, 0.6))  # nothing but the droplets tells the channel of ROX
    wells = [Well(rng, name, "Donor", six, 40, 6) for name in ("A01", "B01")]
    write("six-colours-run/qx.csv", table(wells, 2, 6))
    write("six-colours-run/clusters.csv", clusters(wells), "\n")
    for w in wells:
        write(f"six-colours-run/qx_{w.name}_Amplitude.csv", amplitudes(w))

    good = table(run[:2])
    at = columns(1, 2).index("Positives")

    def wrong(text):
        cells = good[2].split(",")
        cells[at] = text
        return [*good[:2], ",".join(cells), *good[3:]]

    k = good[2].split(",")[at]
    write("bad-count.csv", wrong(k[:-1] + "l"))
    write("bad-sum.csv", wrong(str(int(k) + 1)))
    write("bad-missing-column.csv", [",".join(row.split(",")[:20] + row.split(",")[21:]) for row in good])
    whole = "\r\n".join(good)
    write("bad-cut.csv", [whole[:-60]], last=False)
    whole = "\r\n".join(table(run[:2], 2))
    write("bad-cut-quadrant.csv", [whole[:-1]], last=False)
    lines = amplitudes(run[0])
    write("bad-call_A01_Amplitude.csv", [*lines[:8], lines[8][:-2] + "7,", *lines[9:20]])
    write("bad-cut_A01_Amplitude.csv", [*lines[:9], lines[9][:-6]], last=False)
    write("bad-cut-header_A01_Amplitude.csv", lines[:5])
    lines = amplitudes(run[1], comma=True)
    write("bad-cut-comma_A01_Amplitude.csv", [*lines[:19], lines[19][:-2]], last=False)
    write("bad-name.csv", lines)


def main():
    rng = np.random.default_rng(314159)
    HERE.mkdir(exist_ok=True)
    tables(rng)
    droplets(rng)
    joined(rng)


if __name__ == "__main__":
    main()
