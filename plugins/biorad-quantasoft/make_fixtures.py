#!/usr/bin/env python3
"""Writes fixtures/ from simulated droplets; run it again after a change and look at the difference.

Only the layout of the files follows QuantaSoft; samples, targets and numbers are made up. bad-* must be refused.
"""

import math
import pathlib

import numpy as np
import tomllib

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
INSTRUMENTS = HERE.parents[2] / "instruments/biorad"
RATIO = "Ratio,TotalRatioMax,TotalRatioMin,PoissonRatioMax,PoissonRatioMin"
CNV = "CNV,TotalCNVMax,TotalCNVMin,PoissonCNVMax,PoissonCNVMin,ReferenceCopies,UnknownCopies"
FA = (
    "FractionalAbundance,TotalFractionalAbundanceMax,TotalFractionalAbundanceMin,PoissonFractionalAbundanceMax,"
    "PoissonFractionalAbundanceMin"
)
QUADRANTS = ["Ch1+Ch2+", "Ch1+Ch2-", "Ch1-Ch2+", "Ch1-Ch2-"]
INTERVAL = "TotalConfMax,TotalConfMin,PoissonConfMax,PoissonConfMin"
MEANS = "MeanAmplitudeofPositives,MeanAmplitudeofNegatives,MeanAmplitudeTotal"


def sixty_eight(conf):
    words = (conf, "CNV", "Ratio", "FractionalAbundance")
    return [f"{kind}{word}{end}68" for word in words for kind in ("Total", "Poisson") for end in ("Max", "Min")]


OLD = (
    f"Well,ExptType,Experiment,Sample,TypeAssay,Assay,Status,Concentration,{INTERVAL},Positives,Negatives,"
    f"{','.join(QUADRANTS)},Linkage,AcceptedDroplets,{CNV},{RATIO},{FA},ReferenceAssayNumber,TargetAssayNumber,{MEANS},"
    "ExperimentComments,MergedWells"
).split(",")
NEW = (
    f"Well,ExptType,Experiment,Sample,TargetType,Target,Status,Concentration,Supermix,CopiesPer20uLWell,{INTERVAL},"
    f"Positives,Negatives,{','.join(QUADRANTS)},Linkage,AcceptedDroplets,{CNV},{RATIO},{FA},ReferenceAssayNumber,"
    f"TargetAssayNumber,Threshold,{MEANS},ExperimentComments,MergedWells"
).split(",") + sixty_eight("Conf")
PRO = (
    f"Well,Sample,Target,Conc(copies/µL),Status,Experiment,SampleType,TargetType,Supermix,DyeName(s),Copies/20µLWell,"
    f"{INTERVAL},Accepted Droplets,Positives,Negatives,{','.join(QUADRANTS)},Linkage,{CNV},Threshold1,Threshold2,"
    f"Threshold3,ReferenceUsed,{RATIO},{FA.replace('Abundance', ' Abundance', 1)},{MEANS.replace('of', 'Of')},"
    "ExperimentComments,MergedWells"
).split(",") + sixty_eight("Confidence")
SUPERMIX = "ddPCR Supermix for Probes (no dUTP)"
QUOTED = {"Well", "Experiment", "Sample", "Assay", "Target", "Status", "ExperimentComments", "MergedWells"}
assert (len(OLD), len(NEW), len(PRO)) == (44, 63, 65)


class Well:
    """Droplets of one well: amplitudes of two channels and cluster codes."""

    def __init__(self, rng, name, sample, lambdas, droplets):
        self.name, self.sample, self.members = name, sample, ""
        m = [rng.poisson(rate, droplets) > 0 for rate in lambdas]
        self.amplitude = [rng.normal(np.where(m[0], 7400, 1800), 260), rng.normal(np.where(m[1], 4100, 900), 190)]
        self.code = np.where(m[0], np.where(m[1], 3, 2), np.where(m[1], 4, 1))

    def quadrants(self):
        return [int((self.code == c).sum()) for c in (3, 2, 4, 1)]

    def positives(self, channel):
        both, first, second, _ = self.quadrants()
        return both + (first, second)[channel]


class Merged(Well):
    def __init__(self, name, wells):
        self.name, self.sample = name, wells[0].sample
        self.members = "(" + ",".join(w.name for w in wells) + ")"
        self.code = np.concatenate([w.code for w in wells])


def volumes():
    """Of a droplet, nL, for the vendor's own concentrations: before QuantaSoft 1.6, and since."""
    profiles = [tomllib.loads((INSTRUMENTS / name).read_text()) for name in ("qx100.toml", "qx200.toml")]
    old = [r["volume_nl"] for r in profiles[0]["recognised"] if r["dialect"] == "QuantaSoft old"]
    return {"old": old[0], "new": profiles[1]["partition"]["volume_nl"]}


NL = volumes()


def copies(k, n, nl):
    return abs(math.log1p(-k / n)) / nl * 1000


def facts(well, channel, generation):
    """The cells that all dialects share, by column name."""
    n, k = len(well.code), well.positives(channel)
    cells = dict(
        zip(QUADRANTS, well.quadrants(), strict=False),
        Well=well.name,
        Sample=well.sample,
        Positives=k,
        Negatives=n - k,
        AcceptedDroplets=n,
        MergedWells=well.members,
    )
    if k < n:
        spread = 1.96 * math.sqrt(max(k, 1)) / n
        high = copies(k + spread * n, n, NL[generation]) if k + spread * n < n else ""
        cells.update(
            Concentration=copies(k, n, NL[generation]),
            PoissonConfMax=high,
            Linkage=0,
            PoissonConfMin=copies(max(k - spread * n, 0), n, NL[generation]),
        )
    return cells


def three(x):
    return f"{float(f'{x:.3g}'):.10g}" if isinstance(x, float) else str(x)


def comma(text):
    try:
        return text.replace(".", ",") if float(text) else text
    except ValueError:
        return text


def line(columns, cells, number, quoted=()):
    def cell(c):
        value = cells.get(c, "")
        return f'"{value}"' if c in quoted and (value or c == "ExperimentComments") else number(value)

    return ",".join(map(cell, columns))


def quantasoft(wells, targets, columns, generation, roles=lambda w, c: "Unknown"):
    """A table of QuantaSoft: all rows of channel 1, then all of channel 2; text quoted, numbers bare."""
    rows = [",".join(columns)]
    for channel, target in enumerate(targets):
        for w in wells:
            c = facts(w, channel, generation)
            c.update(
                {
                    "ExptType": "Absolute Quantification",
                    "Experiment": "ABS",
                    "Assay": target,
                    "Target": target,
                    "Supermix": SUPERMIX,
                    "Status": "" if w.members else "Manual",
                    "ReferenceAssayNumber": 1,
                    "TargetAssayNumber": 1,
                    "Threshold": "" if w.members else (3200, 0)[channel],
                }
            )
            c["TypeAssay"] = c["TargetType"] = f"Ch{channel + 1}{roles(w, channel)}"
            if c["Positives"] == 0 and roles(w, channel) != "Unknown":
                c.update(Concentration="No Call", Status="CHECK", PoissonConfMax="", PoissonConfMin="", Linkage="")
            elif columns is NEW and not w.members:
                c["CopiesPer20uLWell"] = 20 * c["Concentration"]
            if columns is OLD:
                rows.append(line(columns[:-1], c, three, QUOTED))
            else:
                rows.append(line(columns, c, three, QUOTED) + ("" if w.members else ","))
    return rows


def analysis_pro(wells, targets, dyes, types=lambda w: "Unknown"):
    """A table of Analysis Pro: rows interleaved, nothing quoted, float32 numbers."""
    rows = [",".join(PRO)]
    for w in wells:
        for channel, (target, dye) in enumerate(zip(targets, dyes, strict=False)):
            c = facts(w, channel, "new")
            c.update(
                {
                    "Target": target,
                    "DyeName(s)": dye,
                    "Experiment": "DQ",
                    "SampleType": types(w),
                    "TargetType": "Unknown",
                    "Supermix": SUPERMIX,
                    "Status": "OK",
                    "Accepted Droplets": c["AcceptedDroplets"],
                    "Threshold1": (4600, 2500)[channel],
                }
            )
            if c["Negatives"] == 0 and c["Positives"]:
                c.update(
                    {
                        "Conc(copies/µL)": 1000000,
                        "PoissonConfMax": 1000000,
                        "PoissonConfMin": 7654.321,
                        "Copies/20µLWell": 20000000,
                    }
                )
            elif c["AcceptedDroplets"] == 0:
                c.update(
                    {
                        "Conc(copies/µL)": "No Call",
                        "Status": "CHECK",
                        "PoissonConfMax": "",
                        "PoissonConfMin": "",
                        "Threshold1": "",
                    }
                )
            else:
                c.update({"Conc(copies/µL)": c["Concentration"], "Copies/20µLWell": 20 * c["Concentration"]})
            rows.append(line(PRO, c, lambda x: f"{x:.15g}" if isinstance(x, float) else str(x)))
    return rows


def amplitudes(well, first="Ch", clusters=True, sort=True):
    rows = [f"{first}1 Amplitude,{first}2 Amplitude" + (",Cluster" if clusters else "")]
    order = np.argsort(well.amplitude[0]) if sort else range(len(well.code))
    for i in order:
        cells = [f"{np.float32(a[i]):.7g}" for a in well.amplitude]
        rows.append(",".join(cells + ([str(well.code[i])] if clusters else [])))
    return rows if len(rows) > 1 else [*rows, "0,0,0"]


def write(name, rows, end="\n", last=True, encoding="utf-8"):
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((end.join(rows) + (end if last else "")).encode(encoding))
    assert path.stat().st_size <= 15 * 1024, name


def main():
    rng = np.random.default_rng(271828)

    def well(name, sample, lambdas, n):
        return Well(rng, name, sample, lambdas, n)

    pair = ["SRY", "RPP30"]

    old = [
        well("A01", "Day 7", (0.004, 0.9), 14211),
        well("B01", "Day 28", (0.0005, 0.7), 12876),
        well("H12", "Water", (0, 0), 13004),
    ]

    def ntc(w, channel):
        return "NTC" if w.sample == "Water" else "Unknown"

    write("old.csv", quantasoft(old, ["SRY", "RPP30"], OLD, "old", ntc))

    new = [
        well(name, sample, lambdas, n)
        for name, sample, lambdas, n in [
            ("A01", "Day 7", (0.003, 0.8), 17322),
            ("B01", "Day 7", (0.003, 0.8), 16890),
            ("A02", "Day 28, repeat", (0.0004, 1.1), 18011),
            ("B02", "Day 28, repeat", (0.0004, 1.1), 15777),
            ("A03", "Donor", (0.4, 0.8), 17100),
            ("A04", "No template", (0, 0), 16402),
        ]
    ]
    merged = [Merged("M01", new[0:2]), Merged("M02", new[2:4])]
    roles = {"No template": "NTC", "Donor": "Positive Control"}

    def role(w, channel):
        return roles.get(w.sample, ("Unknown", "Reference")[channel])

    table = quantasoft(new + merged, ["SRY", "RPP30"], NEW, "new", role)
    write("qs17.csv", table)
    write("cr-only.csv", table[:4], "\r")
    good = quantasoft(new[:2], pair, NEW, "new")
    cells = [[c.strip('"') for c in row.replace("Probes (no dUTP)", "Probes").split(",")] for row in good]
    names = ["".join(c if c.isalnum() else "." for c in name) for name in NEW]
    first = names.index("Ch1.Ch2.")
    names[first : first + 4] = ["Ch1.Ch2.", "Ch1.Ch2..1", "Ch1.Ch2..2", "Ch1.Ch2..3"]
    by_r = [[f'"{i}"', *(c or "NA" for c in row[: len(NEW)])] for i, row in enumerate(cells)][1:]
    write("saved-by-r.csv", [",".join(f'"{name}"' for name in ["", *names]), *map(",".join, by_r)])
    semicolons = [[comma(c) for c in row] for row in cells]
    semicolons[1][NEW.index("Sample")] = semicolons[3][NEW.index("Sample")] = "0,5"  # a name, no number
    write("semicolons.csv", map(";".join, semicolons), "\r\n", encoding="latin-1")
    write("resaved.tsv", [row.replace('"', "").replace(",", "\t") for row in good], "\r\n")

    pro = [
        well("A01", "Recipient before", (0, 0.6), 15234),
        well("A02", "Recipient day 1", (0.02, 0.6), 16120),
        well("A03", "Undiluted", (0.3, 30), 14980),
        well("A04", "Water", (0, 0), 15010),
        well("A05", "Clogged", (0, 0), 0),
    ]

    def kind(w):
        return {"Water": "NTC", "Undiluted": "PosCtrl"}.get(w.sample, "Unknown")

    table = analysis_pro(pro, ["S05b", "RPP30"], ["FAM", "HEX"], kind)
    write("analysis-pro.csv", ["\ufeff" + table[0]] + table[1:], "\r\n", last=False)
    write("analysis-pro-latin-1.csv", analysis_pro(pro[:1], ["S05b", "RPP30"], ["FAM", "VIC"]), encoding="latin-1")

    write("old_B02_Amplitude.csv", amplitudes(well("B02", "", (0.2, 0.5), 300), "Assay", sort=False))
    write("qs17 2 °C_C03_Amplitude.csv", amplitudes(well("C03", "", (0.1, 0.5), 300)), "\r\n")
    write("resaved_D04_Amplitude.csv", amplitudes(well("D04", "", (0.1, 0.5), 200), clusters=False), "\r", last=False)

    again = amplitudes(Well(np.random.default_rng(1), "E05", "", (0.1, 0.5), 60))
    write("semicolons_E05_Amplitude.csv", [row.replace(",", ";").replace(".", ",") for row in again], "\r\n")
    by_r = [",".join(f'"{name}"' for name in ("Ch1.Amplitude", "Ch2.Amplitude", "Cluster")), *again[1:]]
    write("saved by R_F06_Amplitude.csv", by_r)
    write("bad-cut-header_A01_Amplitude.csv", again[:1])

    run = [
        well("A01", "Day 1", (0.01, 0.8), 420),
        well("B01", "Day 3", (0.05, 0.8), 400),
        well("C01", "Clogged", (0, 0), 0),
    ]
    rows = quantasoft(run[:2], pair, NEW, "new")
    for channel in (1, 2):  # the empty well, as QuantaSoft writes it
        cells = {
            "Well": "C01",
            "ExptType": "Absolute Quantification",
            "Experiment": "ABS",
            "Sample": "Clogged",
            "Status": "CHECK",
            "TargetType": f"Ch{channel}Unknown",
            "Target": pair[channel - 1],
            "Concentration": "No Call",
            "Positives": 0,
            "Negatives": 0,
            "AcceptedDroplets": 0,
            "Threshold": 0,
            **dict.fromkeys(QUADRANTS, 0),
        }
        rows.append(line(NEW, cells, three, QUOTED) + ",")
    write("run/run.csv", rows)
    for w in run:
        write(f"run/run_{w.name}_Amplitude.csv", amplitudes(w), "\r\n")
    write("run/plate layout.txt", ["rows A to C, column 1"])

    k = good[2].split(",")[NEW.index("Positives")]

    def wrong(text):
        return good[:2] + [good[2].replace(f",{k},", f",{text},", 1)] + good[3:]

    write("bad-count.csv", wrong(k[:-1] + "l"))
    write("bad-sum.csv", wrong(str(int(k) + 1)))
    keep = [i for i, name in enumerate(NEW) if name != "AcceptedDroplets"]
    write("bad-missing-column.csv", [",".join(row.replace('"', "").split(",")[i] for i in keep) for row in good])
    whole = "\n".join(good)
    write("bad-cut.csv", [whole[: whole.rfind(f'"{pair[1]}"') + 120]], last=False)
    bad = amplitudes(well("A01", "", (0.1, 0.5), 20))
    write("bad-code_A01_Amplitude.csv", bad[:7] + [bad[7][:-1] + "7"] + bad[8:])
    write("bad-cut_A01_Amplitude.csv", bad[:9] + [bad[9][:-4]], last=False)

    # Several files in one drop.
    write("same-table-twice/all.csv", good)
    write("same-table-twice/some.csv", [row.replace('"', "") for row in good[:2] + good[3:4]], "\r\n")
    other = [well("A01", "Day 7", (0.003, 0.8), 16950), well("B01", "Day 7", (0.003, 0.8), 17102)]
    write("two-tables/monday.csv", good)
    write("two-tables/tuesday.csv", quantasoft(other, pair, NEW, "new"))
    for name in ("run.csv", "run_A01_Amplitude.csv", "run_B01_Amplitude.csv"):
        renamed = name.replace("run_", "droplets of 3 May_")
        (HERE / "other-name").mkdir(exist_ok=True)
        (HERE / "other-name" / renamed).write_bytes((HERE / "run" / name).read_bytes())
    later = [well("A01", "Day 1", (0.1, 0.5), 90), well("B01", "Day 3", (0.1, 0.5), 80)]
    for name, w in (("x", run[0]), ("y", later[0]), ("y", later[1])):
        write(f"droplets-of-two-runs/{name}_{w.name}_Amplitude.csv", amplitudes(w), "\r\n")
    nameless = [good[0], *good[1:2], good[1].replace('"A01"', '"M01"')]
    write("merged-without-members.csv", nameless)


if __name__ == "__main__":
    main()
