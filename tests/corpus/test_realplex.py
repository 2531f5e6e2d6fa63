"""Exports of realplex through `microchim read --json`, against the same files read with csv."""

import csv
import io
import re
import statistics

import pytest
from qpcr import attributes, corpus, number, reactions, well_name
from support import read

FILES = corpus("eppendorf_realplex", "*.*")
TWICE = corpus("eppendorf_realplex", "*.csv")


def rows(path):
    """Rows of the wells as dictionaries, and the parameters below."""
    text = path.read_text(encoding="cp1252")
    between = "\t" if path.suffix == ".txt" else ";"
    table, _, below = text.partition('"Analysis Parameters"')
    lines = list(csv.reader(io.StringIO(table), delimiter=between))
    wells = [dict(zip(lines[0], line, strict=True)) for line in lines[1:] if line]
    return wells, {line[0]: line[1] for line in csv.reader(io.StringIO(below), delimiter=between) if len(line) > 1}


@pytest.mark.parametrize("path", FILES)
def test_every_well_is_as_in_the_file(path):
    wells, parameters = rows(path)
    document = read(path)
    found = reactions(document)
    dyes = [m[1] for name in wells[0] if (m := re.fullmatch(r"Ct (?!Mean|Dev)(.+)", name))]
    assert len(found) == len(wells) * len(dyes) > 0
    for row in wells:
        for dye in dyes:
            react, curve = found[well_name(row["Pos"]), row.get(f"Target {dye}", ""), dye, ""]
            amount = next(name for name in row if name.startswith(f"Amount {dye}"))
            assert react["sample"] == row["Name"]
            assert curve["cq"] == number(row[f"Ct {dye}"])
            assert curve["amplified"] == (row[f"Ct {dye}"] != "")
            assert curve["quantity"] == number(row[amount])
            assert curve["threshold"] == float(parameters["Threshold level"])
            said = attributes(document, well_name(row["Pos"]))
            assert said.get(f"Ct Mean {dye}", "") == row[f"Ct Mean {dye}"]
    said = attributes(document)
    assert {key: value for key, value in parameters.items() if key != "Threshold level"}.items() <= said.items()


@pytest.mark.parametrize("path", FILES)
def test_means_and_deviations_are_those_of_the_cqs_read(path):
    """The program prints two decimals of each, the deviation with n - 1."""
    document = read(path)
    groups = {}
    for (well, _, dye, _), (_, curve) in sorted(reactions(document).items()):
        mean = attributes(document, well).get(f"Ct Mean {dye}")
        if mean and curve["cq"] is not None:  # replicates stand side by side
            groups.setdefault((well[0], mean, attributes(document, well)[f"Ct Dev. {dye}"]), []).append(curve["cq"])
    compared = 0
    for (_, mean, deviation), cqs in groups.items():
        if len(cqs) < 2:
            continue
        assert statistics.mean(cqs) == pytest.approx(number(mean), abs=0.011)
        assert statistics.stdev(cqs) == pytest.approx(number(deviation), abs=0.011)
        compared += 1
    assert compared > 10


@pytest.mark.parametrize("path", TWICE)
def test_the_same_run_as_csv_and_as_txt_is_the_same(path, tmp_path):
    text = path.with_suffix(".txt")
    first, second = read(path), read(text)
    for key in ("reacts", "attributes", "run"):
        assert first[key] == second[key]
    for file in (path, text):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    both = read(tmp_path)
    assert both["reacts"] == first["reacts"] and len(both.get("runs", [both])) == 1
    assert any("counts once" in note["what"] for note in both["notes"])
