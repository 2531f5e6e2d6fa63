"""HAPI: its validation, its structures of 2.5.1, and its client and server, both ways."""

from __future__ import annotations

import clinic
from harness import Wire, msa, order
from programs import exchange

VALID = ["ca.uhn.hl7v2.model.v251.message.ORU_R01", "exact"]  # and written by HAPI as we wrote it


def test_orders_there_and_results_back(open_clinic, receive, hapi: list[str]) -> None:
    server = receive([*hapi, "receive"])
    lab = open_clinic(clinic.destination(server.port))
    host, port = lab.service.addresses["mllp"].rsplit(":", 1)
    answers = exchange([*hapi, "send", host, port], clinic.orders("HAPI"))
    assert [msa(answer.encode()) for answer in answers] == [("AA", f"HAPI-{sample}") for sample in clinic.RUNS]
    lab.sign_every_kind()
    assert lab.all_accepted() == clinic.control_ids(server.messages())
    clinic.check_kinds(server.messages(), "HAPI")
    assert [line.split()[:2] for line in server.lines] == [VALID] * 4


def test_every_way_to_send_a_result_is_valid(open_clinic, receive, hapi: list[str]) -> None:
    """Without an order; content, patient and character set as a destination can ask for them."""
    ways = {
        "plain": "",
        "lean": 'content = "lean"\n',
        "nobody": 'patient = "none"\n',
        "turkish": 'charset = "8859/9"\napplication = "LIS & more"\nfacility = "HOSP"\n',
    }
    server = receive([*hapi, "receive"])
    destinations = (clinic.destination(server.port, more, name) for name, more in ways.items())
    lab = open_clinic(
        '[laboratory]\ncode = "MOL"\nname = "Molecular | Lab"\nsystem = "99MCHIM"\n' + "".join(destinations)
    )
    lab.sign_every_kind()
    lab.service.until(lambda s: s["outbox"]["accepted"] == 4 * len(ways))
    assert [line.split()[:2] for line in server.lines] == [VALID] * 4 * len(ways)
    assert sum("Bea Öztürk" in message for message in server.messages()) == len(ways)
    assert not any("\rPID|" in message for message in server.messages()), "nobody knows whose sample it is"


def test_hapi_would_say_so(receive, hapi: list[str]) -> None:
    """What the tests above rest on: a message that is not valid is refused."""
    server = receive([*hapi, "receive"])
    wire = Wire(f"127.0.0.1:{server.port}")
    assert msa(wire.ask(order("GOOD", "P1"))) == ("AA", "GOOD")
    assert msa(wire.ask(order("BAD", "P1").replace("20260722101000", "2026-07-22")))[0] in ("AE", "AR")
