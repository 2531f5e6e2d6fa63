"""The command as its users meet it: exit codes, messages, JSON, streams."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest
from command import BIN, EXAMPLE, error_of, question, run

# ---- the main job


def test_the_patient_comes_out_as_simulated(patient: Path) -> None:
    done = run("quantify", patient / "run", *question(patient), "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["schema"] == "microchim/result/1" and result["exit"] == 0
    truth = {s["sample"]: s for s in json.loads((patient / "truth.json").read_text())["samples"]}
    inside = 0
    calculated = [s for s in result["samples"] if s["sample"] in truth]
    for sample in calculated:
        donor = sample["donors"][0]
        fraction = truth[sample["sample"]]["donors"][0]["fraction"]
        inside += donor["low"] <= fraction <= donor["high"]
        assert sample["genomes"] > 0 and donor["confidence"] == 0.95
    assert len(calculated) >= 5
    assert inside >= len(calculated) - 1  # one in twenty may miss
    by_name = {s["sample"]: s["donors"][0] for s in calculated}
    baseline = next(v for k, v in by_name.items() if "pre" in k)
    assert baseline["call"] == "not_detected" and baseline["class"] == "none"
    day1 = next(v for k, v in by_name.items() if k.endswith("d1"))
    assert day1["call"] == "detected" and day1["class"] == "mixed" and day1["days_after_infusion"] == [1]


def test_a_folder_and_its_zip_give_the_same_samples(patient: Path, tmp_path: Path) -> None:
    archive = tmp_path / "run.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for file in sorted((patient / "run").iterdir()):
            zipped.write(file, file.name)
    from_folder = json.loads(run("quantify", patient / "run", *question(patient), "--json").stdout)
    from_zip = json.loads(run("quantify", archive, *question(patient), "--json").stdout)
    assert from_folder["samples"] == from_zip["samples"]


def test_people_get_words_and_units(patient: Path, tmp_path: Path) -> None:
    out = tmp_path / "results"
    done = run("quantify", patient / "run", *question(patient), "-o", out)
    assert done.returncode == 0
    assert "not detected" in done.stdout and " %" in done.stdout and "e-0" not in done.stdout
    assert {p.name for p in out.iterdir()} == {"result.json", "report.txt", "samples.csv"}
    report = (out / "report.txt").read_text()
    assert report.count("research use") == 1
    assert "e-0" not in report
    assert json.loads((out / "result.json").read_text())["samples"]


def test_without_a_case(patient: Path) -> None:
    done = run("quantify", patient / "run", "--donor", "SRY=1", "--reference", "RPP30", "--json")
    assert done.returncode == 0, done.stderr
    assert all(s["donors"][0]["donor"] == "donor" for s in json.loads(done.stdout)["samples"])


def test_read_and_classify_agree_on_the_simulated_plate(patient: Path) -> None:
    document = json.loads(run("read", patient / "run", "--json").stdout)
    assert document["schema"] == "microchim/run/1" and document["run"]["instrument"] == "QX200"
    counts = {(r["well"], c["target"]): c for r in document["reacts"] for c in r["counts"]}
    first = next(iter(counts.values()))
    assert first["volume_nl"] == 0.85 and first["volume_source"].endswith("qx200.toml")
    calls = json.loads(run("classify", patient / "run", "--json").stdout)["calls"]
    assert len(calls) == len(counts)
    for call in calls:
        assert abs(call["positive"] - counts[call["well"], call["target"]]["positive"]) <= max(
            5, 0.02 * call["positive"]
        )


# ---- estimate


def test_estimate_answers_line_by_line_and_goes_on_after_a_fault() -> None:
    bad = {"id": "s2", "observations": [{"target": "SRY", "positive": 12, "accepted": 5, "donor": 1, "recipient": 0}]}
    lines = [json.dumps(EXAMPLE), "{not json", json.dumps(bad), "", json.dumps(EXAMPLE | {"id": 7})]
    done = run("estimate", "-", stdin="\n".join(lines))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0 and len(answers) == 4
    first = answers[0]
    assert first["fraction"] == pytest.approx(0.00217, rel=0.01)
    assert first["call"] == "detected_below_loq"
    assert first["low"] < first["fraction"] < first["high"]
    assert "error" in answers[1] and answers[2]["id"] == "s2" and "SRY" in answers[2]["error"]
    assert answers[3]["fraction"] == first["fraction"] and answers[3]["id"] == 7


@pytest.mark.parametrize(
    "change",
    [
        {"observations": []},
        {"observations": "none"},
        {"observations": [{"target": "SRY"}]},
        {"observations": [{"target": "SRY", "positive": 1.5, "accepted": 10, "donor": 1, "recipient": 0}]},
        {"observations": [{"target": "SRY", "positive": -1, "accepted": 10, "donor": 1, "recipient": 0}]},
        {"observations": [{"target": "SRY", "positive": 0, "accepted": 0, "donor": 1, "recipient": 0}]},
        {"observations": [{"target": "SRY", "positive": 1, "accepted": 10, "donor": "1", "recipient": 0}]},
        {"observations": EXAMPLE["observations"][:1]},
        {"observations": EXAMPLE["observations"][1:]},
        {"confidence": 2},
        {"confidence": "high"},
    ],
)
def test_a_faulty_sample_is_answered_with_a_sentence(change: dict) -> None:
    done = run("estimate", "-", stdin=json.dumps(EXAMPLE | change))
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert answer["id"] == "s1" and len(answer["error"]) > 15 and answer["error"].endswith(".")
    assert "nan" not in done.stdout.lower()


# ---- wrong input: the exit code, a sentence, JSON when asked

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def wrong_files(folder: Path) -> dict[str, tuple[Path, str]]:
    (folder / "empty-folder").mkdir()
    files = {
        "picture.png": (PNG, "PNG"),
        "empty.csv": (b"", "empty"),
        "run.qlp": (b"II*\0" + bytes(200), "locked"),
        "run.ddpcr": (bytes(range(256)) * 4, "locked"),
        "noise.bin": (bytes(range(1, 250)) * 3, "not recognised"),
        "broken.zip": (b"PK\x03\x04" + bytes(50), ""),
        "missing.csv": (
            b"Well,ExptType,Experiment,Sample,TargetType,Target,Status,Concentration\nA01,x,x,x,x,x,OK,1\n",
            "",
        ),
    }
    out = {"empty folder": (folder / "empty-folder", ""), "nothing there": (folder / "nowhere.csv", "")}
    for name, (content, word) in files.items():
        (folder / name).write_bytes(content)
        out[name] = (folder / name, word)
    return out


@pytest.mark.parametrize("command", ["detect", "read", "classify", "quantify"])
def test_unreadable_files_exit_3_with_a_sentence(command: str, tmp_path: Path) -> None:
    more = ["--donor", "SRY=1", "--reference", "RPP30"] if command == "quantify" else []
    for name, (path, word) in wrong_files(tmp_path).items():
        plain = run(command, path, *more)
        assert plain.returncode == 3, (name, plain)
        assert plain.stdout == "" and plain.stderr.startswith("microchim: ") and path.name in plain.stderr, name
        assert word.lower() in plain.stderr.lower(), (name, plain.stderr)
        asked = run(command, path, *more, "--json")
        error = error_of(asked)
        assert asked.returncode == 3 and error["code"] == 3 and error["kind"] == "ReadError", name
        assert asked.stderr == "" and error["message"] in plain.stderr, name


def table(patient: Path) -> Path:
    return next(p for p in (patient / "run").iterdir() if "Amplitude" not in p.name)


def test_a_text_in_a_number_cell_says_file_line_and_column(patient: Path, tmp_path: Path) -> None:
    lines = table(patient).read_text().splitlines()
    column = lines[0].split(",").index("Positives")
    cells = lines[2].split(",")
    cells[column] = "1x"
    lines[2] = ",".join(cells)
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("\n".join(lines))
    error = error_of(run("read", wrong, "--json"))
    assert error["line"] == 3 and "'1x'" in error["message"] and "Positives" in error["message"]
    assert "wrong.csv:3" in error["message"]


def test_a_truncated_zip(patient: Path, tmp_path: Path) -> None:
    archive = tmp_path / "run.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for file in (patient / "run").iterdir():
            zipped.write(file, file.name)
    archive.write_bytes(archive.read_bytes()[:-2000])
    done = run("read", archive)
    assert done.returncode == 3 and "run.zip" in done.stderr


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("nonsense = [", ":1"),
        ('schema = "microchim/panel/1"', "microchim/case/1"),
        (
            'schema = "microchim/case/1"\nid = "P"\n[[donor]]\nid = "D1"\n[genotype]\nXYZ = { D1 = 1 }\n',
            "XYZ",
        ),
    ],
)
def test_a_wrong_case_exits_4(patient: Path, tmp_path: Path, text: str, part: str) -> None:
    case = tmp_path / "case.toml"
    case.write_text(text)
    words = ["quantify", patient / "run", "--case", case, "--panel", patient / "panel.toml"]
    done = run(*words)
    assert done.returncode == 4 and part in done.stderr and "case.toml" in done.stderr
    error = error_of(run(*words, "--json"))
    assert error["code"] == 4 and error["kind"] == "ConfigError"


def test_results_are_never_overwritten_unasked(patient: Path, tmp_path: Path) -> None:
    words = ["quantify", patient / "run", *question(patient), "-o", tmp_path]
    assert run(*words).returncode == 0
    before = (tmp_path / "result.json").read_bytes()
    done = run(*words)
    assert done.returncode == 5 and "--force" in done.stderr
    assert (tmp_path / "result.json").read_bytes() == before
    assert run(*words, "--force").returncode == 0
    assert run("simulate", "--patient", "-o", patient).returncode == 5


def test_a_folder_that_cannot_be_written_exits_5(patient: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert run("quantify", patient / "run", *question(patient), "-o", tmp_path / "file").returncode == 5
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(stat.S_IRUSR | stat.S_IXUSR)
    if os.geteuid() != 0:
        assert run("quantify", patient / "run", *question(patient), "-o", locked / "out").returncode == 5


def test_a_blocked_sample_exits_1_and_the_json_is_whole(patient: Path, tmp_path: Path) -> None:
    panel = tmp_path / "panel.toml"
    text = (patient / "panel.toml").read_text()
    assert "minimum_partitions" in text
    panel.write_text(
        "\n".join("minimum_partitions = 900000" if "minimum_partitions" in x else x for x in text.splitlines())
    )
    done = run("quantify", patient / "run", "--case", patient / "case.toml", "--panel", panel, "--json")
    result = json.loads(done.stdout)
    assert done.returncode == 1 and result["exit"] == 1
    donor = result["samples"][0]["donors"][0]
    assert donor["call"] == "not_calculated" and donor["fraction"] is None


# ---- usage


@pytest.mark.parametrize(
    "words", [["quantfy"], ["quantify"], ["read", "--jsn", "x"], ["read"], ["classify", "x", "--method", "magic"]]
)
def test_usage_errors_exit_2(words: list[str]) -> None:
    done = run(*words)
    assert done.returncode == 2 and done.stdout == "" and done.stderr.startswith("microchim: ")
    assert error_of(run(*words, "--json"))["code"] == 2


def test_a_typo_gets_a_suggestion() -> None:
    assert "Did you mean 'quantify'?" in run("quantfy", "x").stderr


def test_quantify_asks_who_the_genomes_are(patient: Path) -> None:
    done = run("quantify", patient / "run")
    assert done.returncode == 2 and "--case" in done.stderr
    assert run("quantify", patient / "run", "--donor", "SRY=1").returncode == 4


COMMANDS = ["detect", "read", "classify", "quantify", "estimate", "simulate", "readers", "check-reader", "instruments"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0 and len(done.stdout) > 100 and done.stderr == ""


def test_the_whole_help_names_every_command() -> None:
    text = run("--help").stdout
    assert all(command in text for command in COMMANDS)
    assert run().returncode == 2
    assert run("--version").stdout.startswith("microchim 0.")


def test_lists() -> None:
    readers = json.loads(run("readers", "--json").stdout)["readers"]
    assert "biorad-quantasoft" in [r["id"] for r in readers]
    instruments = json.loads(run("instruments", "--json").stdout)["instruments"]
    assert {"QX100", "QX200"} <= {i["model"] for i in instruments}
    assert all(i["source"] for i in instruments if i["volume_nl"] is not None)
    assert "QX200" in run("instruments").stdout


def test_a_full_disk_is_noticed() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([BIN, "readers"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 5 and "written" in done.stderr


@pytest.mark.parametrize("seed", [1, 13, 21])
def test_a_plate_of_poor_wells_alone_is_counted(tmp_path: Path, seed: int) -> None:
    """No well shows a cluster of its own: what all together show must not be taken for the tail of the negatives."""
    assert run("simulate", "--fraction", "1e-3", "--seed", seed, "-o", tmp_path / "p").returncode == 0
    document = json.loads(run("read", tmp_path / "p/run", "--json").stdout)
    table = {(r["well"], c["target"]): c["positive"] for r in document["reacts"] for c in r["counts"]}
    for call in json.loads(run("classify", tmp_path / "p/run", "--json").stdout)["calls"]:
        if call["target"] == "SRY":
            assert abs(call["positive"] - table[call["well"], "SRY"]) <= 3
