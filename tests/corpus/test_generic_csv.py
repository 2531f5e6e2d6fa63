"""The reader of described tables: real numbers under column names of our own, against the same files read with csv.

The tables of the corpus belong to other readers, so each gets new column names and a description, as if it came from an
instrument that nobody knows. Where the corpus does not exist those tests are skipped; support.py says where it is
looked for.
"""

import csv
import io
import re

import pytest
from support import DPCR, REPOSITORY, run

ALLOTROPY = "Benchling-Open-Source__allotropy/tests/parsers"
QIACUITY = DPCR / "qiagen"
ABSOLUTE_Q = DPCR / "thermo" / ALLOTROPY / "appbio_absolute_q/testdata"
PLUGIN = REPOSITORY / "plugins/generic-csv"
corpus = pytest.mark.skipif(not DPCR.is_dir(), reason=f"the corpus of real files is not at {DPCR}")


def described(folder, source, description, preamble=0, name="table.csv"):
    """A copy of `source` with columns c1, c2 ..., and a description beside it; its rows as csv reads them."""
    folder.mkdir(exist_ok=True)
    data = source.read_bytes()
    text = data.decode("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "cp1252", errors="replace")
    head, *rows = list(csv.reader(io.StringIO(text)))[preamble:]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([[f"c{i + 1}" for i in range(len(head))], *rows])
    (folder / name).write_text(out.getvalue())
    (folder / "description.toml").write_text('schema = "microchim/csv/1"\n' + description)
    return rows


def only_run(folder):
    code, document = run(folder)
    assert code == 0, document
    assert document["reader"]["id"] == "generic-csv"
    return document


def well_name(text):
    return f"{text[0]}{int(text[1:]):02}"


def counts_of(document):
    return {
        (react["well"], c["target"]): (react["sample"], c["positive"], c["accepted"], c["vendor"]["copies_per_ul"])
        for react in document["reacts"]
        for c in react["counts"]
    }


# ---- result tables


@corpus
def test_a_long_table_with_three_counts(tmp_path):
    files = sorted(QIACUITY.rglob("ddPCR00*-analysis.csv"))
    assert files
    for file in files:
        columns = """[columns]
well = 1
target = "c3"
sample = "C 4"
concentration = "c6"
accepted = "c8"
positive = "c9"
negative = "c10"
threshold = "c11"
"""
        rows = described(tmp_path / file.stem, file, columns, preamble=1)
        found = counts_of(only_run(tmp_path / file.stem))
        expected = {(well_name(r[0]), r[2]): (r[3], int(r[8]), int(r[7]), float(r[5])) for r in rows}
        assert found == expected and len(found) > 20


@corpus
def test_a_table_with_means_between_the_wells(tmp_path):
    columns = """[run]
id = { column = "c1" }
plate = { column = "c4" }
instrument = { column = "c3" }
[columns]
well = "c7"
sample = "c6"
accepted = "c8"
dye = "c9"
target = "c10"
concentration = "c11"
positive = "c15"
[[pooled]]
column = "c7"
equals = "Average"
kind = "mean"
"""
    rows = described(tmp_path / "means", ABSOLUTE_Q / "Appbio_AbsoluteQ_example01.csv", columns)
    document = only_run(tmp_path / "means")
    wells = [r for r in rows if r[6] != "Average"]
    expected = {(well_name(r[6]), r[9]): (r[5], int(r[14]), int(r[7]), float(r[10])) for r in wells}
    assert counts_of(document) == expected and len(wells) > 10
    means = [(a["target"], a["vendor"]["copies_per_ul"]) for a in document["aggregates"]]
    assert sorted(means) == sorted((r[9], float(r[10])) for r in rows if r[6] == "Average") and means
    assert document["run"]["instrument"] == "Absolute Q 0140"


@corpus
def test_a_wide_table_whose_columns_have_no_names_of_their_own(tmp_path):
    file = ABSOLUTE_Q / "Appbio_AbsoluteQ_single1_summary.csv"
    columns = """[run]
id = "one"
[columns]
well = 4
sample = 3
accepted = 7
[[target]]
name = { column = 8 }
dye = "FAM"
concentration = 9
positive = 18
[[leave_out]]
column = 4
equals = ["Average", ""]
"""
    rows = [r for r in described(tmp_path / "wide", file, columns, preamble=1) if re.fullmatch(r"[A-H]\d+", r[3])]
    expected = {(well_name(r[3]), r[7]): (r[2], int(r[17]), int(r[6]), float(r[8])) for r in rows}
    assert counts_of(only_run(tmp_path / "wide")) == expected and expected


# ---- partitions


@corpus
def test_partitions_of_four_channels_in_one_table(tmp_path):
    channels = "".join(
        f'[[partitions.channel]]\ncolumn = {10 + 4 * i}\ncall = "c{11 + 4 * i}"\ntarget = "T{i}"\n' for i in range(4)
    )
    columns = '[partitions]\nfile = "*.csv"\nwell = "c5"\n[partitions.excluded]\ncolumn = "c8"\nequals = "true"\n'
    file = ABSOLUTE_Q / "Appbio_AbsoluteQ_fluorescence_columns.csv"
    rows = described(tmp_path / "four", file, columns + channels)
    document = only_run(tmp_path / "four")
    for react in document["reacts"]:
        mine = [r for r in rows if well_name(r[4]) == react["well"]]
        accepted = [r for r in mine if r[7] == "False"]
        assert react["partitions"]["accepted"] == len(accepted)
        assert react["partitions"]["excluded"] == len(mine) - len(accepted)
        for i, channel in enumerate(react["partitions"]["channels"]):
            values = [float(r[9 + 4 * i]) for r in accepted]
            assert channel["min"] == pytest.approx(min(values), rel=1e-6)
            assert channel["max"] == pytest.approx(max(values), rel=1e-6)
            assert channel["positive"] == sum(r[10 + 4 * i] == "True" for r in accepted)
    assert len(document["reacts"]) == len({r[4] for r in rows}) > 0


@corpus
def test_partitions_that_a_laboratory_put_together_itself(tmp_path):
    file = QIACUITY / "FRSimonetti__CLAWS_dPCR_plotting/claws_example_data.csv"
    columns = """[partitions]
file = "claws_{well}.csv"
[[partitions.channel]]
column = "c5"
call = "c4"
target = "atg"
[[partitions.channel]]
column = "c10"
call = "c9"
target = "msd"
"""
    rows = described(tmp_path / "claws", file, columns, name="claws_A1.csv")
    (react,) = only_run(tmp_path / "claws")["reacts"]
    assert react["well"] == "A01" and react["partitions"]["accepted"] == len(rows)
    expected = [("atg", sum(r[3] == "1" for r in rows)), ("msd", sum(r[8] == "1" for r in rows))]
    assert [(c["target"], c["positive"]) for c in react["counts"]] == expected


# ---- real-time PCR, of tables that a laboratory edited

EDITED = DPCR.parent / "qpcr/edited_tables"
edited = pytest.mark.skipif(not EDITED.is_dir(), reason=f"the corpus of real files is not at {EDITED}")


def rows_of(name):
    (path,) = EDITED.rglob(name)
    return path, list(csv.reader(io.StringIO(path.read_text())))


@edited
def test_an_edited_table_of_cqs(tmp_path):
    path, (head, *rows) = rows_of("DMASqPCR_sweet_marzipan.csv")
    (tmp_path / path.name).write_bytes(path.read_bytes())
    columns = f'well = "well"\nsample = "sample"\ntarget = "{head[0]}"\ncq = "Autocalculated"\n'
    description = f'schema = "microchim/csv/1"\ndecimal = ","\n[columns]\n{columns}'
    (tmp_path / "description.toml").write_text(description)
    document = only_run(tmp_path)
    found = {}
    for react in document["reacts"]:
        for curve in react["curves"]:
            found[react["well"], curve["target"]] = (react["sample"], curve["cq"], curve["amplified"])
    cqs = [float(row[4].replace(",", ".")) if row[4] else None for row in rows]
    expected = {(well_name(r[2]), r[0]): (r[1], cq, cq is not None) for r, cq in zip(rows, cqs, strict=True)}
    assert found == expected and len(found) == len(rows) > 10
    kept = {(a["well"], a["key"]): a["value"] for a in document["attributes"]}
    for row in rows:
        assert kept[well_name(row[2]), f"Regression [{row[0]}]"] == row[3]


@edited
def test_an_edited_table_of_curves_beside_its_cqs(tmp_path):
    """Of two cyclers in one table, the wells of the second are called AA1 to HH12: the note names them."""
    path, (head, *rows) = rows_of("rps4_8fach.csv")
    (tmp_path / path.name).write_bytes(path.read_bytes())
    _, (_, *results) = rows_of("rps4_8fach_cq.csv")
    table = io.StringIO()
    first = [[r[2], r[1], r[4]] for r in results if r[2][1].isdigit()]
    csv.writer(table).writerows([["well", "conc", "cq"], *first])
    (tmp_path / "cqs.csv").write_text(table.getvalue())
    (tmp_path / "description.toml").write_text(
        'schema = "microchim/csv/1"\ndecimal = ","\nfiles = "cqs.csv"\n'
        '[columns]\nwell = "well"\nsample = "conc"\ntarget = { value = "rps4" }\ncq = "cq"\n'
        '[[leave_out]]\ncolumn = "conc"\nequals = "TEST"\n'
        '[[curves]]\nfile = "rps4*.csv"\ncycle = "Cycle"\nsignal = "raw"\n'
    )
    document = only_run(tmp_path)
    compared = 0
    for react in document["reacts"]:
        (curve,) = react["curves"]
        at = next(i for i, name in enumerate(head) if i and written(name) == react["well"])
        expected = [float(row[at].replace(",", ".")) for row in rows]
        assert curve["fluorescence"] == pytest.approx(expected, rel=1e-6)
        compared += len(expected)
    assert compared > 96 * 40
    assert any("BB1" in note["what"] for note in document["notes"])


def written(name):
    letters = name.rstrip("0123456789")
    return f"{letters}{int(name[len(letters) :]):02}"


# ---- the documentation


def blocks(text):
    return re.findall(r"```toml\n(.*?)```", text, re.S)


def test_the_example_of_the_readme_is_the_fixture():
    (example,) = blocks((PLUGIN / "README.md").read_text(encoding="utf-8"))
    assert example == (PLUGIN / "fixtures/dropscope/dropscope.toml").read_text(encoding="utf-8")


def test_the_first_example_of_the_guide_can_be_used(tmp_path):
    guide = (REPOSITORY / "docs/describe-a-csv.md").read_text(encoding="utf-8")
    example = "\n".join(line.removeprefix("   ") for line in blocks(guide)[0].splitlines())
    (tmp_path / "description.toml").write_text(example)
    table = "Position,Sample name,Assay,Valid partitions,Positive partitions\nH12,P1,SRY,18000,12\n"
    (tmp_path / "results.csv").write_text(table)
    assert counts_of(only_run(tmp_path)) == {("H12", "SRY"): ("P1", 12, 18000, None)}


def test_every_key_of_the_guide_is_known(tmp_path):
    """All examples below the first, together with what they leave out, are one description."""
    guide = (REPOSITORY / "docs/describe-a-csv.md").read_text(encoding="utf-8")
    _, types, targets, rules, partitions, _ = blocks(guide)
    targets = targets.replace("[columns]\n", '[columns]\ntype = "Role"\n')
    text = 'schema = "microchim/csv/1"\n' + types + targets + rules.replace(', ""', "") + partitions
    (tmp_path / "description.toml").write_text(text)
    head = "Position,Chamber,Total,Role,Replicates,Blue positives,Blue threshold,Green positives"
    rows = ["A1,A1,4,Patient,,1,3000,2", "Mean,Mean,4,,A1,1,,2", "Total,,9,,,9,,9"]
    (tmp_path / "plate.csv").write_text("\n".join([head, *rows]) + "\n")
    (tmp_path / "plate_A1.csv").write_text(
        "Valid,FAM amplitude,FAM call\nyes,5000.5,1\nyes,900,0\nno,1,u\nyes,1,0\nyes,2,u\n"
    )
    document = only_run(tmp_path)
    assert counts_of(document) == {("A01", "SRY"): ("", 1, 4, None), ("A01", "RPP30"): ("", 2, 4, None)}
    assert document["reacts"][0]["partitions"]["accepted"] == 4
    assert [(a["name"], a["members"]) for a in document["aggregates"]] == [("Mean", ["A01"])] * 2


def test_the_curves_of_the_guide_can_be_read(tmp_path):
    guide = (REPOSITORY / "docs/describe-a-csv.md").read_text(encoding="utf-8")
    columns = '[columns]\nwell = "Well"\ntarget = "Assay"\ncq = "Ct"\n'
    (tmp_path / "description.toml").write_text('schema = "microchim/csv/1"\n' + columns + blocks(guide)[5])
    (tmp_path / "results.csv").write_text("Well,Assay,Ct\nA1,SRY,30.5\nA1,RPP30,\n")
    (tmp_path / "run_SRY.csv").write_text("Cycle,A1\n1,10\n2,20\n")
    (tmp_path / "run_long.csv").write_text("Cycle,Well,RFU,Assay\n1,A1,0.5,RPP30\n")
    (react,) = only_run(tmp_path)["reacts"]
    found = {c["target"]: (c["cq"], c["amplified"], c["signal"], c["fluorescence"]) for c in react["curves"]}
    assert found == {"SRY": (30.5, True, "raw", [10, 20]), "RPP30": (None, False, "baselined", [0.5])}
