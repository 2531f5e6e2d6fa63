"""@medplum/hl7, which checks MSA-2: many orders on four connections, and results to its server."""

from __future__ import annotations

import os

import clinic
from harness import msa, order
from programs import exchange, node

ORDERS = 20_000 if os.environ.get("MICROCHIM_LONG") else 1_000


def send_to(address: str, connections: int = 1) -> list[str]:
    return [*node("medplum.cjs"), "send", *address.rsplit(":", 1), str(connections)]


def test_many_orders_on_four_connections(start) -> None:
    service = start()
    numbers = [f"M{number}" for number in range(ORDERS)]
    messages = [order(number, f"P-{number}", accession=f"ACC-{number}") for number in numbers]
    answers = exchange(send_to(service.addresses["mllp"], 4), messages)
    assert sorted(msa(answer.encode()) for answer in answers) == sorted(("AA", number) for number in numbers)
    status = service.status()
    assert status["orders"] == {"stored": ORDERS, "refused": 0, "duplicates": 0}
    assert status["audit"]["verified"] is True


def test_orders_there_and_results_back(open_clinic, receive) -> None:
    server = receive([*node("medplum.cjs"), "receive"])
    lab = open_clinic(clinic.destination(server.port))
    answers = exchange(send_to(lab.service.addresses["mllp"]), clinic.orders("MED"))
    assert {msa(answer.encode())[0] for answer in answers} == {"AA"}
    lab.sign_every_kind()
    assert lab.all_accepted() == clinic.control_ids(server.messages())
    clinic.check_kinds(server.messages(), "MED")
