"""Who may do what over HTTPS: every route that the service describes, with every kind of credential."""

from __future__ import annotations

import http.client
import json
import socket
import sqlite3
import ssl
import time
from typing import NamedTuple

import pytest
from harness import Person, Service
from people import PASSWORD, administrator, hire, logged_in, machine, token, with_certificate
from test_tls import Authority


class Line(NamedTuple):
    """Who may ask, and what they are told for a request that names nothing which is there."""

    who: str  # t technician, r reviewer, a admin, u auditor, l laboratory system; * anyone
    status: int
    body: object = None


EMPTY: dict = {}
FILE = b"no run"
REASON = {"reason": "x"}
# Written by hand from the roles that the laboratory was promised, not from the program's own table: a technician
# imports runs and sees results; a reviewer also decides about them; a laboratory system reads its own results and
# orders; an administrator has users and connections, and no patients; an auditor reads who did what. The counters are
# for those who keep the service running, and for the machine that watches it.
TABLE = {
    ("GET", "/livez"): Line("*", 200),
    ("GET", "/healthz"): Line("*", 200),
    ("GET", "/readyz"): Line("*", 200),
    ("POST", "/api/v1/session"): Line("*", 422, EMPTY),
    ("POST", "/api/v1/setup"): Line("*", 422, EMPTY),
    ("GET", "/metrics"): Line("aul", 200),
    ("GET", "/api/v1/openapi.json"): Line("traul", 200),
    ("GET", "/api/v1/status"): Line("trau", 200),
    ("GET", "/api/v1/events"): Line("trau", 200),
    ("GET", "/api/v1/session"): Line("trau", 200),
    ("GET", "/api/v1/sessions"): Line("trau", 200),
    ("DELETE", "/api/v1/sessions/{id}"): Line("trau", 404),
    ("PUT", "/api/v1/session/password"): Line("trau", 422, EMPTY),
    ("GET", "/api/v1/users"): Line("a", 200),
    ("POST", "/api/v1/users"): Line("a", 422, EMPTY),
    ("PATCH", "/api/v1/users/{id}"): Line("a", 422, EMPTY),
    ("GET", "/api/v1/tokens"): Line("a", 200),
    ("POST", "/api/v1/tokens"): Line("a", 422, EMPTY),
    ("DELETE", "/api/v1/tokens/{id}"): Line("a", 404),
    ("GET", "/api/v1/jobs"): Line("tr", 200),
    ("POST", "/api/v1/jobs"): Line("tr", 422, FILE),
    ("GET", "/api/v1/jobs/{id}"): Line("tr", 404),
    ("GET", "/api/v1/jobs/{id}/wells"): Line("tr", 404),
    ("GET", "/api/v1/jobs/{id}/wells/{well}/droplets"): Line("tr", 404),
    ("GET", "/api/v1/jobs/{id}/wells/{well}/histogram"): Line("tr", 404),
    ("GET", "/api/v1/jobs/{id}/wells/{well}/curves"): Line("tr", 404),
    ("GET", "/api/v1/results"): Line("trl", 200),
    ("GET", "/api/v1/results/{id}"): Line("trl", 404),
    ("POST", "/api/v1/results/{id}/comment"): Line("tr", 404, REASON),
    ("POST", "/api/v1/results/{id}/review"): Line("r", 404, EMPTY),
    ("POST", "/api/v1/results/{id}/undo"): Line("r", 404, REASON),
    ("POST", "/api/v1/results/{id}/sign"): Line("r", 404, EMPTY),
    ("POST", "/api/v1/results/{id}/release"): Line("r", 404, EMPTY),
    ("POST", "/api/v1/results/{id}/reject"): Line("r", 404, REASON),
    ("POST", "/api/v1/results/{id}/amend"): Line("r", 404, REASON),
    ("GET", "/api/v1/orders"): Line("trl", 200),
    ("POST", "/api/v1/orders"): Line("tl", 422, EMPTY),
    ("GET", "/api/v1/outbox"): Line("tra", 200),
    ("POST", "/api/v1/outbox/{id}/retry"): Line("ra", 404, REASON),
    ("POST", "/api/v1/outbox/{id}/abandon"): Line("ra", 404, REASON),
    ("GET", "/api/v1/audit"): Line("au", 200),
    ("GET", "/api/v1/audit/verify"): Line("au", 200),
    ("GET", "/api/v1/trouble"): Line("tra", 200),
    # Last, because it ends the session with which everything before was asked.
    ("DELETE", "/api/v1/session"): Line("trau", 204),
}
PEOPLE = {"tom": "technician", "ada": "reviewer", "root": "admin", "eve": "auditor"}
LETTERS = {"tom": "t", "ada": "r", "root": "a", "eve": "u", "LIS": "l", "Another": "l", "certificate": "l"}
HTTPS = (
    '[http.tls]\ncertificate = "server.crt"\nkey = "server.key"\nca = "ca.crt"\n'
    '[[peer]]\nname = "Secure"\nidentity = "lis.example.org"\napplication = "LIS"\nfacility = "HOSP"\n'
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory):
    """A service with somebody of each role, and machines' certificates in its folder."""
    folder = tmp_path_factory.mktemp("house")
    authority = Authority(folder, "ca")
    authority.issue("server", "DNS:localhost,IP:127.0.0.1", "serverAuth")
    authority.issue("good", "DNS:lis.example.org", "clientAuth")
    authority.issue("stranger", "DNS:somebody.example.org", "clientAuth")
    service = Service(folder, HTTPS)
    service.trusted = folder / "ca.crt"
    root = administrator(service)
    for user, role in PEOPLE.items():
        if user != "root":
            hire(root, user, role)
    yield service
    service.kill()


def request(person: Person, method: str, path: str, body: object = None) -> tuple[int, dict, http.client.HTTPMessage]:
    """Ask with all that a route may need; an answer that does not end is not read, "too many" is waited out."""
    while True:
        connection = http.client.HTTPSConnection(person.address, context=person.context, timeout=30)
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        headers = {"Idempotency-Key": "roles-" + str(time.monotonic_ns()), "If-Match": '"R999999-1"'}
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = kind
        connection.request(method, path.format(id="999999", well="A01"), data, headers | person.headers)
        answer = connection.getresponse()
        endless = answer.headers.get_content_type() == "text/event-stream"
        text = b"" if endless else answer.read()
        connection.close()
        parsed = json.loads(text) if answer.headers.get_content_type().endswith(("/json", "+json")) else {}
        if parsed.get("code") != "rate":
            return answer.status, parsed, answer.headers
        time.sleep(int(answer.headers["Retry-After"]))


def described(service: Service) -> set[tuple[str, str]]:
    document = request(logged_in(service, "root"), "GET", "/api/v1/openapi.json")[1]
    return {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}


def test_the_table_has_every_route(house: Service) -> None:
    assert described(house) == set(TABLE)


@pytest.mark.parametrize("who", LETTERS)
def test_every_route_and_who_may_ask(house: Service, who: str) -> None:
    if who in PEOPLE:
        person = logged_in(house, who)
    elif who == "certificate":
        person = with_certificate(house, house.folder, "good")
    else:
        person = machine(house, token(logged_in(house, "root"), who)["secret"])
    for (method, path), line in TABLE.items():
        status, body, headers = request(person, method, path, line.body)
        if line.who == "*" or LETTERS[who] in line.who:
            assert status == line.status, (method, path, body)
        else:
            assert (status, body["code"]) == (403, "role"), (method, path, body)
            assert headers.get_content_type() == "application/problem+json"
            assert set(body) == {"type", "title", "status", "code", "instance"}


def test_nobody_else_learns_anything(house: Service) -> None:
    """No credentials and wrong ones get one answer, whatever they ask for."""
    root = logged_in(house, "root")
    revoked = token(root, "LIS")
    assert request(root, "DELETE", f"/api/v1/tokens/{revoked['id']}")[0] == 204
    over = expired(house, token(root, "LIS"))
    left = logged_in(house, "eve")
    assert left.ask("DELETE", "/api/v1/session")[0] == 204
    strangers = {name: Person(house) for name in ("nobody", "basic", "cookie", "two schemes")}
    strangers["basic"].headers = {"Authorization": "Basic cm9vdDpyb290"}
    strangers["cookie"].headers = {"Cookie": "__Host-mcsid=" + "A" * 43, "X-CSRF-Token": "A" * 43}
    # What is offered first counts: a wrong token is not mended by a good cookie.
    strangers["two schemes"].headers = {"Authorization": "Bearer mc_wrong", "Cookie": root.headers["Cookie"]}
    strangers |= {"revoked": machine(house, revoked["secret"]), "over": machine(house, over), "logged out": left}
    strangers["certificate"] = with_certificate(house, house.folder, "stranger")
    unknown = [("GET", "/"), ("GET", "/nothing"), ("POST", "/api/v1/results"), ("GET", "/api/v1/results/R000001")]
    unknown += [("OPTIONS", "/api/v1/users"), ("TRACE", "/"), ("GET", "/api/v1/users?x=1"), ("PUT", "/livez")]
    told = set()
    for name, person in strangers.items():
        routes = [*TABLE, *unknown] if name == "nobody" else [*unknown, ("GET", "/api/v1/results"), ("GET", "/metrics")]
        for method, path in routes:
            line = TABLE.get((method, path), Line("", 401))
            status, body, headers = request(person, method, path, line.body)
            assert "Server" not in headers
            if line.who == "*":
                assert status == line.status, (name, method, path)
                assert status == 422 or (body == {} and headers["Content-Length"] == "0")
                continue
            assert body.pop("instance").startswith("urn:microchim:request:")
            told.add((status, json.dumps(body), tuple(sorted(set(headers) - {"Connection"}))))
    assert len(told) == 1, told
    assert told.pop()[0] == 401


def expired(service: Service, made: dict) -> str:
    """Let a token be of yesterday; the service knows it after a restart."""
    service.stop()
    with sqlite3.connect(service.folder / "data/microchim.db") as store:
        store.execute("UPDATE token SET expires_at = ? WHERE id = ?", (int(time.time() * 1000) - 1, made["id"]))
    store.close()
    service.start()
    return made["secret"]


def test_a_browser_that_was_lured(house: Service) -> None:
    tom = logged_in(house, "tom")
    order = {"placer": "CSRF", "accession": "A", "test": "T"}
    own = dict(tom.headers)

    def refused(without: str = "", **other: str) -> tuple[int, str]:
        tom.headers = {name: value for name, value in own.items() if name != without}
        status, body, _ = tom.ask("POST", "/api/v1/orders", order, **other)
        return status, body.get("code", "")

    assert refused(without="X-CSRF-Token") == (403, "csrf")
    assert refused(X_CSRF_Token="A" * 43) == (403, "csrf")
    assert refused(X_CSRF_Token=own["X-CSRF-Token"][:-1]) == (403, "csrf")
    assert refused(without="Origin") == (403, "origin")
    port = house.addresses["http"].split(":")[1]
    for origin in (
        "https://evil.example",
        "null",
        f"http://127.0.0.1:{port}",
        f"https://127.0.0.1:{port}.evil.example",
    ):
        assert refused(Origin=origin) == (403, "origin"), origin
    assert refused(Host="evil.example") == (421, "host")
    assert refused(Host=f"evil.example@127.0.0.1:{port}") == (400, "host")
    assert refused(Host=f"localhost:{port}") == (403, "origin")  # one of ours, and another origin
    tom.headers = {**own, "Origin": "https://evil.example"}
    assert tom.ask("GET", "/api/v1/orders")[0] == 403
    assert tom.ask("GET", "/api/v1/events")[0] == 403
    stranger = Person(house)
    stranger.headers = {"Origin": "https://evil.example"}
    assert stranger.ask("POST", "/api/v1/session", {"user": "tom", "password": PASSWORD})[0] == 403
    tom.headers = own
    assert tom.ask("GET", "/api/v1/orders")[1]["items"] == []
    assert tom.ask("POST", "/api/v1/orders", order)[0] == 201


def test_a_session_ends_with_what_it_was_for(house: Service) -> None:
    root = logged_in(house, "root")
    hire(root, "kim", "technician")
    one, two = logged_in(house, "kim"), logged_in(house, "kim")
    first = Person(house)
    status, _, headers = first.ask("POST", "/api/v1/session", {"user": "kim", "password": PASSWORD})
    flags = {flag.strip() for flag in headers["Set-Cookie"].split(";")[1:]}
    assert (status, flags) == (201, {"Path=/", "Secure", "HttpOnly", "SameSite=Strict"})
    listed = one.ask("GET", "/api/v1/sessions")[1]["items"]
    assert len(listed) == 3 and [session["this"] for session in listed].count(True) == 1
    other = two.ask("GET", "/api/v1/session")[1]["session"]
    assert root.ask("DELETE", f"/api/v1/sessions/{other}")[0] == 404  # not hers
    assert one.ask("DELETE", f"/api/v1/sessions/{other}")[0] == 204
    assert two.ask("GET", "/api/v1/session")[0] == 401
    assert root.ask("PATCH", "/api/v1/users/kim", {"role": "reviewer"})[0] == 200
    assert one.ask("GET", "/api/v1/session")[0] == 401
    again = logged_in(house, "kim")
    assert root.ask("PATCH", "/api/v1/users/kim", {"closed": True})[0] == 200
    assert again.ask("GET", "/api/v1/session")[0] == 401
    assert guess(house, "kim", "127.0.0.7", PASSWORD)[0] == 401
    status, body, headers = logged_in(house, "eve").ask("DELETE", "/api/v1/session")
    assert (status, body, headers["Clear-Site-Data"]) == (204, b"", '"cache", "cookies", "storage"')


def guess(service: Service, user: str, source: str, password: str = "wrong password") -> tuple[int, dict, int]:
    """Log in from another address of this machine."""
    person = Person(service)
    host, port = person.address.split(":")
    raw = socket.create_connection((host, int(port)), timeout=30, source_address=(source, 0))
    connection = http.client.HTTPConnection(person.address)
    connection.sock = person.context.wrap_socket(raw, server_hostname=host)
    body = json.dumps({"user": user, "password": password})
    connection.request("POST", "/api/v1/session", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    parsed = json.loads(answer.read())
    connection.close()
    parsed.pop("instance", None)
    return answer.status, parsed, int(answer.headers.get("Retry-After", 0))


def test_whoever_guesses_waits(house: Service) -> None:
    logged_in(house, "ada")
    before = time.monotonic()
    unknown = guess(house, "nobody-of-this-name", "127.0.0.2")
    middle = time.monotonic()
    known = guess(house, "ada", "127.0.0.3")
    after = time.monotonic()
    # Nothing tells which of them is a user: not what is said, and not how long it takes.
    assert unknown == known and known[0] == 401
    assert 0.2 < (middle - before) / (after - middle) < 5
    status, body, wait = guess(house, "root", "127.0.0.3")
    assert (status, body["code"], wait) == (429, "password.wait", 1)  # the address waits
    status, _, wait = guess(house, "ada", "127.0.0.4", PASSWORD)
    assert (status, wait) == (429, 1)  # and the account, where it was never used
    assert guess(house, "ada", "127.0.0.1", PASSWORD)[0] == 201  # but not where its owner is
    time.sleep(1.1)
    assert guess(house, "tom", "127.0.0.3")[0] == 401
    assert guess(house, "tom", "127.0.0.3", PASSWORD)[2] == 2  # twice as long, and the right one waits too
    time.sleep(2.1)
    assert guess(house, "tom", "127.0.0.3", PASSWORD)[0] == 201
    assert guess(house, "tom", "127.0.0.3")[0] == 401  # a good one makes the address good again


def burst(person: Person, path: str, count: int, source: str) -> list[int]:
    """Many requests at once on one connection; the statuses, in order."""
    host, port = person.address.split(":")
    raw = socket.create_connection((host, int(port)), timeout=30, source_address=(source, 0))
    head = "".join(f"{name}: {value}\r\n" for name, value in person.headers.items())
    with person.context.wrap_socket(raw, server_hostname=host) as wire:
        wire.sendall((f"GET {path} HTTP/1.1\r\nHost: {person.address}\r\n{head}\r\n" * count).encode())
        statuses = []
        stream = wire.makefile("rb")
        for _ in range(count):
            statuses.append(int(stream.readline().split()[1]))
            headers = http.client.parse_headers(stream)
            stream.read(int(headers["Content-Length"]))
            assert statuses[-1] != 429 or int(headers["Retry-After"]) >= 1
    return statuses


def test_too_many_requests(house: Service) -> None:
    strangers = burst(Person(house), "/api/v1/nothing", 300, "127.0.0.5")
    assert strangers[:100] == [401] * 100
    assert strangers.count(429) > 50
    assert burst(Person(house), "/livez", 1, "127.0.0.6") == [200]  # another address is not held to it
    one, other = logged_in(house, "tom"), logged_in(house, "eve")
    known = burst(one, "/api/v1/session", 1000, "127.0.0.1")
    assert known[:200] == [200] * 200
    assert 429 in known
    assert other.ask("GET", "/api/v1/session")[0] == 200


def test_plain_text_is_no_answer(house: Service) -> None:
    host, port = house.addresses["http"].split(":")
    with socket.create_connection((host, int(port)), timeout=20) as plain:
        plain.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"HTTP" not in plain.recv(4096)
    context = ssl.create_default_context()
    with socket.create_connection((host, int(port)), timeout=20) as raw, pytest.raises(ssl.SSLError):
        context.wrap_socket(raw, server_hostname=host)
