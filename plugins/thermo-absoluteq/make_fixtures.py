#!/usr/bin/env python3
"""Writes fixtures/ from simulated chambers; run it again after a change and look at the difference.

Only the layout of the files follows the Absolute Q software; runs, samples, targets and numbers are made up.
bad-* must be refused.
"""

import itertools
import math
import pathlib
import zipfile

import numpy as np
import tomllib

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
PROFILE = HERE.parents[2] / "instruments/thermo/absolute-q.toml"
NL = tomllib.loads(PROFILE.read_text())["partition"]["volume_nl"]
RUN, PLATE, SERIAL = "Graft7-M01AB230100017", "M01AB230100017", "2262799910001"
DATE = "2024-02-06 09:12:33.104000+00:00"
DYES = ("FAM", "VIC", "JUN")
TARGETS = dict(zip(DYES, ("SRY", "RPP30", "TERT"), strict=True))
THRESHOLDS = dict(zip(DYES, (9000, 1400, 1850), strict=True))
LEVELS = dict(zip(DYES, ((800, 25000), (300, 5200), (90, 3900)), strict=True))
BLOCK = (
    "Target,Conc.,SD,CV%,95%DeltaLCI,95%DeltaUCI,Precision %,Lambda (cp/Rxn),Lambda_95%DeltaLCI,Lambda_95%DeltaUCI,"
    "Positives,Copy #,CNV_95%DeltaLCI,CNV_95%DeltaUCI,Threshold"
).split(",")
Z = 1.96


class Well:
    """The chambers of one well: who is positive in which dye, and which were rejected."""

    def __init__(self, rng, name, sample, lambdas, chambers, rejected=0):
        self.name, self.sample, self.rng = name, sample, rng
        self.positive = {dye: rng.poisson(rate, chambers) > 0 for dye, rate in lambdas.items()}
        self.rejected = np.zeros(chambers, bool)
        self.rejected[rng.choice(chambers, rejected, replace=False)] = True

    @property
    def n(self):
        return int((~self.rejected).sum())

    def k(self, dye):
        return int((self.positive[dye] & ~self.rejected).sum())

    def combination(self, dyes):
        match = ~self.rejected
        for dye, positive in self.positive.items():
            match &= positive if dye in dyes else ~positive
        return int(match.sum())


def copies(k, n):
    return abs(math.log1p(-k / n)) / NL * 1000


def deltas(k, n):
    """On the logarithm of lambda."""
    rate = -math.log1p(-k / n)
    spread = Z * math.sqrt(k / n / (n * (1 - k / n))) / rate
    return copies(k, n) * (1 - math.exp(-spread)), copies(k, n) * (math.exp(spread) - 1)


def plain(x, digits):
    return f"{x:.{digits}f}".rstrip("0").rstrip(".")


def results(groups, dyes, kind, sd=False, run=RUN, plate=PLATE, conc="Conc. cp/uL"):
    """The older table: a row for the group, then its wells. kind: Average, Pooled, or nothing."""
    rows = [
        f"Run,Date,Instrument,Plate,Group,Name,Well,Total,Dye,Target,{conc},{'SD,CV%,' if sd else ''}95%CI,Positives"
    ]
    front = f"{run},2/6/2024,Absolute Q 0177,{plate}"
    for number, wells in enumerate(groups, 1):
        for dye in dyes:
            n, k = [w.n for w in wells], [w.k(dye) for w in wells]
            c = [copies(*pair) for pair in zip(k, n, strict=True)]
            head = f"{front},Group {number} ({len(wells)}),,{kind}"
            if kind == "Average":
                spread = f"{np.std(c, ddof=1):.2f},{100 * np.std(c, ddof=1) / np.mean(c):.2f}," if sd else ""
                rows.append(
                    f"{head},{plain(np.mean(n), 2)},{dye},{TARGETS[dye]},{np.mean(c):.2f},{spread}"
                    f"{plain(deltas(sum(k), sum(n))[0], 2)},{round(np.mean(k))}"
                )
            elif kind == "Pooled":
                half = plain(deltas(sum(k), sum(n))[0], 2)
                rows.append(f"{head},{sum(n)},{dye},{TARGETS[dye]},{plain(copies(sum(k), sum(n)), 2)},{half},{sum(k)}")
            else:
                rows.append(f"{head},,{dye},{TARGETS[dye]},,,")
            for w in wells:
                half = plain(deltas(w.k(dye), w.n)[0], 2) if w.k(dye) else "0"
                rows.append(
                    f"{front},Group {number},{w.sample},{w.name},{w.n},{dye},{TARGETS[dye]},"
                    f"{plain(copies(w.k(dye), w.n), 2)},{',,' if sd else ''}{half},{w.k(dye)}"
                )
    return rows


def block(w, dye):
    """The cells of one dye in the summary."""
    if dye not in w.positive:
        return [""] * len(BLOCK)
    n, k = w.n, w.k(dye)
    cells = dict.fromkeys(BLOCK, "")
    cells |= {"Target": TARGETS[dye], "Positives": str(k), "Threshold": str(THRESHOLDS[dye])}
    cells |= {"Conc.": f"{copies(k, n):.2f}", "Lambda (cp/Rxn)": f"{copies(k, n) * NL / 1000:.5f}"}
    if k:
        low, high = deltas(k, n)
        cells |= {"95%DeltaLCI": f"{low:.3f}", "95%DeltaUCI": f"{high:.3f}"}
        cells["Precision %"] = f"{100 * high / copies(k, n):.3f}"
    return list(cells.values())


def average(wells, dye):
    cells = dict.fromkeys(BLOCK, "")
    used = [w for w in wells if dye in w.positive]
    k, c = [w.k(dye) for w in used], [copies(w.k(dye), w.n) for w in used]
    cells |= {"Target": TARGETS[dye], "Conc.": f"{np.mean(c):.2f}", "SD": f"{np.std(c, ddof=1):.2f}"}
    cells |= {"CV%": f"{100 * np.std(c, ddof=1) / np.mean(c):.3f}", "Positives": str(round(np.mean(k)))}
    return list(cells.values())


def summary(groups, dyes, run=RUN, ghosts=(), titles=False):
    """Two lines of names; then for each group an average and its wells."""
    width = len(BLOCK)
    rows = ["," * 7 + ("," * width).join(dyes) + "," * (width + 2)]
    names = ",".join([",".join(BLOCK)] * len(dyes))
    rows.append(f"Run name,Group,Sample,Well,DF,QC,Total,{names},MeanQC,CV_QC,QC Message")
    blank = "," * (len(dyes) * width + 9)
    for number, wells in enumerate(groups, 1):
        group = f"Group {number}" if len(groups) > 1 else "Group"
        if titles:
            rows.append(f",{group}{blank[1:]}")
        means = [cell for dye in dyes for cell in average(wells, dye)]
        rows.append(f",{group},,Average,,,{plain(np.mean([w.n for w in wells]), 2)},{','.join(means)},,,")
        for w in wells:
            cells = [cell for dye in dyes for cell in block(w, dye)]
            passed = w.n > 20000
            message = "PASS: No QC issues found" if passed else "FAIL: Low number of chambers"
            rows.append(
                f"{run},,{w.sample},{w.name},1/1.00000,{'PASS' if passed else 'FAIL'},{w.n},{','.join(cells)},"
                f"{w.rng.normal(9000, 900):.1f},0.0{w.rng.integers(16, 27)},{message}"
            )
    for well, sample in ghosts:
        rows.append(f",,{sample},{well}" + blank[3:])
    return rows


def multichannel(wells, dyes, run=RUN, plate=PLATE):
    rows = ["Run,Date,Instrument,Plate,Sample,Channels,Count,Copies per microliter,Total"]
    for w in wells:
        for flags in itertools.product((False, True), repeat=len(dyes)):
            chosen = [dye for dye, flag in zip(dyes, flags, strict=True) if flag]
            count = w.combination(chosen) if set(chosen) <= set(w.positive) else 0
            conc = copies(count, w.n) if chosen else 0
            rows.append(
                f"{run},{DATE},{SERIAL},{plate},{w.sample},{' '.join(chosen)},{count},{conc:.2f},{w.n if count else 0}"
            )
    return rows


def fluorescence(wells, dyes, run=RUN, plate=PLATE):
    names = ",".join(f"{dye},{dye}_pos,{dye}_target,{dye}_threshold" for dye in dyes)
    rows = [f"Run,Date,Instrument,Plate,Well ID,Sample,Index,Reject,ROX,{names}"]
    for w in wells:
        for i in range(len(w.rejected)):
            cells = [f"{w.rng.normal(9900, 300):.8g}"]
            for dye in dyes:
                if dye not in w.positive:
                    cells += ["", "", "", ""]
                    continue
                low, high = LEVELS[dye]
                positive = w.positive[dye][i]
                level = w.rng.normal(high if positive else low - 400, high / 25 if positive else 500)
                cells += [f"{np.float32(level):.8g}", str(bool(positive)), TARGETS[dye], str(THRESHOLDS[dye])]
            rows.append(
                f"{run},{DATE},{SERIAL},{plate},{w.name},{w.sample},{i + 1},{bool(w.rejected[i])},{','.join(cells)}"
            )
    return rows


def partitions(wells, dyes, region=lambda w: "0"):
    rows = [
        "Run,Date,User,Instrument,ChipType,BarCode,Sample,Index,Column,Row,Region,Reject,Channel,PosLike,ProbPosLike,"
        "C15,C40,pos_C40,_C40/C15"
    ]
    for w in wells:
        for dye in ("ROX", *dyes):
            for i in range(len(w.rejected)):
                positive = dye in w.positive and w.positive[dye][i]
                low, high = LEVELS.get(dye, (9900, 9900))
                before, after = w.rng.normal(low, 40), w.rng.normal(high if positive else low, 60)
                rows.append(
                    f"{RUN},2022-03-01 10:20:30,lab,{SERIAL},MAP16,{PLATE},{w.sample},{i + 1},{i % 8},{i // 8},"
                    f"{region(w)},{str(w.rejected[i]).upper()},{dye},{str(bool(positive)).upper()},"
                    f"{0.98 if positive else 0.01},{before:.2f},{after:.2f},{str(bool(positive)).upper()},"
                    f"{after / before:.4f}"
                )
    return rows


def write(name, rows, end="\n", last=True, encoding="utf-8"):
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((end.join(rows) + (end if last else "")).encode(encoding))
    assert path.stat().st_size <= 15 * 1024, name


def archive(name, members):
    """The zip as the software writes it: some members may be empty."""
    with zipfile.ZipFile(HERE / name, "w", zipfile.ZIP_DEFLATED) as file:
        for member, rows in members.items():
            info = zipfile.ZipInfo(member, (2024, 2, 6, 9, 12, 32))
            file.writestr(info, "".join(row + "\r\n" for row in rows))


def other_locale(rows):
    """As a program with a decimal comma saves it."""
    return [row.replace(",", ";").replace(".", ",").replace("Conc,", "Conc.") for row in rows]


def main():
    rng = np.random.default_rng(141421)

    def well(name, sample, rates, n, rejected=0):
        return Well(rng, name, sample, dict(zip(DYES, rates, strict=False)), n, rejected)

    # ---- the older table ----
    before = [
        well("A1", "Before", (0.0, 0.21), 20411),
        well("B1", "Before", (0.0, 0.2), 20447),
        well("A2", "Before", (0.0003, 0.22), 20452),
    ]
    after = [well("C1", "Day 28", (0.004, 0.3), 20433), well("D1", "Day 28", (0.0045, 0.31), 20370)]
    write("results-average.csv", results([before, after], DYES[:2], "Average", sd=True), "\r\n")
    pooled = results([before, after], DYES[:2], "Pooled", conc="Conc. cp/µL")
    write("results-pooled.csv", pooled, encoding="latin-1")
    titled = results([before, after], DYES[:1], "")
    write("results-title.csv", ["\ufeff" + titled[0], *titled[1:]], "\r\n")
    second = results([after], DYES[:1], "Pooled", run="Graft8", plate="M01AB230100018")
    both = results([before], DYES[:1], "Pooled") + second[1:]
    write("results-two-runs.csv", other_locale(both))
    fewer = results([before], DYES[:1], "Pooled")
    write("results-filtered.csv", fewer[:-1])

    # ---- the summary ----
    plate = [
        well("A1", "Sample A1", (0.17, 0.3), 20419),
        well("A2", "Sample A2", (0.0, 0.29), 20414),
        well("A3", "Sample A3", (0.00005, 0.31), 20372),
        well("B4", "Sample B4", (0.0, 0.0), 19844),
    ]
    write("summary.csv", summary([plate], DYES[:2]), "\r\n")
    rows = summary([plate[:2], plate[2:]], DYES[:2], ghosts=[("D2", "Not used"), ("D3", "")], titles=True)
    write("summary-groups.csv", rows, "\r", last=False)
    tabs = [
        row.replace(",", "\t") for row in summary([[plate[0], plate[3], well("D1", "SRY", (0.02,), 20408)]], DYES[:2])
    ]
    write("summary-utf-16.csv", ["\ufeff" + tabs[0], *tabs[1:]], "\r\n", encoding="utf-16-le")

    # ---- combinations of dyes ----
    trio = [well("A1", "Sample A1", (0.3, 0.2, 0.0), 20419), well("C4", "Sample C4", (0.0, 0.1, 0.0), 20440)]
    write("multichannel.csv", multichannel(trio, DYES))

    # ---- chambers ----
    raw = [
        well("A1", "Sample A1", (0.5, 0.8), 14, 2),
        well("A2", "Größe 2", (0.1, 1.2), 12),
        well("B1", "Clogged", (0.1, 0.1), 3, 3),
    ]
    write("fluorescence.csv", fluorescence(raw, DYES), "\r\n")
    small = [well("D4", "Donor", (0.5, 0.8), 6)]
    quoted = ['"' + row.replace(",", '","') + '"' for row in fluorescence(small, DYES[:2])]
    write("fluorescence-quoted.csv", quoted, "\r", encoding="latin-1")
    chips = [well("A1", "Sample A1", (0.5, 0.8), 9, 1), well("A2", "Sample A2", (0.2, 0.8), 8)]
    rows = partitions(chips, DYES[:2])
    write("partitions.csv", ["\ufeff" + rows[0], *rows[1:]], "\r\n")
    named = [well("B3", "Donor", (0.5, 0.8), 6), well("C3", "Donor", (0.2, 0.8), 6)]
    write("partitions-region.csv", partitions(named, DYES[:1], region=lambda w: w.name))

    # ---- all files of a run ----
    run = [
        well("A1", "Recipient", (0.4, 0.7), 17, 1),
        well("B1", "Recipient", (0.4, 0.7), 16),
        well("C1", "Donor", (0.5, 0.6), 16, 2),
    ]
    write("run/Graft7_summary.csv", summary([run], DYES[:2]), "\r\n")
    write("run/Graft7_multichannel.csv", multichannel(run, DYES[:2]))
    write("run/Graft7_fluorescence.csv", fluorescence(run, DYES[:2]))
    write("run/notes.txt", ["Recipient in two wells"])
    extra = [well(w.name, w.sample, (0.3, 0.4, 0.2), 20433) for w in run]
    write("third-dye/Graft7_summary.csv", summary([extra], DYES[:2]))
    write("third-dye/Graft7_multichannel.csv", multichannel(extra, DYES))
    archive(
        "export.zip",
        {
            "Graft7_summary.csv": summary([plate], DYES[:2]),
            "Graft7_multichannel.csv": [],
            "Graft7_fluorescence.csv": [],
        },
    )
    write("with-partitions/summary.csv", summary([chips], DYES[:2]))
    write("with-partitions/partitions.csv", partitions(chips, DYES[:2]))
    write("apart/monday_summary.csv", summary([run], DYES[:2]))
    moved = [well(w.name, w.sample, (0.4, 0.7), 15) for w in run[:1]]
    write("apart/tuesday_fluorescence.csv", fluorescence(moved, DYES[:2]))
    write("twice/Graft7_summary.csv", summary([run[1:]], DYES[:2]))
    rng_again = summary([run[1:]], DYES[:2])
    write("twice/Graft7_summary (1).csv", other_locale(rng_again))

    # ---- what must be refused ----
    good = results([after], DYES[:1], "")
    k = str(after[0].k("FAM"))
    write("bad-count.csv", [*good[:2], good[2][: -len(k)] + k[:-1] + "l", *good[3:]])
    write("bad-more-positive.csv", [*good[:2], good[2][: -len(k)] + "20434", *good[3:]])
    write("bad-well.csv", [good[0], *(row.replace(",D1,", ",E1,") for row in good[1:])])
    write("bad-missing-column.csv", [row.rpartition(",")[0] for row in good])
    write("bad-cut-number.csv", ["\n".join(good)[:-1]], last=False)
    whole = summary([plate], DYES[:2])
    write("bad-cut-summary.csv", ["\n".join(whole)[:-60]], last=False)
    rows = multichannel(trio, DYES)
    write("multichannel-short.csv", rows[:-5])
    write("bad-cut-multichannel.csv", rows[:-6])
    chosen = [well("A1", "Recipient", (0.3, 0.2), 20419), well("B1", "Recipient", (0.3, 0.2), 20409)]
    write("bad-no-wells.csv", multichannel(chosen, DYES[:2]))
    chambers = fluorescence(small, DYES[:2])
    write("bad-cut-fluorescence.csv", ["\n".join(chambers)[:-1]], last=False)
    write(
        "bad-call.csv", [*chambers[:3], chambers[3].replace("True", "Maybe").replace("False", "Maybe"), *chambers[4:]]
    )
    write("bad-chamber-twice.csv", [*chambers, chambers[-1]])
    write("bad-partitions-wells.csv", partitions(named, DYES[:1]))

    # ---- what spreadsheets, and wells that failed, leave of a summary ----
    four = [well(f"{row}1", f"Day {7 * i}", (0.3, 0.5), 18) for i, row in enumerate("ABCD")]
    rows = summary([four], DYES[:2])
    cells = [row.split(",") for row in rows]
    width = len(BLOCK)
    positives = [7 + width * d + BLOCK.index("Positives") for d in (0, 1)]
    some = ("-", cells[5][positives[1]])
    for line, total, counts in ((3, "", ("", "")), (4, "N/A", ("N/A", "N/A")), (5, cells[5][6], some)):
        cells[line][5], cells[line][6] = "FAIL", total
        for column, count in zip(positives, counts, strict=True):
            cells[line][column] = count
    cells[0] = [*[""] * 7, *[dye for dye in DYES[:2] for _ in BLOCK], *[""] * 3]  # merged cells, filled
    write("summary-failed.csv", [",".join(row) for row in cells], "\r\n")
    pair = [well("A1", "Recipient", (0.4, 0.7), 17), well("B1", "Donor", (0.4, 0.7), 16)]
    write("no-dyes/Graft7_summary.csv", summary([pair], DYES[:2])[1:])
    write("no-dyes/Graft7_fluorescence.csv", fluorescence(pair, DYES[:2]))
    write("no-dyes/Graft7_multichannel.csv", multichannel(pair, DYES[:2]))


if __name__ == "__main__":
    main()
