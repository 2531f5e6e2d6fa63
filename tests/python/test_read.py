"""Reading runs from Python."""

from __future__ import annotations

import gc
import json
from pathlib import Path

import microchim as mc
import numpy as np
import pandas as pd
import pytest
from product import HEADER, row, stdout_of


def test_a_well_answers_to_both_of_its_names(table: Path) -> None:
    run = mc.read_run(table)
    assert run["A1"] is run["A01"] is run["a1"]
    assert (len(run), list(run)) == (3, ["A01", "A02", "B01"])
    assert "A1" in run and "H12" not in run and "patient" not in run
    with pytest.raises(KeyError, match="is no well"):
        run["patient"]


def test_a_well_knows_its_sample_and_counts(table: Path) -> None:
    well = mc.read_run(str(table))["A2"]
    assert (well.sample, well.type) == ("P1-d28", "unkn")
    assert [(c.target, c.positive, c.accepted) for c in well.counts] == [("SRY", 210, 18123), ("RPP30", 9120, 18123)]
    assert well.partitions is None
    with pytest.raises(AttributeError):
        well.sample = "other"  # type: ignore[misc]


def test_wells_is_one_row_per_well_and_target(table: Path) -> None:
    frame = mc.read_run(table).wells()
    assert list(zip(frame.well, frame.target, strict=True)) == [
        (w, t) for w in ("A01", "A02", "B01") for t in ("SRY", "RPP30")
    ]
    assert list(frame.type) == ["unkn"] * 4 + ["ntc"] * 2
    assert frame.positive.dtype == frame.accepted.dtype == np.int64
    assert np.allclose(frame.lambda_copies, -np.log1p(-frame.positive / frame.accepted), rtol=1e-12)
    assert np.allclose(frame.copies_per_ul, frame.lambda_copies / frame.volume_nl * 1000, rtol=1e-12)
    assert set(frame.volume_source) == {"instruments/biorad/qx200.toml"}


def test_the_frame_has_the_same_columns_and_types_whatever_the_run_says(table: Path, droplets: Path) -> None:
    with_table, with_droplets = mc.read_run(table).wells(), mc.read_run(droplets).wells()
    pd.testing.assert_series_equal(with_table.dtypes, with_droplets.dtypes)
    assert with_table.columns[:7].tolist() == ["well", "row", "column", "sample", "type", "target", "dye"]


def test_partitions_are_read_only_views_that_outlive_their_run(droplets: Path) -> None:
    run = mc.read_run(droplets)
    partitions = run["C3"].partitions
    assert partitions is not None and partitions.accepted == 400
    amplitude, calls = partitions["SRY"].fluorescence, partitions["SRY"].calls
    assert calls is not None
    assert amplitude.dtype == np.float32 and amplitude.flags.c_contiguous and not amplitude.flags.owndata
    assert np.shares_memory(amplitude, run["C03"].partitions["Ch1 Amplitude"].fluorescence)  # type: ignore[index]
    with pytest.raises(ValueError, match="read-only"):
        amplitude[0] = 1
    del run, partitions
    gc.collect()
    np.testing.assert_array_equal(amplitude[:30], np.float32(8000 + np.arange(30) * 0.25))
    assert int((calls == 1).sum()) == 30
    with pytest.raises(KeyError, match=r"no channel 'XYZ'; there are SRY, RPP30"):
        mc.read_run(droplets)["C03"].partitions["XYZ"]  # type: ignore[index]


def test_amplitudes_without_a_table_are_counted(droplets: Path) -> None:
    run = mc.read_run(droplets / "run_C03_Amplitude.csv")
    assert [(c.positive, c.accepted) for c in run["C03"].counts] == [(30, 400), (100, 400)]


def test_the_document_is_the_one_that_the_command_prints(droplets: Path, command: Path) -> None:
    run = mc.read_run(droplets)
    assert run.to_dict() == json.loads(stdout_of(command, "read", droplets, "--json")) == json.loads(run.to_json())
    run.to_dict()["reacts"].clear()
    assert len(run.to_dict()["reacts"]) == 1  # a copy was cleared


def test_a_run_says_in_one_line_what_it_is(table: Path) -> None:
    run = mc.read_run(table)
    text = repr(run)
    assert "plate.csv" in text and "QX200" in text and "3 wells" in text and "SRY, RPP30" in text and "\n" not in text
    assert any("QX200" in note.what for note in run.notes)


def test_a_script_in_a_sample_name_stays_text_in_a_notebook(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    (tmp_path / "x.csv").write_text("\n".join([HEADER, row("A01", evil, 1, "<b>SRY", 5, 15000)]) + "\n")
    run = mc.read_run(tmp_path / "x.csv")
    assert run["A1"].sample == evil
    html = run._repr_html_()
    assert "<script" not in html and "<b>" not in html and "&lt;script&gt;" in html


def test_twenty_rows_are_shown_and_the_rest_is_counted(tmp_path: Path) -> None:
    rows = [row(f"{r}{c:02d}", "s", 1, "SRY", 5, 15000) for r in "ABC" for c in range(1, 13)]
    (tmp_path / "x.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    html = mc.read_run(tmp_path / "x.csv")._repr_html_()
    assert html.count("<tr>") == 21 and "16 more" in html


def test_a_bad_cell_is_told_with_file_and_line(table: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(table.read_text().replace(",210,", ",2l0,"))
    with pytest.raises(mc.ReadError, match=r"bad\.csv:3, column 'Positives': '2l0' is not a number") as caught:
        mc.read_run(bad)
    error = caught.value
    assert isinstance(error, ValueError) and isinstance(error, mc.MicrochimError)
    assert (error.path, error.line) == (str(bad), 3)


@pytest.mark.parametrize(
    ("name", "content"), [("empty.csv", b""), ("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(50)), ("x.ddpcr", b"PK\3\4")]
)
def test_what_is_no_run_is_a_read_error(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(mc.ReadError, match=name):
        mc.read_run(tmp_path / name)


def test_a_missing_path_is_a_read_error_even_with_odd_bytes_in_it(tmp_path: Path) -> None:
    with pytest.raises(mc.ReadError, match="nowhere"):
        mc.read_run(tmp_path / "nowhere.csv")
    with pytest.raises(mc.ReadError):
        mc.read_run(str(tmp_path) + "/\udcff.csv")


def test_the_readers_are_listed() -> None:
    (reader,) = (r for r in mc.readers() if r.id == "biorad-quantasoft")
    assert reader.name == "Bio-Rad QuantaSoft" and Path(reader.library).is_file()


def test_files_given_together_are_one_drop(droplets: Path, table: Path) -> None:
    (joined,) = mc.read_runs(droplets / "run.csv", droplets / "run_C03_Amplitude.csv")
    assert joined["C03"].partitions is not None
    assert [counts.positive for counts in joined["C03"].counts] == [30, 100]
    assert len(mc.read_runs(droplets, table)) == 2
    with pytest.raises(TypeError, match="at least one path"):
        mc.read_runs()


def test_two_runs_in_one_folder_are_not_taken_for_one(table: Path, droplets: Path, tmp_path: Path) -> None:
    for source in (table, droplets / "run.csv"):
        (tmp_path / source.name).write_bytes(source.read_bytes())
    assert sorted(len(run) for run in mc.read_runs(tmp_path)) == [1, 3]
    with pytest.raises(mc.ReadError, match="holds 2 runs") as caught:
        mc.read_run(tmp_path)
    assert caught.value.hint == "Use microchim.read_runs()."


def test_pooled_rows_are_a_frame_of_their_own(table: Path, tmp_path: Path) -> None:
    merged = table.read_text() + '"M01",ABS,,"P1-d28",Ch1Unknown,"SRY",,13.7,,,420,35826,36246,,,"(A02,A03)"\n'
    (tmp_path / "merged.csv").write_text(merged)
    run = mc.read_run(tmp_path / "merged.csv")
    frame = run.pooled()
    (pooled,) = frame.to_dict("records")
    said = [pooled[column] for column in ("name", "sample", "pooling", "members", "positive")]
    assert said == ["M01", "P1-d28", "sum", "A02,A03", 420]
    assert len(run.wells()) == 6
    assert mc.read_run(table).pooled().columns.equals(frame.columns)


def test_a_run_is_not_counted_twice(table: Path, tmp_path: Path) -> None:
    wells = [("A01", "P1", 12, 9000, 18123), ("A02", "P1", 15, 9120, 17011), ("B01", "NTC", 0, 2, 16555)]
    lines = [row(w, s, 1, "SRY", k, n) for w, s, k, _, n in wells]
    lines += [row(w, s, 2, "RPP30", k, n) for w, s, _, k, n in wells]

    def written(name: str, content: list[str]) -> Path:
        path = tmp_path / name / "run.csv"
        path.parent.mkdir()
        path.write_text("\n".join(content) + "\n")
        return path

    def quantify(*runs: Path) -> mc.Result:
        return mc.quantify([mc.read_run(path) for path in runs], donor={"SRY": 1}, reference="RPP30")

    first = written("first", [HEADER, *lines])
    again = written("again", [HEADER, *reversed(lines)])
    analysed = written("analysed", [HEADER, *(line.replace(",12,18111,", ",14,18109,") for line in lines)])
    with pytest.raises(mc.ConfigError, match=r"first/run.csv' was given twice"):
        quantify(first, first)
    with pytest.raises(mc.ConfigError, match="hold the same files"):
        quantify(first, first.parent)
    for other in (again, analysed):
        assert other.read_bytes() != first.read_bytes()
        with pytest.raises(mc.ConfigError, match="have the same partitions in the same wells"):
            quantify(first, other)
    with pytest.raises(mc.ReadError, match="was given twice"):
        mc.read_runs(first, first)
    assert sorted(quantify(first, table).samples["sample"]) == ["P1", "P1-d28", "P1-pre"]
