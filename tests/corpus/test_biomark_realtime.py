"""Real-time tables of the BioMark through `microchim read --json`, against the same files read with csv."""

import csv

import pytest
from qpcr import attributes, corpus, reactions
from support import read

FILES = corpus("fluidigm_biomark", "*.csv")
TYPES = {"Unknown": "unkn", "NTC": "ntc", "Standard": "std"}


def lines(path):
    with path.open(newline="") as file:
        return list(csv.reader(file))


def inlet(chamber):
    """S01 is A01, S13 is B01: twelve in a row."""
    number = int(chamber[1:3]) - 1
    return f"{'ABCDEFGH'[number // 12]}{number % 12 + 1:02}"


@pytest.mark.parametrize("path", FILES)
def test_every_chamber_is_as_in_the_file(path):
    table = lines(path)
    assert table[11][:7] == ["ID", "Name", "Type", "rConc", "Name", "Type", "Value"]
    dye = table[9][6]
    document = read(path)
    found = reactions(document)
    rows = [row for row in table[12:] if row]
    assert len(found) == len(rows) > 0
    for chamber, sample, kind, _, target, _, value, _, call, threshold in rows:
        react, curve = found[inlet(chamber), target, dye, chamber]
        assert react["sample"] == sample
        assert curve["type"] == TYPES[kind]
        assert curve["cq"] == (None if value == "999" else float(value))
        assert curve["amplified"] == (call == "Pass") and curve["status"] == call
        assert curve["threshold"] == float(threshold)


@pytest.mark.parametrize("path", FILES)
def test_what_is_said_besides_is_kept(path):
    document = read(path)
    for chamber, _, _, rconc, *_, quality, _, _ in (row for row in lines(path)[12:] if row):
        said = attributes(document, inlet(chamber))
        assert said["Sample rConc"] == rconc
        assert said[f"FAM-MGB Ct Quality [{chamber}]"] == quality
    said = attributes(document)
    assert document["run"]["software"]["version"] == lines(path)[1][1]
    assert said["Quality Threshold"] == lines(path)[4][1]


@pytest.mark.parametrize("path", FILES)
def test_pass_is_a_matter_of_quality(path):
    """The program passes what has a Ct and reaches the quality that the file states."""
    limit = float(lines(path)[4][1])
    for chamber, *_, value, quality, call, _ in (row for row in lines(path)[12:] if row):
        assert (call == "Pass") == (value != "999" and float(quality) >= limit), chamber
