#!/usr/bin/env python3
"""Writes fixtures/ from simulated partitions; run it again after a change and look at the difference.

The layout of the files follows second-hand descriptions; names and numbers are made up. bad-* must be refused.
"""

import pathlib

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
PLATE = "plate1-2501010000000000000001"


def lane(rng, lambdas, n=300, flag="Flag", invalid=0.03):
    """Rows of one lane; `lambdas` of the channels in use, by number."""
    rows = [",".join([f"Channel{c}" for c in range(1, 8)] + [flag])]
    columns = []
    for c in range(1, 8):
        if c in lambdas:
            positive = rng.poisson(lambdas[c], n) > 0
            columns.append(rng.normal(np.where(positive, 2400, 700), 60).round().astype(int))
        else:
            columns.append(np.zeros(n, int))
    for i in range(n):
        word = "Valid" if rng.random() > invalid else ("InvalidL3", "InvalidL1")[int(rng.random() < 0.3)]
        rows.append(",".join([str(column[i]) for column in columns] + [word]))
    return rows


def semicolons(rows, decimals=True):
    """As a spreadsheet in a country of decimal commas saves it."""
    out = [rows[0].replace(",", ";")]
    for row in rows[1:]:
        cells = row.split(",")
        out.append(";".join([cell + ",5" if decimals and cell != "0" else cell for cell in cells[:-1]] + cells[-1:]))
    return out


def write(name, rows, end="\r\n", last=True, encoding="utf-8"):
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((end.join(rows) + (end if last else "")).encode(encoding))
    assert path.stat().st_size <= 15 * 1024, name


def main():
    rng = np.random.default_rng(173205)
    three = {2: 0.3, 3: 0.9, 7: 0.05}
    first = lane(rng, three)
    write(f"{PLATE}_lane6_E13.csv", first)
    write("run_2_lane1_Donor A.csv", semicolons(lane(rng, three, 200)), "\n", encoding="utf-8-sig")
    write("run_3_Lane12_5 ng µL.csv", semicolons(lane(rng, {1: 0.2}, 200), decimals=False), "\r", last=False)
    # Another order of columns, another name of the flags, a column that no description has.
    other = [
        ",".join([*row.split(",")[::-1], str(i)]) for i, row in enumerate(lane(rng, three, 200, "Partition state"))
    ]
    write("run_4_lane2_NTC.csv", [other[0].rsplit(",", 1)[0] + ",Index", *other[1:]], encoding="utf-16")
    write("run_5_lane3.csv", [lane(rng, {})[0]])  # a lane without partitions, a name without sample

    two = [lane(rng, three, 150), lane(rng, three, 150), lane(rng, {2: 0.3, 3: 0}, 150)]
    write(f"plates/{PLATE}_lane7_Donor.csv", two[0])
    write(f"plates/{PLATE}_lane8_NEG.csv", two[2])
    write("plates/plate2-2501010000000000000002_lane7_Day 28.csv", two[1], "\n")
    write("plates/layout.txt", ["lane 7: Donor"])
    write(f"again/a/{PLATE}_lane7_Donor.csv", two[0])
    write(f"again/b/{PLATE}_lane7_Donor.csv", two[0])
    write(f"again/c/{PLATE}_lane7_Donor.csv", two[1])

    write("bad-name_E13.csv", first[:20])
    write("bad-number_lane1_S.csv", [*first[:7], "x" + first[7][1:], *first[8:20]])
    write("bad-cut_lane1_S.csv", [*first[:9], first[9][:12]], last=False)
    write("bad-flag-cut_lane1_S.csv", [*first[:9], first[9].rsplit(",", 1)[0] + ",Val"], last=False)
    write("bad-no-flag_lane1_S.csv", [*first[:9], first[9].rsplit(",", 1)[0] + ",", *first[10:20]])
    write("bad-long_lane1_S.csv", [*first[:9], first[9] + ",7,8", *first[10:20]])


if __name__ == "__main__":
    main()
