"""Those who use a service: the first administrator, everybody whom she adds, and machines."""

from __future__ import annotations

import re
from pathlib import Path

from harness import Person, Service

PASSWORD = "a long enough sentence"


def administrator(service: Service) -> Person:
    """Set the service up with the code that its console shows; root is logged in."""
    code = re.search(r"^ {4}(\S+)$", service.log.read_text(), re.M)
    assert code
    root = Person(service)
    first = {"code": code[1], "user": "root", "name": "Root", "password": PASSWORD}
    assert root.ask("POST", "/api/v1/setup", first)[0] == 201
    root.log_in("root", PASSWORD)
    return root


def hire(root: Person, user: str, role: str, name: str = "") -> None:
    new = {"id": user, "name": name or user.title(), "role": role, "password": PASSWORD}
    status, body, _ = root.ask("POST", "/api/v1/users", new)
    assert status == 201, body


def logged_in(service: Service, user: str) -> Person:
    person = Person(service)
    person.log_in(user, PASSWORD)
    return person


def token(root: Person, destination: str) -> dict:
    """Make a token of a destination; the answer has its "id" and its "secret"."""
    status, made, _ = root.ask("POST", "/api/v1/tokens", {"name": "n", "destination": destination, "days": 30})
    assert status == 201, made
    return made


def machine(service: Service, secret: str) -> Person:
    someone = Person(service)
    someone.headers = {"Authorization": f"Bearer {secret}"}
    return someone


def with_certificate(service: Service, folder: Path, name: str) -> Person:
    """Whoever shows this certificate and nothing else."""
    someone = Person(service)
    someone.context.load_cert_chain(folder / f"{name}.crt", folder / f"{name}.key")
    return someone


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
