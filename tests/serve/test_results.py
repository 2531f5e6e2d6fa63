"""From a dropped run to a result that the laboratory's system has taken, with people in between."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from harness import COMMAND, Laboratory, Person, Service, msa, order

PASSWORD = "a long enough sentence"


@pytest.fixture
def lab(start, laboratory: Laboratory, tmp_path: Path) -> Service:
    """A service with a patient's run in its inbox, and Ada (reviewer), Tom (technician)."""
    subprocess.run([COMMAND, "simulate", "--patient", "-o", str(tmp_path / "patient")], check=True, capture_output=True)
    (tmp_path / "cases").mkdir()
    (tmp_path / "inbox").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "patient/case.toml").rename(tmp_path / "cases/case.toml")
    service = start(
        f'[[destination]]\nname = "LIS"\nkind = "mllp"\naddress = "127.0.0.1:{laboratory.port}"\n'
        '[[destination]]\nname = "Folder"\nkind = "file"\nfolder = "out"\n'
        '[inbox]\nfolder = "inbox"\nsettle_seconds = 1\n'
        '[quantify]\npanel = "patient/panel.toml"\ncases = "cases"\n'
    )
    (tmp_path / "patient/run").rename(tmp_path / "inbox/run")
    code = re.search(r"^ {4}(\S+)$", service.log.read_text(), re.M)
    assert code
    person = Person(service)
    made = person.ask("POST", "/api/v1/setup", {"code": code[1], "user": "root", "name": "Root", "password": PASSWORD})
    assert made[0] == 201, made
    person.log_in("root", PASSWORD)
    for user, name, role in (("ada", "Ada Tekin", "reviewer"), ("tom", "Tom Kaya", "technician")):
        made = person.ask("POST", "/api/v1/users", {"id": user, "name": name, "role": role, "password": PASSWORD})
        assert made[0] == 201, made
    return service


def act(person: Person, result: dict, word: str, body: dict | None = None):
    tag = f'"{result["id"]}-{result["revision"]}"'
    return person.ask("POST", f"/api/v1/results/{result['id']}/{word}", body or {}, If_Match=tag)


def test_from_the_inbox_to_the_laboratory_system(lab: Service, laboratory: Laboratory) -> None:
    lab.until(lambda s: s["results"]["calculated"] > 0)
    ada = Person(lab)
    assert ada.ask("GET", "/api/v1/results")[0] == 401
    ada.log_in("ada", PASSWORD)
    items = ada.ask("GET", "/api/v1/results")[1]["items"]
    status, result, _ = ada.ask("GET", f"/api/v1/results/{items[0]['id']}")
    assert status == 200 and result["document"]["schema"] == "microchim/result/1" and result["intact"]

    signing = {"meaning": "authorised", "password": PASSWORD}
    assert act(ada, result, "sign", signing)[0] == 409  # nobody has looked at it
    assert act(ada, result, "undo")[0] in (409, 422)
    status, reviewed, _ = act(ada, result, "review")
    assert (status, reviewed["state"]) == (200, "reviewed")
    assert act(ada, result, "review")[0] == 412  # what she has seen is old
    assert laboratory.received == []  # nothing leaves before it is signed
    assert act(ada, reviewed, "sign", {**signing, "password": "not this one at all"})[0] == 403

    status, released, _ = act(ada, reviewed, "sign", signing)
    assert (status, released["state"]) == (200, "released"), released
    assert released["signatures"][0]["document_sha256"] == released["sha256"]
    after = lab.until(lambda s: s["outbox"]["accepted"] == 2)
    assert after["audit"]["verified"] is True
    message = laboratory.received[0]
    assert "ORU^R01^ORU_R01" in message and f"|{result['sample']}^" in message
    fraction = result["document"]["samples"][0]["donors"][0]["fraction"]
    value = next(line for line in message.split("\r") if "MCH-DONOR-FRAC" in line).split("|")[5].lstrip("<^")
    assert float(value) / 100 == pytest.approx(fraction, rel=0.05)
    files = sorted(path.name for path in (lab.folder / "out").iterdir())
    assert len(files) == 6 and all((lab.folder / "out" / (name + ".sha256")).exists() for name in files if "sha256" not in name)

    # A correction is a new message that names the first, and comes after it.
    status, amended, _ = act(ada, released, "amend", {"reason": "wrong accession"})
    assert (status, amended["version"], amended["state"]) == (200, 2, "calculated")
    tom = Person(lab)
    tom.log_in("tom", PASSWORD)
    assert act(tom, amended, "review")[0] == 403
    status, again, _ = act(ada, amended, "review")
    assert act(ada, again, "sign", signing)[0] == 403  # four eyes: she made this version


def test_the_laboratory_system_refuses_and_fails(lab: Service, laboratory: Laboratory) -> None:
    lab.until(lambda s: s["results"]["calculated"] > 1)
    laboratory.answers = ["AR"]
    ada = Person(lab)
    ada.log_in("ada", PASSWORD)
    for item in ada.ask("GET", "/api/v1/results?limit=2")[1]["items"]:
        reviewed = act(ada, item, "review")[1]
        signed = act(ada, reviewed, "sign", {"meaning": "authorised", "password": PASSWORD, "reason": "ok"})
        assert signed[0] == 200, signed
    lab.until(lambda s: s["outbox"]["dead"] == 1 and s["outbox"]["accepted"] == 3)
    dead = ada.ask("GET", "/api/v1/outbox?state=dead")[1]["items"][0]
    assert (dead["last_ack"], dead["destination"]) == ("AR", "LIS")
    assert ada.ask("POST", f"/api/v1/outbox/{dead['id']}/retry", {"reason": "the receiver is mended"})[0] == 202
    lab.until(lambda s: s["outbox"]["accepted"] == 4)
    first, again = (m for m in laboratory.received if dead["control_id"] in m)
    assert first == again  # the same bytes under the same id


def test_nothing_signed_is_lost_by_kill_9(lab: Service, laboratory: Laboratory) -> None:
    lab.until(lambda s: s["results"]["calculated"] > 1)
    ada = Person(lab)
    ada.log_in("ada", PASSWORD)
    item = ada.ask("GET", "/api/v1/results")[1]["items"][0]
    reviewed = act(ada, item, "review")[1]
    act(ada, reviewed, "sign", {"meaning": "authorised", "password": PASSWORD})
    lab.kill()
    lab.start()
    status = lab.until(lambda s: s["outbox"]["accepted"] == 2)
    assert len({m.split("|")[9] for m in laboratory.received}) == 1
    assert status["audit"]["verified"] is True


def test_an_order_finds_its_result(lab: Service, laboratory: Laboratory) -> None:
    lab.until(lambda s: s["results"]["calculated"] > 0)
    assert msa(lab.wire().ask(order("M1", "P1"))) == ("AA", "M1")
    ada = Person(lab)
    ada.log_in("ada", PASSWORD)
    assert ada.ask("GET", "/api/v1/orders")[1]["items"][0]["placer"] == "P1"
