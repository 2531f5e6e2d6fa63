#!/usr/bin/env python3
"""Writes fixtures/ in the layout of the SmartCycler; curves are simulated, names made up. bad-* must be refused."""

import pathlib

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
DYES = ("FAM", "Cy3")
CYCLES = 30
RNG = np.random.default_rng(77)


def curve(cq):
    """Counts less a straight line, as the program prints them."""
    n = np.arange(1, CYCLES + 1)
    rise = 0 if cq is None else 120 / (1 + np.exp(-(n - cq - 3) / 1.3))
    return np.round(rise + RNG.normal(0, 0.5, CYCLES), 6)


def second(values):
    d = np.zeros(CYCLES)
    d[2:-2] = 6.25 * (values[:-4] - 2 * values[2:-2] + values[4:])
    return d


def block(sites, instrument="A"):
    """sites: name -> Ct of each dye."""
    cells = [(site, dye, curve(cq)) for site, cqs in sites.items() for dye, cq in zip(DYES, cqs, strict=True)]
    names = ",".join(f"{dye},{dye} D2" for _, dye, _ in cells)
    rows = [f"Instrument {instrument}", "," + ",".join(f"{site},{site}" for site, _, _ in cells)]
    rows += ["," + names, "Cycle #," + names]
    for n in range(CYCLES):
        values = ",".join(f"{values[n]!s},{second(values)[n]!s}" for _, _, values in cells)
        rows.append(f"{n + 1},{values}")
    return [*rows, ""]


def results(sites):
    """sites: (name, sample, type, then found and Ct of each dye)."""
    head = "Site ID,Protocol,Sample ID,Sample Type,Notes,Status,FAM Std/Res,FAM Ct,Cy3 Std/Res,Cy3 Ct"
    rows = ["Results Table", head]
    for site, sample, kind, *found in sites:
        rows.append(",".join([site, "Graft v2", sample, kind, "", "OK", *found]))
    return [*rows, ""]


SETTINGS = [
    "Analysis Settings",
    "Ch #,Dye Name,Usage,Bkgnd Sub,Bkgnd Min Cycle,Bkgnd Max Cycle,Curve Analysis,Thresh Setting,"
    "Manual Thresh Fluor Units,Auto Thresh #SD's,Target",
    "1,FAM,Assay,ON,5,20,Primary Curve,Manual,30.0,NA",
    "2,Cy3,Assay,ON,5,20,Primary Curve,Auto,NA,5",
]


def head(sites):
    return [
        "Run Summary        (Smart Cycler 2.0d)",
        "Run Name:,Graft 7",
        'Started At:,"Mar 14, 2011 9:54 AM"',
        f"Number of Sites:,{sites}",
        "",
        "Cycle Data",
        "",
    ]


def write(name, rows, end="\r\n"):
    HERE.mkdir(parents=True, exist_ok=True)
    data = (end.join(rows) + end).encode()
    assert len(data) <= 15 * 1024, (name, len(data))
    (HERE / name).write_bytes(data)


def main():
    found = [
        ("A1", "Day 28", "UNKN", "POS", "22.15", "POS", "18.40"),
        ("A2", "Water", "NTC", "NEG", "0.00", "NEG", "0.00"),
        ("A3", "Day 56", "UNKN", "NEG", "0.00", "POS", "19.02"),
    ]
    first = block({"A1": (22.15, 18.4), "A2": (None, None), "A3": (None, 19.02)})
    whole = [*head(3), *first, *results(found), *SETTINGS]
    write("run.csv", whole)
    standards = [
        ("A1", "Standard 1", "STD", "10000.0", "15.02", "ND", "0.00"),
        ("A2", "Standard 2", "STD", "100.0", "21.71", "ND", "0.00"),
    ]
    unknown = [
        ("A1", "Day 28", "UNKN", "87.5", "22.15", "POS", "18.40"),
        ("A3", "Day 56", "UNKN", "ND", "0.00", "ND", "ND"),
    ]
    sites = {"A1": (22.15, 18.4), "A3": (None, 19.02)}
    imported = block({"A1": (15.02, None), "A2": (21.71, None)})
    write("imported-standards.csv", [*head(4), *block(sites), *imported, *results([*unknown, *standards]), *SETTINGS])
    b = block({"B1": (20, 20)}, "B")
    a = block({"A16": (20, 20)})
    write("two-instruments.csv", [*head(2), *a, *b, *SETTINGS[:2], SETTINGS[2].replace("ON", "OFF")])
    write("results-only.csv", [*results(found)], "\n")
    at = next(i for i, row in enumerate(whole) if row.startswith("Site ID")) + 1
    write("bad-ct.csv", [*whole[:at], whole[at].replace("22.15", "22.1S"), *whole[at + 1 :]])
    write("bad-type.csv", [*whole[:at], whole[at].replace("UNKN", "UNKNW"), *whole[at + 1 :]])
    write("bad-found.csv", [*whole[:at], whole[at].replace("POS", "12O", 1), *whole[at + 1 :]])
    write("bad-site.csv", [*whole[:at], whole[at].replace("A1,", "AA1x,"), *whole[at + 1 :]])
    line = next(i for i, row in enumerate(whole) if row.startswith("12,"))
    write("bad-value.csv", [*whole[:line], whole[line].replace(".", ":", 1), *whole[line + 1 :]])
    write("bad-cycle.csv", [*whole[:line], whole[line - 1], *whole[line + 1 :]])
    short = [row.rsplit(",", 4)[0] + ",,,," if row[:2] in ("29", "30") else row for row in first]
    write("fewer-cycles.csv", [*head(3), *short, *results(found)])
    write("bad-cut.csv", [*whole[:line], whole[line][:20]])
    write("bad-no-cycles.csv", [*whole[:10], "", *results(found)])
    write("bad-no-sites.csv", [*whole[:8], *whole[9:]])
    write("bad-nothing.csv", head(0))


if __name__ == "__main__":
    main()
