"""A laboratory with three runs, and two reviewers who sign every kind of result."""

from __future__ import annotations

import subprocess
from pathlib import Path

from harness import COMMAND, Person, Service, order
from people import PASSWORD, logged_in

SETTINGS = '[inbox]\nfolder = "inbox"\nsettle_seconds = 1\n[quantify]\npanel = "panel.toml"\ncases = "cases"\n'
# The sample of each run, and how much of its DNA is the donor's.
RUNS = {"DETECTED": 0.05, "ABSENT": 0.0, "CONTAMINATED": 0.05}


def destination(port: int, more: str = "", name: str = "LIS") -> str:
    return f'[[destination]]\nname = "{name}"\nkind = "mllp"\naddress = "127.0.0.1:{port}"\n{more}'


def make_runs(folder: Path) -> None:
    """Simulate a run with three markers for each sample; in one, a control well got the sample."""
    for name in ("cases", "inbox"):
        (folder / name).mkdir()
    for sample, fraction in RUNS.items():
        made = folder / f"made-{sample}"
        words = ["--fraction", str(fraction), "--markers", "3", "--wells", "2", "--baseline", "2", "--blanks", "2"]
        subprocess.run([COMMAND, "simulate", *words, "-o", str(made)], check=True, capture_output=True)
        rename = {'"sample"': f'"{sample}"', '"before"': f'"{sample}-0"', "P-0001": f"P-{sample}"}
        for path in (made / "run/simulated.csv", made / "case.toml"):
            text = path.read_text()
            for old, new in rename.items():
                text = text.replace(old, new)
            path.write_text(text)
        if sample == "CONTAMINATED":
            spill(made / "run/simulated.csv", sample)
        (made / "case.toml").rename(folder / f"cases/{sample}.toml")
        (made / "panel.toml").replace(folder / "panel.toml")
        (made / "run").rename(folder / f"inbox/{sample}")


def spill(table: Path, sample: str) -> None:
    """Call the first well of the sample a control without template."""
    lines = table.read_text().splitlines(keepends=True)
    well = next(line for line in lines if f'"{sample}"' in line).split(",")[0]
    for number, line in enumerate(lines):
        if line.startswith(well + ","):
            lines[number] = line.replace(f'"{sample}"', '"NTC"').replace("Unknown", "NTC")
    table.write_text("".join(lines))


class Clinic:
    """A service whose runs are calculated; Ada and Bea review and sign."""

    def __init__(self, service: Service) -> None:
        self.service = service
        service.until(lambda s: s["results"]["calculated"] == len(RUNS))
        self.ada, self.bea = logged_in(service, "ada"), logged_in(service, "bea")

    def results(self) -> list[dict]:
        return self.ada.ask("GET", "/api/v1/results")[1]["items"]

    def outbox(self) -> list[dict]:
        return self.ada.ask("GET", "/api/v1/outbox")[1]["items"]

    def sign(self, person: Person, result: dict, **more) -> dict:
        status, reviewed, _ = person.act(result, "review")
        assert status == 200, reviewed
        status, signed, _ = person.act(reviewed, "sign", {"meaning": "authorised", "password": PASSWORD, **more})
        assert (status, signed["state"]) == (200, "released"), signed
        return signed

    def sign_every_kind(self) -> None:
        """Sign what is detected, what is not, what has no result, and a correction: four messages."""
        signed = {}
        for result in self.results():
            failed = {"no_result": True, "reason": "contaminated"} if result["sample"] == "CONTAMINATED" else {}
            signed[result["sample"]] = self.sign(self.ada, result, **failed)
        status, amended, _ = self.ada.act(signed["DETECTED"], "amend", {"reason": "a comment was missing"})
        assert status == 200, amended
        self.sign(self.bea, amended)

    def all_accepted(self) -> list[str]:
        """Wait until the other side has taken everything; return each MSH-10."""
        self.service.until(lambda s: s["outbox"]["accepted"] == len(RUNS) + 1)
        assert {row["state"] for row in self.outbox()} == {"accepted"}
        return sorted(row["control_id"] for row in self.outbox())


def orders(prefix: str) -> list[str]:
    """Order every sample that has a run."""
    return [order(f"{prefix}-{sample}", f"{prefix}-P-{sample}", accession=sample) for sample in RUNS]


def control_ids(messages: list[str]) -> list[str]:
    return sorted(message.split("\r")[0].split("|")[9] for message in messages)


def field(message: str, segment: str, number: int) -> str:
    """Return a field of the first such segment; "" where it is not there."""
    for line in message.split("\r"):
        fields = line.split("|")
        if fields[0] == segment:
            return (["", *fields] if segment == "MSH" else fields)[number] if number < len(fields) else ""
    return ""


def check_kinds(messages: list[str], prefix: str) -> None:
    """Hold four messages against what was signed, in the order of each sample."""
    by_sample: dict[str, list[str]] = {}
    for message in messages:
        by_sample.setdefault(field(message, "OBR", 3).split("^")[0], []).append(message)
    assert {sample: len(several) for sample, several in by_sample.items()} == {
        "DETECTED": 2,
        "ABSENT": 1,
        "CONTAMINATED": 1,
    }
    final, corrected = by_sample["DETECTED"]
    assert (field(final, "OBR", 25), field(corrected, "OBR", 25)) == ("F", "C")
    assert f"replaces {field(final, 'MSH', 10)}" in corrected
    assert final.count("|ST|MCH-MARKER^") == 3
    assert field(by_sample["ABSENT"][0], "OBX", 5).startswith("<^")
    assert field(by_sample["CONTAMINATED"][0], "OBR", 25) == "X"
    for message in messages:
        assert field(message, "OBR", 2).startswith(f"{prefix}-P-"), "the order's number comes back"
        assert field(message, "PID", 3) == "ZZ-99-PHI^^^MOLLAB^MR"
