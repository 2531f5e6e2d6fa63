"""The abuse cases of docs/security/threat-model.md, played. What is open there is an expected failure here."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import time

from harness import COMMAND, Laboratory, Person, Service, frame, msa, order

PASSWORD = "a long enough sentence"


def to(laboratory: Laboratory, more: str = "", name: str = "Elsewhere") -> str:
    return f'[[destination]]\nname = "{name}"\naddress = "127.0.0.1:{laboratory.port}"\n{more}'


def reviewer(service: Service) -> tuple[Person, list[dict]]:
    service.until(lambda s: s["results"]["calculated"] > 1)
    ada = Person(service)
    ada.log_in("ada", PASSWORD)
    return ada, ada.ask("GET", "/api/v1/results")[1]["items"]


def sign(ada: Person, result: dict) -> tuple[int, dict]:
    reviewed = ada.act(result, "review")[1]
    return ada.act(reviewed, "sign", {"meaning": "authorised", "password": PASSWORD, "reason": "ok"})[:2]


def acknowledgement(control: str) -> str:
    return f"MSH|^~\\&|LIS|HOSP|||20260723||ACK^R01^ACK|FORGED|P|2.5.1\rMSA|AA|{control}\r"


def test_a_later_acknowledgement_counts_only_from_its_receiver(make_lab, laboratory: Laboratory) -> None:
    laboratory.answers = ["CA"]
    modes = 'accept_acknowledgement = "AL"\napplication_acknowledgement = "AL"\n'
    service = make_lab(to(laboratory, modes))
    ada, items = reviewer(service)
    assert sign(ada, items[0])[0] == 200
    service.until(lambda s: s["outbox"]["committed"] == 1)
    control = laboratory.received[0].split("|")[9]
    service.wire().socket.sendall(frame(acknowledgement(control)))  # of the peer LIS, which is somebody else
    time.sleep(1)
    assert service.status()["outbox"]["committed"] == 1


def test_a_session_alone_signs_nothing_and_an_old_request_changes_nothing(make_lab, laboratory: Laboratory) -> None:
    service = make_lab(to(laboratory))
    ada, items = reviewer(service)
    thief = Person(service)  # with the cookie alone: the rest can be read with it
    thief.headers = {"Cookie": ada.headers["Cookie"], "Origin": ada.headers["Origin"]}
    assert thief.act(items[0], "review")[0] == 403
    thief.headers["X-CSRF-Token"] = thief.ask("GET", "/api/v1/session")[1]["csrf_token"]
    reviewed = thief.act(items[0], "review")[1]
    assert thief.act(reviewed, "sign", {"meaning": "authorised", "password": "guess and guess again"})[0] == 403
    assert thief.act(reviewed, "sign", {"meaning": "authorised"})[0] == 422
    time.sleep(1.1)
    tag = f'"{reviewed["id"]}-{reviewed["revision"]}"'
    body = {"meaning": "authorised", "password": PASSWORD}
    path = f"/api/v1/results/{reviewed['id']}/sign"
    assert ada.ask("POST", path, body, If_Match=tag, Idempotency_Key="one-signature")[0] == 200
    status, _, headers = ada.ask("POST", path, body, If_Match=tag, Idempotency_Key="one-signature")
    assert (status, headers["Idempotent-Replayed"]) == (200, "true")
    assert ada.ask("POST", path, body, If_Match=tag)[0] == 412  # as a new request
    assert ada.ask("DELETE", "/api/v1/session")[0] == 204
    assert thief.ask("GET", "/api/v1/results")[0] == 401
    service.until(lambda s: s["outbox"]["accepted"] == 1)
    assert len(laboratory.received) == 1


def test_a_token_that_is_revoked_and_an_admin_who_takes_a_reviewers_place(make_lab, laboratory: Laboratory) -> None:
    service = make_lab(to(laboratory))
    root, ada, machine = Person(service), Person(service), Person(service)
    root.log_in("root", PASSWORD)
    ada.log_in("ada", PASSWORD)
    made = root.ask("POST", "/api/v1/tokens", {"name": "x", "destination": "Elsewhere", "days": 1})[1]
    machine.headers = {"Authorization": f"Bearer {made['secret']}"}
    assert machine.ask("GET", "/api/v1/results")[0] == 200
    assert machine.ask("GET", "/api/v1/users")[0] == machine.ask("GET", "/api/v1/audit")[0] == 403
    assert root.ask("DELETE", f"/api/v1/tokens/{made['id']}")[0] == 204
    assert machine.ask("GET", "/api/v1/results")[0] == 401
    assert made["secret"].encode() not in (service.folder / "data/microchim.db-wal").read_bytes()

    assert root.ask("PATCH", "/api/v1/users/ada", {"password": "another long sentence"})[0] == 200
    assert ada.ask("GET", "/api/v1/results")[0] == 401  # her sessions ended, so she notices
    audit = [json.loads(line) for line in root.ask("GET", "/api/v1/audit?limit=200")[1].splitlines()]
    assert ("root", "user.password", "ada") in [(row["actor"], row["action"], row["object"]) for row in audit]


def alter(service: Service, sql: str) -> None:
    """As somebody with a shell and the service's rights does it, who also takes the triggers away."""
    assert service.stop() == 0
    with sqlite3.connect(service.folder / "data/microchim.db") as db:
        triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type='trigger'").fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        assert db.execute(sql).rowcount > 0
        for _, text in triggers:
            db.execute(text)
    db.close()
    service.start()


FRACTION = (
    "UPDATE result_version SET document = replace(document, '\"fraction\":', '\"fraction\":1') WHERE result='R000001'"
)


def test_what_was_altered_after_it_was_signed_shows_and_is_not_sent(make_lab, laboratory: Laboratory) -> None:
    laboratory.answers = ["AE"]
    service = make_lab(to(laboratory))
    ada, items = reviewer(service)
    assert sign(ada, items[0])[0] == 200
    service.until(lambda s: laboratory.received and s["outbox"]["queued"] == 1)
    # It waits to be sent again: an acknowledgement from elsewhere changes nothing.
    service.wire().socket.sendall(frame(acknowledgement(laboratory.received[0].split("|")[9])))
    time.sleep(0.5)
    assert service.status()["outbox"]["queued"] == 1
    alter(service, FRACTION)
    alter(service, "UPDATE outbox SET body = CAST(replace(CAST(body AS TEXT), 'MSH', 'MSX') AS BLOB), next_at = 0")
    service.until(lambda s: s["outbox"]["dead"] == 1)
    assert len(laboratory.received) == 1
    again, _items = reviewer(service)
    assert again.ask("GET", "/api/v1/results/R000001")[1]["intact"] is False
    assert again.ask("GET", "/api/v1/results/R000002")[1]["intact"] is True


def test_a_result_that_was_altered_before_is_not_signed(make_lab, laboratory: Laboratory) -> None:
    service = make_lab(to(laboratory))
    service.until(lambda s: s["results"]["calculated"] > 1)
    alter(service, FRACTION)
    ada, items = reviewer(service)
    assert sign(ada, items[0])[0] != 200


def test_a_row_of_the_audit_that_was_altered_is_named(start) -> None:
    service = start()
    for i in range(3):
        assert msa(service.wire().ask(order(f"A{i}", f"A{i}")))[0] == "AA"
    alter(service, "UPDATE audit SET actor='nobody' WHERE seq=2")
    check = subprocess.run([COMMAND, "admin", "--config", str(service.config), "audit-verify"], capture_output=True)
    assert check.returncode == 1 and b"Row 2" in check.stdout


def test_after_a_restore_no_number_of_a_message_is_given_again(make_lab, laboratory: Laboratory) -> None:
    service = make_lab(to(laboratory))
    ada, items = reviewer(service)
    admin = [COMMAND, "admin", "--config", str(service.config)]
    subprocess.run([*admin, "backup", str(service.folder / "copy.db")], check=True, capture_output=True)
    assert sign(ada, items[0])[0] == 200
    service.until(lambda s: s["outbox"]["accepted"] == 1)
    assert service.stop() == 0
    subprocess.run([*admin, "restore", str(service.folder / "copy.db")], check=True, capture_output=True)
    service.start()
    again, items = reviewer(service)
    assert sign(again, items[1])[0] == 200
    service.until(lambda s: s["outbox"]["accepted"] == 1)
    first, second = (message.split("|")[9] for message in laboratory.received)
    assert first != second


def test_one_strange_file_does_not_stop_a_destination(make_lab) -> None:
    service = make_lab('[[destination]]\nname = "Folder"\nkind = "file"\nfolder = "out"\n')
    ada, items = reviewer(service)
    (service.folder / f"out/{items[0]['accession']}_{items[0]['id']}-1.csv").write_text("somebody else's")
    assert sign(ada, items[0])[0] == sign(ada, items[1])[0] == 200
    service.until(lambda s: s["outbox"]["accepted"] == 1, seconds=5)
