"""What every route has in common: keys that are used once, tags, pages, events, problems, limits and slow clients."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import os
import random
import re
import socket
import threading
import time
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import Person, Service, order
from people import PASSWORD, administrator, hire, logged_in, machine, token

ROUNDS = 1000 if os.environ.get("MICROCHIM_LONG") else 6  # of killing the service


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with Ada (reviewer) and Tom (technician), and no runs."""
    service = Service(tmp_path_factory.mktemp("house"))
    root = administrator(service)
    hire(root, "ada", "reviewer")
    hire(root, "tom", "technician")
    yield service
    service.kill()


def new_order(placer: str, accession: str = "ACC") -> dict:
    return {"placer": placer, "accession": accession, "test": "MCHIM-PANEL"}


def pages(person: Person, path: str, limit: int) -> list[list[dict]]:
    """Follow "next" to the end."""
    all_pages, after = [], ""
    while True:
        status, body, _ = person.ask("GET", f"{path}?limit={limit}{after}")
        assert status == 200 and len(body["items"]) <= limit
        all_pages.append(body["items"])
        if body["next"] is None:
            return all_pages
        after = f"&after={body['next']}"


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
                    status, body, _ = tom.ask("POST", "/api/v1/orders", new_order(placer), Idempotency_Key=placer)
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
        status, body, _ = tom.ask("POST", "/api/v1/orders", new_order(placer), Idempotency_Key=placer)
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
    for line in lines:
        found = re.fullmatch(r"(microchim_[a-z][a-z0-9_]*) (-?[0-9.eE+-]+)", line)
        assert found, line
        assert counters.setdefault(found[1], float(found[2])) == float(found[2]), "named twice"
    documented = (Path(__file__).parents[2] / "docs/serve.md").read_text()
    named = set(re.findall(r"`(microchim_[a-z_]+)`", documented))
    assert named and named <= counters.keys()
    status_now = root.ask("GET", "/api/v1/status")[1]
    assert counters["microchim_orders_stored"] == status_now["orders"]["stored"] > 0
    assert counters["microchim_mllp_received"] == 1
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


class Raw:
    """One connection, by hand."""

    def __init__(self, person: Person) -> None:
        host, port = person.address.split(":")
        plain = socket.create_connection((host, int(port)), timeout=40)
        self.socket = person.context.wrap_socket(plain, server_hostname=host)
        self.stream = self.socket.makefile("rb")
        self.person = person

    def head(self, method: str, path: str, more: str = "", version: str = "1.1") -> bytes:
        own = "".join(f"{name}: {value}\r\n" for name, value in self.person.headers.items())
        return f"{method} {path} HTTP/{version}\r\nHost: {self.person.address}\r\n{own}{more}\r\n".encode()

    def answer(self) -> tuple[int, bytes, http.client.HTTPMessage]:
        status = int(self.stream.readline().split()[1])
        headers = http.client.parse_headers(self.stream)
        return status, self.stream.read(int(headers.get("Content-Length", 0))), headers

    def ended(self) -> bool:
        """Whether nothing more comes, and the service closes."""
        with contextlib.suppress(OSError):
            return self.stream.read() == b""
        return True


def test_one_connection_for_many_requests(house: Service) -> None:
    tom = logged_in(house, "tom")
    wire = Raw(tom)
    paths = ["/livez", "/api/v1/session", "/api/v1/nothing", "/api/v1/orders?limit=1"] * 5
    for path in paths:
        wire.socket.sendall(wire.head("GET", path))
        assert wire.answer()[0] == (404 if "nothing" in path else 200)
    wire.socket.sendall(b"".join(wire.head("GET", path) for path in paths))  # not waiting for the answers
    bodies = [wire.answer() for _ in paths]
    assert [status for status, _, _ in bodies[:4]] == [200, 200, 404, 200]
    assert json.loads(bodies[1][1])["user"] == "tom"
    body = json.dumps(new_order("KEEP")).encode()
    more = f"Content-Type: application/json\r\nIdempotency-Key: keep-alive-1\r\nContent-Length: {len(body)}\r\n"
    post = wire.head("POST", "/api/v1/orders", more) + body
    wire.socket.sendall(post + post + wire.head("GET", "/livez", "Connection: close\r\n"))
    first, again, last = wire.answer(), wire.answer(), wire.answer()
    assert (first[0], again[0], last[0]) == (201, 201, 200) and first[1] == again[1]
    assert last[2]["Connection"] == "close" and wire.ended()
    old = Raw(tom)
    old.socket.sendall(old.head("GET", "/livez", version="1.0"))
    assert old.answer()[0] == 200 and old.ended()
    # Two lengths, or a length beside chunks, would be read differently by somebody in between.
    for more in (
        "Content-Length: 2\r\nContent-Length: 3\r\n",
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Content-Length: +2\r\n",
        "Content-Length: 99999999999999999999\r\n",
    ):
        odd = Raw(tom)
        odd.socket.sendall(odd.head("POST", "/api/v1/orders", more) + b"{}" + odd.head("GET", "/livez"))
        assert odd.answer()[0] in (400, 411, 413, 415, 501), more
        assert odd.ended(), more


def test_slow_clients_are_cut_off(house: Service) -> None:
    """Whoever says nothing, or a byte now and then, is cut off; nobody else waits for it."""
    tom = logged_in(house, "tom")
    host, port = tom.address.split(":")
    lasted: dict[str, float] = {}

    def silent() -> None:
        with socket.create_connection((host, int(port)), timeout=40) as plain:
            assert plain.recv(100) == b""

    def drip(first: bytes) -> None:
        wire = Raw(tom)
        wire.socket.sendall(first)
        wire.socket.settimeout(1)
        with contextlib.suppress(ConnectionError, BrokenPipeError):
            while True:
                wire.socket.sendall(b"x")
                with contextlib.suppress(TimeoutError):
                    if wire.socket.recv(1) == b"":
                        return

    def timed(name: str, work, *of) -> None:
        since = time.monotonic()
        work(*of)
        lasted[name] = time.monotonic() - since

    upload = Raw(tom).head(
        "POST",
        "/api/v1/jobs?name=slow.zip",
        "Content-Type: application/octet-stream\r\nIdempotency-Key: slow-client\r\nContent-Length: 1000\r\n",
    )
    threads = [
        threading.Thread(target=timed, args=("handshake", silent)),
        threading.Thread(target=timed, args=("header", drip, b"GET /livez HTTP/1.1\r\nX: ")),
        threading.Thread(target=timed, args=("body", drip, upload)),
    ]
    for thread in threads:
        thread.start()
    for _ in range(10):
        since = time.monotonic()
        assert tom.ask("GET", "/api/v1/orders?limit=1")[0] == 200
        assert time.monotonic() - since < 2
        time.sleep(0.5)
    for thread in threads:
        thread.join(timeout=40)
    assert 9 < lasted["handshake"] < 14 and 9 < lasted["header"] < 14 and 14 < lasted["body"] < 20, lasted
    assert list((house.folder / "data/uploads").iterdir()) == []


def peak_memory(service: Service) -> int:
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) << 10


def test_uploads_large_cut_off_and_too_large(start) -> None:
    service = start()
    hire(administrator(service), "tom", "technician")
    tom = logged_in(service, "tom")
    before = peak_memory(service)
    size = 200 << 20
    wire = Raw(tom)
    kind = "Content-Type: application/octet-stream\r\n"
    piece = os.urandom(1 << 20)
    more = f"{kind}Idempotency-Key: {uuid.uuid4().hex}\r\nContent-Length: {size}\r\n"
    wire.socket.sendall(wire.head("POST", "/api/v1/jobs?name=large.bin", more))
    for _ in range(size // len(piece)):
        wire.socket.sendall(piece)
    status, body, _ = wire.answer()
    assert status == 202, body
    assert peak_memory(service) - before < 48 << 20
    service.until(lambda s: s["jobs"]["failed"] == 1)
    kept = [path for path in (service.folder / "data/spool").rglob("*") if path.is_file()]
    assert [path.stat().st_size for path in kept] == [size]
    assert list((service.folder / "data/uploads").iterdir()) == []
    # Cut off in the middle: nothing is left, and the same key works afterwards.
    cut = Raw(tom)
    more = f"{kind}Idempotency-Key: cut-off-upload\r\nContent-Length: {8 << 20}\r\n"
    cut.socket.sendall(cut.head("POST", "/api/v1/jobs?name=cut.bin", more) + piece)
    time.sleep(0.3)
    assert len(list((service.folder / "data/uploads").iterdir())) == 1
    cut.socket.close()
    cut.stream.close()
    end = time.monotonic() + 5
    while list((service.folder / "data/uploads").iterdir()):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert tom.ask("POST", "/api/v1/jobs?name=cut.bin", piece, Idempotency_Key="cut-off-upload")[0] == 202
    assert [job["name"] for page in pages(tom, "/api/v1/jobs", 200) for job in page] == ["large.bin", "cut.bin"]
    # Too large is told before it is read.
    large = Raw(tom)
    more = f"{kind}Idempotency-Key: much-too-large\r\nContent-Length: {(1 << 30) + 1}\r\n"
    large.socket.sendall(large.head("POST", "/api/v1/jobs?name=huge.bin", more))
    status, body, _ = large.answer()
    assert (status, json.loads(body)["code"]) == (413, "body.size")
    # What a killed service left half uploaded is gone after its next start.
    half = Raw(tom)
    more = f"{kind}Idempotency-Key: half-an-upload\r\nContent-Length: {8 << 20}\r\n"
    half.socket.sendall(half.head("POST", "/api/v1/jobs?name=half.bin", more) + piece)
    time.sleep(0.3)
    service.kill()
    assert len(list((service.folder / "data/uploads").iterdir())) == 1
    service.start()
    assert list((service.folder / "data/uploads").iterdir()) == []
