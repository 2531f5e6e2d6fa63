"""From a dropped run to a result that the laboratory's system has taken, with people in between."""

from __future__ import annotations

import io
import time
import zipfile

import pytest
from harness import Laboratory, Person, Service, msa, order

PASSWORD = "a long enough sentence"


@pytest.fixture
def lab(make_lab, laboratory: Laboratory) -> Service:
    """Two destinations: a laboratory system that answers, and a folder."""
    return make_lab(
        f'[[destination]]\nname = "LIS"\nkind = "mllp"\naddress = "127.0.0.1:{laboratory.port}"\n'
        '[[destination]]\nname = "Folder"\nkind = "file"\nfolder = "out"\n'
    )


def test_from_the_inbox_to_the_laboratory_system(lab: Service, laboratory: Laboratory) -> None:
    lab.until(lambda s: s["results"]["calculated"] > 0)
    ada = Person(lab)
    assert ada.ask("GET", "/api/v1/results")[0] == 401
    ada.log_in("ada", PASSWORD)
    items = ada.ask("GET", "/api/v1/results")[1]["items"]
    status, result, _ = ada.ask("GET", f"/api/v1/results/{items[0]['id']}")
    assert status == 200 and result["document"]["schema"] == "microchim/result/1" and result["intact"]

    signing = {"meaning": "authorised", "password": PASSWORD}
    assert ada.act(result, "sign", signing)[0] == 409  # nobody has looked at it
    assert ada.act(result, "undo")[0] in (409, 422)
    status, reviewed, _ = ada.act(result, "review")
    assert (status, reviewed["state"]) == (200, "reviewed")
    assert ada.act(result, "review")[0] == 412  # what she has seen is old
    assert laboratory.received == []  # nothing leaves before it is signed
    guesses = [ada.act(reviewed, "sign", {**signing, "password": f"not this one {i}"})[0] for i in range(5)]
    assert guesses[0] == 403 and set(guesses) == {403, 429}  # whoever guesses waits
    while (answer := ada.act(reviewed, "sign", signing))[0] == 429:
        time.sleep(0.5)
    status, released, _ = answer
    assert (status, released["state"]) == (200, "released"), released
    assert released["signatures"][0]["document_sha256"] == released["sha256"]
    after = lab.until(lambda s: s["outbox"]["accepted"] == 2)
    assert after["audit"]["verified"] is True
    message = laboratory.received[0]
    assert "ORU^R01^ORU_R01" in message and f"|{result['sample']}^" in message
    fraction = result["document"]["samples"][0]["donors"][0]["fraction"]
    value = next(line for line in message.split("\r") if "MCH-DONOR-FRAC" in line).split("|")[5].lstrip("<^")
    assert float(value) / 100 == pytest.approx(fraction, rel=0.05)
    files = {path.name for path in (lab.folder / "out").iterdir()}
    assert len(files) == 6
    assert all(name.endswith(".sha256") or name + ".sha256" in files for name in files)

    # A correction is a new message that names the first, and comes after it.
    status, amended, _ = ada.act(released, "amend", {"reason": "wrong accession"})
    assert (status, amended["version"], amended["state"]) == (200, 2, "calculated")
    tom = Person(lab)
    tom.log_in("tom", PASSWORD)
    assert tom.act(amended, "review")[0] == 403
    status, again, _ = ada.act(amended, "review")
    assert ada.act(again, "sign", signing)[0] == 403  # four eyes: she made this version


def test_the_laboratory_system_refuses_and_fails(lab: Service, laboratory: Laboratory) -> None:
    lab.until(lambda s: s["results"]["calculated"] > 1)
    laboratory.answers = ["AR"]
    ada = Person(lab)
    ada.log_in("ada", PASSWORD)
    for item in ada.ask("GET", "/api/v1/results?limit=2")[1]["items"]:
        reviewed = ada.act(item, "review")[1]
        signed = ada.act(reviewed, "sign", {"meaning": "authorised", "password": PASSWORD, "reason": "ok"})
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
    reviewed = ada.act(item, "review")[1]
    ada.act(reviewed, "sign", {"meaning": "authorised", "password": PASSWORD})
    lab.kill()
    lab.start()
    status = lab.until(lambda s: s["outbox"]["accepted"] == 2)
    assert len({m.split("|")[9] for m in laboratory.received}) == 1
    assert status["audit"]["verified"] is True


def test_an_order_that_came_after_the_run_is_answered(lab: Service, laboratory: Laboratory) -> None:
    lab.until(lambda s: s["results"]["calculated"] > 0)
    ada = Person(lab)
    ada.log_in("ada", PASSWORD)
    item = ada.ask("GET", "/api/v1/results")[1]["items"][0]
    assert msa(lab.wire().ask(order("M1", "P1", accession=item["sample"]))) == ("AA", "M1")
    assert ada.ask("GET", "/api/v1/orders")[1]["items"][0]["placer"] == "P1"
    reviewed = ada.act(item, "review")[1]
    ada.act(reviewed, "sign", {"meaning": "authorised", "password": PASSWORD})
    lab.until(lambda s: s["outbox"]["accepted"] == 2)
    assert "\rOBR|1|P1^LIS|" in laboratory.received[0]
    assert ada.ask("GET", "/api/v1/orders")[1]["items"][0]["state"] == "reported"
    for control, word in (("M2", "CA"), ("M3", "XO")):  # too late
        late = lab.wire().ask(order(control, "P1", accession=item["sample"], word=word))
        assert msa(late) == ("AE", control) and b"|206^" in late
    assert msa(lab.wire().ask(order("M4", "P1", accession=item["sample"]))) == ("AA", "M4")  # known: nothing new


def test_two_patients_under_one_accession_are_never_mixed(lab: Service, laboratory: Laboratory) -> None:
    lab.until(lambda s: s["results"]["calculated"] > 0)
    ada = Person(lab)
    ada.log_in("ada", PASSWORD)
    item = ada.ask("GET", "/api/v1/results")[1]["items"][0]
    sample, signing = item["sample"], {"meaning": "authorised", "password": PASSWORD}
    first = order("M1", "P1", accession=sample)
    second = order("M2", "P2", accession=sample).replace("ZZ-99-PHI", "YY-88-PHI")
    wire = lab.wire()
    assert [msa(wire.ask(one))[0] for one in (first, second)] == ["AA", "AA"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:  # the same run again, now that there are orders
        for path in sorted((lab.folder / "inbox/run").iterdir()):
            archive.write(path, path.name)
    tom = Person(lab)
    tom.log_in("tom", PASSWORD)
    assert tom.ask("POST", "/api/v1/jobs?name=again.zip", packed.getvalue())[0] == 202
    lab.until(lambda s: s["jobs"]["done"] == 2)
    ordered = [one for one in ada.ask("GET", f"/api/v1/results?accession={sample}")[1]["items"] if one["order"]]
    both = [ada.act(one, "review")[1] for one in (item, *ordered)]
    assert len(both) == 2
    for reviewed in both:
        status, problem, _ = ada.act(reviewed, "sign", signing)
        assert (status, problem["code"]) == (409, "result.two-patients"), problem
    assert laboratory.received == [] and lab.status()["results"]["released"] == 0

    cancelled = second.replace("|M2|", "|M3|").replace("ORC|NW", "ORC|CA")
    assert msa(wire.ask(cancelled)) == ("AA", "M3")
    for sent, reviewed in enumerate(both, start=1):  # the second was linked to the order that is cancelled
        assert ada.act(reviewed, "sign", signing)[0] == 200
        lab.until(lambda s, sent=sent: s["outbox"]["accepted"] == 2 * sent)
        assert "\rOBR|1|P1^LIS|" in laboratory.received[-1]
        assert "ZZ-99-PHI" in laboratory.received[-1] and "YY-88-PHI" not in laboratory.received[-1]


def test_an_upload_is_a_job_and_the_same_again_is_none(lab: Service) -> None:
    before = lab.until(lambda s: s["jobs"]["done"] == 1)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted((lab.folder / "inbox/run").iterdir()):
            archive.write(path, path.name)
    tom, root = Person(lab), Person(lab)
    tom.log_in("tom", PASSWORD)
    status, job, _ = tom.ask("POST", "/api/v1/jobs?name=plate.zip", packed.getvalue())
    assert status == 202, job
    lab.until(lambda s: s["jobs"]["done"] == 2)
    assert tom.ask("GET", f"/api/v1/jobs/{job['id']}")[1]["created_by"] == "tom"
    assert lab.status()["results"]["calculated"] == 2 * before["results"]["calculated"]
    assert tom.ask("POST", "/api/v1/jobs?name=plate.zip", packed.getvalue())[1]["id"] == job["id"]
    assert tom.ask("POST", "/api/v1/jobs?name=..%2Fplate.zip", packed.getvalue())[0] == 422
    status, job, _ = tom.ask("POST", "/api/v1/jobs?name=plate.zip", b"PK\x03\x04 this is no zip")
    failed = lab.until(lambda s: s["jobs"]["failed"] == 1)
    assert failed["jobs"]["done"] == 2
    assert tom.ask("GET", f"/api/v1/jobs/{job['id']}")[1]["problem"]["code"] == 3
    root.log_in("root", PASSWORD)
    assert root.ask("GET", "/api/v1/results")[0] == 403  # an administrator sees no patient's result
    assert root.ask("POST", "/api/v1/jobs?name=plate.zip", b"x")[0] == 403


def test_a_machine_sees_what_was_sent_to_it(lab: Service) -> None:
    lab.until(lambda s: s["results"]["calculated"] > 1)
    root, ada = Person(lab), Person(lab)
    root.log_in("root", PASSWORD)
    secrets = {}
    for name in ("LIS", "Another"):
        token = {"name": name, "destination": name, "days": 30}
        status, made, _ = root.ask("POST", "/api/v1/tokens", token)
        assert status == 201, made
        secrets[name] = made["secret"]
    ada.log_in("ada", PASSWORD)
    item = ada.ask("GET", "/api/v1/results")[1]["items"][0]
    reviewed = ada.act(item, "review")[1]
    ada.act(reviewed, "sign", {"meaning": "authorised", "password": PASSWORD})
    machine = Person(lab)
    machine.headers = {"Authorization": f"Bearer {secrets['LIS']}"}
    assert [one["id"] for one in machine.ask("GET", "/api/v1/results")[1]["items"]] == [item["id"]]
    assert machine.ask("GET", f"/api/v1/results/{item['id']}")[0] == 200
    assert machine.ask("POST", f"/api/v1/results/{item['id']}/amend", {"reason": "x"}, If_Match='"x"')[0] == 403
    new = {"placer": "REST-1", "accession": "ACC-1", "test": "MCHIM-PANEL"}
    assert machine.ask("POST", "/api/v1/orders", new)[0] == 201
    assert machine.ask("POST", "/api/v1/orders", {**new, "accession": "ACC-2"})[0] == 409
    assert machine.ask("POST", "/api/v1/orders", {**new, "surname": "x"})[0] == 422
    assert machine.ask("POST", "/api/v1/orders", new)[0] == 200  # it was there already
    described = ada.ask("GET", "/api/v1/openapi.json")[1]["paths"]["/api/v1/orders"]["post"]["responses"]
    assert described["200"]["content"] == described["201"]["content"]
    assert machine.ask("GET", "/api/v1/results?state=relaesed")[0] == 422  # no word of the description
    machine.headers = {"Authorization": f"Bearer {secrets['Another']}"}
    assert machine.ask("GET", "/api/v1/results")[1]["items"] == []
    assert machine.ask("GET", f"/api/v1/results/{item['id']}")[0] in (403, 404)
    assert machine.ask("GET", "/api/v1/orders")[1]["items"] == []
    machine.headers = {"Authorization": "Bearer mc_wrong"}
    assert machine.ask("GET", "/api/v1/results")[0] == 401


def test_no_log_holds_a_secret(lab: Service) -> None:
    ada = Person(lab)
    ada.log_in("ada", PASSWORD)
    ada.ask("POST", "/api/v1/session", {"user": "ada", "password": "ZZSECRET-wrong-password"})
    lab.stop()
    log = lab.log.read_text()
    for secret in (PASSWORD, "ZZSECRET", ada.headers["Cookie"].split("=")[1], ada.headers["X-CSRF-Token"]):
        assert secret not in log
