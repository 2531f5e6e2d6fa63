"""Hostile and contradictory input: a sentence, never a crash and never a confident number."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from command import EXAMPLE, ROOT, question, run


@pytest.mark.parametrize(
    "line",
    [
        '{"id":' + "[" * 100000 + "]" * 100000 + ', "observations": []}',
        json.dumps(EXAMPLE).replace("36246", "1e400"),
        json.dumps(EXAMPLE).replace("36246", "9000000000000000"),
        json.dumps(EXAMPLE).replace("0.85", "1e300"),
        json.dumps(EXAMPLE).replace('"donor": 1', '"donor": 1e-300'),
    ],
    ids=["deep id", "beyond doubles", "9e15 partitions", "huge volume", "tiny copies"],
)
def test_estimate_survives_what_no_instrument_writes(line: str) -> None:
    done = run("estimate", "-", stdin=line + "\n" + json.dumps(EXAMPLE))
    answers = [json.loads(text) for text in done.stdout.splitlines()]
    assert done.returncode == 0 and len(answers) == 2
    assert answers[0]["error"].endswith(".") and answers[1]["call"] == "detected_below_loq"


def test_estimate_of_a_folder_is_refused(tmp_path: Path) -> None:
    assert run("estimate", tmp_path).returncode == 3


@pytest.mark.parametrize(
    "text", ["[" + ".".join("a" * 100000) + "]", ".".join("a" * 100000) + " = 1"], ids=["table", "key"]
)
def test_deeply_nested_settings_are_refused(patient: Path, tmp_path: Path, text: str) -> None:
    case = tmp_path / "case.toml"
    case.write_text(text)
    done = run("quantify", patient / "run", "--case", case, "--panel", patient / "panel.toml")
    assert done.returncode == 4 and "4096" in done.stderr


def test_counts_that_contradict_the_genotypes_are_told() -> None:
    impossible = json.dumps(EXAMPLE).replace('"positive": 12', '"positive": 30000')
    answer = json.loads(run("estimate", "-", stdin=impossible).stdout)
    assert any("contradict" in note for note in answer["notes"])
    possible = json.loads(run("estimate", "-", stdin=json.dumps(EXAMPLE)).stdout)
    assert not any("contradict" in note for note in possible["notes"])


def test_the_same_run_twice_is_refused(patient: Path) -> None:
    done = run("quantify", patient / "run", patient / "run", *question(patient))
    assert done.returncode == 4 and "twice" in done.stderr


@pytest.mark.parametrize(
    "words", [["--donor", "SRY=1", "--donor", "SRY=2"], ["--donor", "RPP30=1", "--donor", "SRY=1"]]
)
def test_a_target_named_twice_is_refused(patient: Path, words: list[str]) -> None:
    done = run("quantify", patient / "run", *words, "--reference", "RPP30")
    assert done.returncode == 4


@pytest.mark.parametrize("row", ["P0412-d28,huh,,", "P0412-d28,,heute,", "P0412-d28,,,1e308"])
def test_a_wrong_sample_sheet_says_line_and_column(patient: Path, tmp_path: Path, row: str) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("sample,role,collected,dilution\n" + row + "\n")
    done = run("quantify", patient / "run", *question(patient), "--samples", sheet)
    assert done.returncode == 4 and "sheet.csv:2, column" in done.stderr


def test_a_marker_that_only_the_run_and_the_case_know_is_read(patient: Path, tmp_path: Path) -> None:
    panel = tmp_path / "panel.toml"
    panel.write_text('schema = "microchim/panel/1"\n[[marker]]\nid = "SRY"\n[[reference]]\ntarget = "RPP30"\n')
    done = run("quantify", patient / "run", "--case", patient / "case.toml", "--panel", panel, "--json")
    assert done.returncode == 0
    used = {m["marker"] for m in json.loads(done.stdout)["samples"][1]["markers"] if m["used"]}
    assert used == {"SRY", "IND07", "IND19"}


def test_both_alleles_need_no_reference(tmp_path: Path) -> None:
    shared = Path(os.environ.get("MICROCHIM_SHARED", ROOT.parent / "shared"))
    run_file = shared / "corpus/dpcr/biorad/joeshaw824__ddpcr_nipd/data/ddpcr_data/20-0676.csv"
    if not run_file.exists():
        pytest.skip(f"{run_file} is not there: real files are kept outside of this repository")
    case = tmp_path / "case.toml"
    case.write_text(
        'schema = "microchim/case/1"\nid = "P"\n[[donor]]\nid = "D"\n[genotype]\n'
        "ZFY = { recipient = 0, D = 1 }\nZFX = { recipient = 2, D = 1 }\n"
    )
    done = run("quantify", run_file, "--case", case, "--json")
    male = [s for s in json.loads(done.stdout)["samples"] if "C12" in s["sample"]]
    assert male and all(s["donors"][0]["high"] > 0.97 and s["donors"][0]["low"] > 0.85 for s in male)


def test_runs_may_share_the_file_of_an_empty_well(patient: Path, tmp_path: Path) -> None:
    empty = "Ch1 Amplitude,Ch2 Amplitude,Cluster\n0,0,0\n"
    for seed in (1, 2):
        assert run("simulate", "--fraction", "1e-2", "--seed", seed, "-o", tmp_path / str(seed)).returncode == 0
        (tmp_path / str(seed) / "run/simulated_H12_Amplitude.csv").write_text(empty)
    words = ["--donor", "SRY=1", "--reference", "RPP30"]
    assert run("quantify", tmp_path / "1/run", tmp_path / "2/run", *words).returncode == 0
    table = tmp_path / "1/run/simulated.csv"
    assert run("quantify", tmp_path / "1/run", table, *words).returncode == 4
