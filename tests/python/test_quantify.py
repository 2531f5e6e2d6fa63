"""From runs to donor fractions, in Python."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path

import microchim as mc
import numpy as np
import pandas as pd
import pytest
from product import HEADER, row, stdout_of

Settings = dict[str, Path]


def test_a_case_and_its_panel_give_the_document_that_the_command_prints(
    table: Path, settings: Settings, command: Path
) -> None:
    result = mc.quantify(table, case=settings["case"], panel=settings["panel"], samples=settings["samples"])
    words = ["quantify", table, "--case", settings["case"], "--panel", settings["panel"], "--json"]
    printed = stdout_of(command, *words, "--samples", settings["samples"])
    assert result.to_json() == printed.rstrip("\n")
    assert result.to_dict() == json.loads(printed)


def test_samples_is_one_row_per_sample_and_donor(table: Path, settings: Settings) -> None:
    result = mc.quantify(
        mc.read_run(table), case=settings["case"], panel=settings["panel"], samples=settings["samples"]
    )
    frame = result.samples
    assert list(frame["sample"]) == ["P1-pre", "P1-d28"]
    assert list(frame.role) == ["baseline", "follow-up"]
    before, after = frame.iloc[0], frame.iloc[1]
    assert (after.case, after.donor, after.specimen, after.collected) == ("P1", "D1", "BM", pd.Timestamp("2026-03-30"))
    assert before.call == "not_detected" and 0 < before.upper < 0.01
    assert after.call == "detected" and 0 < after.low < after.fraction < after.high < 1
    # 210 of 18,123 against 9,120 of 18,123 in two copies, the blanks taken off
    assert after.fraction == pytest.approx(2 * np.log1p(-210 / 18123) / np.log1p(-9120 / 18123), rel=0.02)
    assert after.lob < after.lod <= after.loq and after.genomes > 5000 and not after.blocked


def test_markers_is_one_row_per_sample_and_marker(table: Path, settings: Settings) -> None:
    markers = mc.quantify(table, case=[settings["case"]], panel=settings["panel"]).markers
    assert markers[["sample", "marker", "positive", "accepted", "used"]].values.tolist() == [
        ["P1-pre", "SRY", 1, 18123, True],
        ["P1-d28", "SRY", 210, 18123, True],
    ]


def test_without_a_case_the_donor_is_told_by_copies(table: Path, settings: Settings) -> None:
    direct = mc.quantify(table, donor={"SRY": 1}, reference="RPP30").samples
    assert list(direct["sample"]) == ["P1-pre", "P1-d28"]
    for reference in (["RPP30"], {"RPP30": 2}):
        pd.testing.assert_frame_equal(mc.quantify(table, donor={"SRY": 1}, reference=reference).samples, direct)
    twice = mc.quantify(table, donor={"SRY": 2}, reference="RPP30").samples
    assert twice.fraction[1] == pytest.approx(direct.fraction[1] / 2, rel=0.02)


def test_wells_of_one_sample_in_two_runs_are_taken_together(tmp_path: Path) -> None:
    paths = []
    for name, well in (("one", "A01"), ("two", "A02")):
        paths.append(tmp_path / f"{name}.csv")
        rows = [row(well, "s", 1, "SRY", 40, 15000), row(well, "s", 2, "RPP30", 7000, 15000)]
        paths[-1].write_text("\n".join([HEADER, *rows]) + "\n")
    one = mc.quantify(paths[0], donor={"SRY": 1}, reference="RPP30")
    both = mc.quantify([paths[0], mc.read_run(paths[1])], donor={"SRY": 1}, reference="RPP30")
    assert len(both) == 1 and len(both.to_dict()["inputs"]) == 2
    assert both.samples.genomes[0] == pytest.approx(2 * one.samples.genomes[0])
    assert both.samples.fraction[0] == pytest.approx(one.samples.fraction[0], rel=0.01)


def test_a_sample_that_cannot_be_calculated_keeps_its_row_and_says_why(tmp_path: Path) -> None:
    rows = [row("A01", "s", 1, "SRY", 4, 300), row("A01", "s", 2, "RPP30", 100, 300)]
    (tmp_path / "few.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    result = mc.quantify(tmp_path / "few.csv", donor={"SRY": 1}, reference="RPP30")
    sample = result.samples.iloc[0]
    assert sample.blocked and sample.call == "not_calculated" and np.isnan(sample.fraction)
    assert any(note.severity == "error" and note.where == "s" for note in result.notes)
    assert "1 blocked" in repr(result) and "not calculated" in result._repr_html_()


def test_frames_keep_their_types_when_nothing_was_calculated(table: Path, tmp_path: Path) -> None:
    rows = [row("A01", "s", 1, "SRY", 4, 300), row("A01", "s", 2, "RPP30", 100, 300)]
    (tmp_path / "few.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    good = mc.quantify(table, donor={"SRY": 1}, reference="RPP30")
    poor = mc.quantify(tmp_path / "few.csv", donor={"SRY": 1}, reference="RPP30")
    pd.testing.assert_series_equal(good.samples.dtypes, poor.samples.dtypes)
    pd.testing.assert_series_equal(good.markers.dtypes, poor.markers.dtypes)


def test_a_notebook_shows_words_and_escapes_names(tmp_path: Path) -> None:
    rows = [row("A01", "<i>x", 1, "SRY", 210, 18123), row("A01", "<i>x", 2, "RPP30", 9120, 18123)]
    (tmp_path / "x.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    html = mc.quantify(tmp_path / "x.csv", donor={"SRY": 1}, reference="RPP30")._repr_html_()
    assert "<i>" not in html and "&lt;i&gt;x" in html and "detected" in html and " %" in html


def test_results_can_be_copied_and_pickled(table: Path) -> None:
    result = mc.quantify(table, donor={"SRY": 1}, reference="RPP30")
    for other in (copy.deepcopy(result), pickle.loads(pickle.dumps(result))):
        assert other.to_json() == result.to_json()
        pd.testing.assert_frame_equal(other.samples, result.samples)


def test_a_wrong_case_is_told_with_file_and_line(table: Path, settings: Settings, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(settings["case"].read_text().replace("recipient = 0", 'recipient = "none"'))
    with pytest.raises(mc.ConfigError, match=r"bad\.toml") as caught:
        mc.quantify(table, case=bad, panel=settings["panel"])
    assert isinstance(caught.value, ValueError) and caught.value.path == str(bad) and caught.value.line == 6
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.path, again.line) == (str(caught.value), str(bad), 6)


def test_an_unknown_target_names_those_that_there_are(table: Path) -> None:
    with pytest.raises(mc.ConfigError, match="SRY, RPP30"):
        mc.quantify(table, donor={"S05b": 1}, reference="RPP30")


def test_no_reference_is_a_config_error_and_a_missing_sheet_too(table: Path, settings: Settings) -> None:
    with pytest.raises(mc.ConfigError, match="No reference is named"):
        mc.quantify(table, donor={"SRY": 1})
    with pytest.raises(mc.ConfigError, match=r"nowhere\.csv"):
        mc.quantify(table, case=settings["case"], panel=settings["panel"], samples="nowhere.csv")


def test_a_question_must_say_who_the_genomes_are(table: Path, settings: Settings) -> None:
    with pytest.raises(TypeError, match="either case= or donor="):
        mc.quantify(table)
    with pytest.raises(TypeError, match="either case= or donor="):
        mc.quantify(table, case=settings["case"], donor={"SRY": 1})
    with pytest.raises(TypeError, match="at least one run"):
        mc.quantify([], donor={"SRY": 1}, reference="RPP30")
