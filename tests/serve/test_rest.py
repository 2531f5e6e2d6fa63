"""What every route has in common: keys that are used once, tags, pages, events, problems, limits and slow clients."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import os
import random
import re
import threading
import time
import zipfile
from pathlib import Path

from harness import Person, Service, order
from people import PASSWORD, administrator, hire, logged_in, machine, new_order, pages, token

ROUNDS = 1000 if os.environ.get("MICROCHIM_LONG") else 6  # of killing the service


def test_a_key_does_it_once(house: Service) -> None:
    tom, root = logged_in(house, "tom"), logged_in(house, "root")
    first = tom.ask("POST", "/api/v1/orders", new_order("K1"), Idempotency_Key="key-number-1")
    again = tom.ask("POST", "/api/v1/orders", new_order("K1"), Idempotency_Key="key-number-1")
    assert first[:2] == again[:2] and first[0] == 201
    assert "Idempotent-Replayed" not in first[2] and again[2]["Idempotent-Replayed"] == "true"
    # It counts what a body says, not how it is spelt.
    tom.headers["Content-Type"] = "application/json"
    spelt = b'{ "test":"MCHIM-PANEL",\n"accession":"ACC", "placer":"\\u004b1"}'
    assert tom.ask("POST", "/api/v1/orders", spelt, Idempotency_Key="key-number-1")[:2] == first[:2]
    del tom.headers["Content-Type"]
    status, body, _ = tom.ask("POST", "/api/v1/orders", new_order("K2"), Idempotency_Key="key-number-1")
    assert (status, body["code"]) == (409, "idempotency.other")
    user = {"id": "k", "name": "K", "role": "auditor", "password": PASSWORD}
    assert root.ask("POST", "/api/v1/users", user, Idempotency_Key="key-number-1")[0] == 201  # her own key
    assert root.ask("POST", "/api/v1/users", user, Idempotency_Key="key-number-1")[0] == 201
    assert root.ask("POST", "/api/v1/users", user, Idempotency_Key="key-number-2")[0] == 409  # there is one
    # What failed is not kept.
    bad = {**new_order("K3"), "accession": ""}
    assert tom.ask("POST", "/api/v1/orders", bad, Idempotency_Key="key-number-3")[0] == 422
    assert tom.ask("POST", "/api/v1/orders", new_order("K3"), Idempotency_Key="key-number-3")[0] == 201
    for key in ("", "short", "x" * 129, "with a space", "with-a-\xe4"):
        status, body, _ = tom.ask("POST", "/api/v1/orders", new_order("K4"), Idempotency_Key=key)
        assert (status, body["code"]) == (400, "idempotency.key"), key
    assert [o["placer"] for page in pages(tom, "/api/v1/orders", 200) for o in page] == ["K1", "K3"]


def test_the_same_key_at_the_same_time(house: Service) -> None:
    tom = logged_in(house, "tom")
    answers = []
    file = os.urandom(200_000)

    def send() -> None:
        answers.append(tom.ask("POST", "/api/v1/jobs?name=x.bin", file, Idempotency_Key="all-at-once"))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for status, _, _ in answers} <= {202, 409}
    assert len({body["id"] for status, body, _ in answers if status == 202}) == 1
    assert {body["code"] for status, body, _ in answers if status == 409} <= {"idempotency.running"}


def create(person: Person, placer: str) -> tuple[int, dict]:
    """One order under a key of its own, as slowly as the service asks for."""
    while True:
        answer = person.ask("POST", "/api/v1/orders", new_order(placer), Idempotency_Key=placer)
        if answer[0] != 429:
            return answer[:2]
        time.sleep(0.2)


def test_kill_9_and_the_same_key_again(start) -> None:
    """However it ends: with its key a request is done once, and gets its one answer."""
    service = start()
    hire(administrator(service), "tom", "technician")
    answered: dict[str, dict] = {}
    sent: list[str] = []
    for number in range(ROUNDS):
        tom = logged_in(service, "tom")
        stop = threading.Event()

        def work(tom: Person = tom, number: int = number, stop: threading.Event = stop) -> None:
            for i in range(10_000):
                placer = f"KILL-{number}-{i}"
                sent.append(placer)
                with contextlib.suppress(OSError, http.client.HTTPException):
                    status, body = create(tom, placer)
                    assert status == 201
                    answered[placer] = body
                if stop.is_set():
                    return

        worker = threading.Thread(target=work)
        worker.start()
        time.sleep(random.uniform(0.05, 0.4))
        stop.set()
        service.kill()
        worker.join()
        service.start()
    tom = logged_in(service, "tom")
    for placer in sent:
        status, body = create(tom, placer)
        assert status == 201, placer
        assert answered.get(placer, body) == body
    lines = logged_in(service, "root").ask("GET", "/api/v1/audit?limit=10000")[1].decode().splitlines()
    created = [row["object"] for row in map(json.loads, lines) if row["action"] == "order.create"]
    assert len(created) == len(set(created)) == len(sent)
    assert service.status()["audit"]["verified"] is True


def test_pages_hold_every_row_once(house: Service) -> None:
    tom, root = logged_in(house, "tom"), logged_in(house, "root")
    lis = machine(house, token(root, "LIS")["secret"])
    placers = [f"P{i:02}" for i in range(17)]
    for i, placer in enumerate(placers):
        who = lis if i % 6 == 5 else tom
        assert who.ask("POST", "/api/v1/orders", new_order(placer))[0] == 201
    for limit in (1, 4, 17, 200):
        listed = [o["placer"] for page in pages(tom, "/api/v1/orders", limit) for o in page]
        assert [p for p in listed if p.startswith("P")] == placers
        own = [o["placer"] for page in pages(lis, "/api/v1/orders", limit) for o in page]
        assert own == ["P05", "P11"]  # also where whole pages are somebody else's
    for wrong in ("limit=0", "limit=201", "limit=x", "limit=", "after=-1", "after=99999999999999999999", "nonsense=1"):
        status, body, _ = tom.ask("GET", f"/api/v1/orders?{wrong}")
        assert (status, body["code"]) == (422, "query"), wrong
    rows = [json.loads(line) for line in root.ask("GET", "/api/v1/audit?limit=10000")[1].splitlines()]
    seen, after = [], 0
    while lines := root.ask("GET", f"/api/v1/audit?limit=7&after={after}")[1].splitlines():
        seen += [json.loads(line)["seq"] for line in lines]
        after = seen[-1]
    assert seen == [row["seq"] for row in rows]


def test_two_reviewers_and_a_comment(make_lab, laboratory) -> None:
    lab = make_lab(f'[[destination]]\nname = "LIS"\nkind = "mllp"\naddress = "127.0.0.1:{laboratory.port}"\n')
    lab.until(lambda s: s["results"]["calculated"] > 1)
    ada, tom = logged_in(lab, "ada"), logged_in(lab, "tom")
    items = [item for page in pages(ada, "/api/v1/results", 2) for item in page]
    assert len({item["id"] for item in items}) == len(items) == lab.status()["results"]["calculated"]
    path = f"/api/v1/results/{items[0]['id']}"
    status, seen, headers = ada.ask("GET", path)
    tag = headers["ETag"]
    assert (status, tag) == (200, f'"{seen["id"]}-{seen["revision"]}"')
    assert ada.ask("GET", path, If_None_Match=tag)[:2] == (304, b"")
    assert ada.ask("GET", path, If_None_Match=f'"x", {tag}')[0] == 304
    assert ada.ask("GET", path, If_None_Match='"x"')[0] == 200
    status, body, _ = ada.ask("POST", path + "/review", {})
    assert (status, body["code"]) == (428, "if-match")
    for header, expected in (("nonsense", 400), ('W/"x"', 400), ('"x"', 412), (f'"{seen["id"]}-0"', 412)):
        assert ada.ask("POST", path + "/review", {}, If_Match=header)[0] == expected, header
    lines = logged_in(lab, "root").ask("GET", "/api/v1/audit?limit=10000")[1].splitlines()
    views = [row for row in map(json.loads, lines) if row["action"] == "result.read"]
    assert {(row["actor"], row["role"], row["object"]) for row in views} == {("ada", "reviewer", f"{seen['id']}/1")}
    # A comment keeps the state, and is something that the other reviewer has not seen.
    assert tom.act(seen, "comment", {})[0] == 422
    status, noted, headers = tom.act(seen, "comment", {"reason": "the tube was half full"})
    assert (status, noted["state"], noted["events"][-1]["reason"]) == (200, "calculated", "the tube was half full")
    assert ada.act(seen, "review")[0] == 412
    key = {"If-Match": headers["ETag"], "Idempotency-Key": "review-once-only"}
    first = ada.ask("POST", path + "/review", {}, **key)
    assert first[0] == 200
    assert ada.ask("POST", path + "/review", {}, **key)[:2] == first[:2]  # replayed, although the tag is old now
    assert ada.ask("POST", path + "/review", {}, If_Match=headers["ETag"])[0] == 412
    released = ada.act(first[1], "sign", {"meaning": "authorised", "password": PASSWORD})[1]
    assert released["state"] == "released", released
    lab.until(lambda s: s["outbox"]["accepted"] == 1)
    status, noted, _ = ada.act(released, "comment", {"reason": "told the ward by telephone"})
    assert (status, noted["state"]) == (200, "released")
    assert [event["action"] for event in noted["events"]] == ["comment", "review", "sign", "release", "comment"]
    assert lab.status()["outbox"]["accepted"] == 1 and len(laboratory.received) == 1  # said to nobody again


class Listener(threading.Thread):
    """Somebody who follows the events."""

    def __init__(self, person: Person) -> None:
        super().__init__(daemon=True)
        self.connection = http.client.HTTPSConnection(person.address, context=person.context, timeout=60)
        self.connection.request("GET", "/api/v1/events", headers=person.headers)
        self.answer = self.connection.getresponse()
        self.events: list[tuple[str, dict]] = []
        self.start()

    def run(self) -> None:
        name = ""
        for line in self.answer:
            word, _, rest = line.decode().strip().partition(": ")
            if word == "event":
                name = rest
            if word == "data":
                self.events.append((name, json.loads(rest)))


def test_events_and_how_far_a_job_is(make_lab) -> None:
    lab = make_lab("")
    lab.until(lambda s: s["jobs"]["done"] == 1)
    ada, root = logged_in(lab, "ada"), logged_in(lab, "root")
    listening, elsewhere = Listener(ada), Listener(root)
    assert listening.answer.status == 200
    assert listening.answer.headers.get_content_type() == "text/event-stream"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in (lab.folder / "inbox/run").iterdir():
            archive.write(path, path.name)
    status, job, _ = ada.ask("POST", "/api/v1/jobs?name=run.zip", packed.getvalue())
    assert (status, job["state"], job["progress"]) == (202, "waiting", {"stage": "waiting", "jobs_before": 0})
    assert ada.ask("POST", "/api/v1/jobs?name=no.zip", b"no run")[1]["progress"]["jobs_before"] in (0, 1)
    stages = set()
    end = time.monotonic() + 30
    while (body := ada.ask("GET", "/api/v1/jobs/3")[1])["progress"]:
        assert time.monotonic() < end
        stages.add(body["progress"]["stage"])
        time.sleep(0.05)
    assert body["state"] == "failed"
    assert stages <= {"waiting", "starting", "reading", "calculating"}
    told = [data for name, data in listening.events if name == "job"]
    steps = [("waiting", None), ("running", None), *(("running", s) for s in ("reading", "calculating", "storing"))]
    assert [(d["state"], d.get("stage")) for d in told if d["id"] == 2] == [*steps, ("done", None)]
    assert [(d["state"], d.get("stage")) for d in told if d["id"] == 3] == [*steps[:3], ("failed", None)]
    assert all(set(data) <= {"id", "state", "stage"} for data in told)  # nothing of a patient
    assert not any(name == "job" for name, _ in elsewhere.events)  # root may not see jobs
    assert ada.ask("DELETE", "/api/v1/session")[0] == 204
    listening.join(timeout=10)
    assert not listening.is_alive() and elsewhere.is_alive()
    assert lab.stop() == 0  # whoever only listens does not hold it up
    elsewhere.join(timeout=10)
    assert not elsewhere.is_alive()


def test_counters_and_health(house: Service) -> None:
    root, nobody = logged_in(house, "root"), Person(house)
    house.wire().ask(order("METRICS-1", "METRICS-1"))
    status, text, headers = root.ask("GET", "/metrics")
    assert (status, headers["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    lines = text.decode().removesuffix("\n").split("\n")
    counters = {}
    types = dict(line.split(" ")[2:] for line in lines[0::2])
    for line in lines[1::2]:
        found = re.fullmatch(r"(microchim_[a-z][a-z0-9_]*) (-?[0-9.eE+-]+)", line)
        assert found, line
        assert counters.setdefault(found[1], float(found[2])) == float(found[2]), "named twice"
    documented = (Path(__file__).parents[2] / "docs/serve.md").read_text()
    named = set(re.findall(r"`(microchim_[a-z_]+)`", documented))
    assert named and named <= counters.keys()
    status_now = root.ask("GET", "/api/v1/status")[1]
    assert counters["microchim_orders_stored"] == status_now["orders"]["stored"] > 0
    assert counters["microchim_mllp_received"] == 1
    assert types.keys() == counters.keys() and "# TYPE microchim_orders_stored counter" in lines
    assert (types["microchim_mllp_received"], types["microchim_outbox_queued"]) == ("counter", "gauge")
    for path in ("/livez", "/healthz", "/readyz"):
        assert nobody.ask("GET", path)[:2] == (200, b"")
        assert nobody.ask("HEAD", path)[:2] == (200, b"")


def test_every_kind_of_problem(house: Service) -> None:
    tom = logged_in(house, "tom")
    good = new_order("PROBLEM")
    deep = b'{"placer":' + b"[" * 40 + b"]" * 40 + b"}"

    def raw(body: bytes, **headers: str):
        return tom.ask("POST", "/api/v1/orders", body, Content_Type="application/json", **headers)

    cases = {
        "not-found": (404, tom.ask("GET", "/api/v1/nothing")),
        "method": (405, tom.ask("PUT", "/api/v1/orders", good)),
        "accept": (406, tom.ask("GET", "/api/v1/orders", Accept="text/html, application/json;q=0")),
        "body.size": (413, raw(b'{"x": "' + b"x" * 70_000 + b'"}')),
        "body.type": (415, tom.ask("POST", "/api/v1/orders", b"x")),
        "body.encoding": (415, raw(b"{}", Content_Encoding="gzip")),
        "field.unknown": (422, tom.ask("POST", "/api/v1/orders", {**good, "surname": "x"})),
        "field.value": (422, tom.ask("POST", "/api/v1/orders", {**good, "placer": "x" * 65})),
        "field.type": (422, tom.ask("POST", "/api/v1/orders", [good])),
        "target": (400, tom.ask("GET", "/api/v1/orders?limit=%zz")),
        "query": (422, tom.ask("GET", "/api/v1/orders?nonsense=1")),
        "header.size": (431, tom.ask("GET", "/api/v1/orders", X_Long="x" * 20_000)),
    }
    for code, (expected, (status, body, headers)) in cases.items():
        assert (status, body["code"], body["status"]) == (expected, code, expected), body
        assert headers.get_content_type() == "application/problem+json"
        assert body["type"] == f"urn:microchim:problem:{code}" and body["title"]
        assert set(body) <= {"type", "title", "status", "code", "detail", "instance"}
    assert cases["method"][1][2]["Allow"] == "GET, HEAD, POST"
    for bad in (b"", b"{", b"null x", b'{"a":1,"a":2}', b'{"placer":"\xff"}', deep, b"{'placer':1}", b'{"a":NaN}'):
        status, body, _ = raw(bad)
        assert (status, body["code"]) == (400, "json"), bad
    for method, path in (("GET", "/api/v1/orders"), ("DELETE", "/api/v1/session")):
        assert tom.ask(method, path, b"x")[0] == 413  # a body that nobody reads
