"""simple-hl7, which takes one message at a time and any answer for its own: both ways."""

from __future__ import annotations

import clinic
from harness import msa
from programs import exchange, node


def test_orders_there_and_results_back(open_clinic, receive) -> None:
    server = receive([*node("simple_hl7.cjs"), "receive"])
    lab = open_clinic(clinic.destination(server.port))
    host, port = lab.service.addresses["mllp"].rsplit(":", 1)
    answers = exchange([*node("simple_hl7.cjs"), "send", host, port], clinic.orders("SIM"))
    assert [msa(answer.encode()) for answer in answers] == [("AA", f"SIM-{sample}") for sample in clinic.RUNS]
    lab.sign_every_kind()
    assert lab.all_accepted() == clinic.control_ids(server.messages())
    clinic.check_kinds(server.messages(), "SIM")
