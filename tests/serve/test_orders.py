"""Orders in over MLLP: stored once, answered after the disk has them, and there after any end."""

from __future__ import annotations

from harness import frame, msa, order


def test_an_order_is_stored_once_however_often_it_comes(start) -> None:
    service = start()
    wire = service.wire()
    first = wire.ask(order("M1", "P1"))
    assert msa(first) == ("AA", "M1")
    assert wire.ask(order("M1", "P1")) == first  # the stored answer, byte for byte
    assert msa(wire.ask(order("M1", "P2"))) == ("AR", "M1")  # the same id, another message
    assert msa(wire.ask(order("M2", "P1"))) == ("AA", "M2")  # a placer number that is known: no second order
    status = service.status()
    assert status["running"] is True
    assert status["orders"] == {"stored": 2, "refused": 1, "duplicates": 1}
    assert status["audit"]["verified"] is True


def test_answers_follow_what_the_sender_asked_for(start) -> None:
    wire = start().wire()
    assert msa(wire.ask(order("E1", "P1", ask="|||AL|NE")))[0] == "CA"
    wire.socket.sendall(frame(order("E2", "P2", ask="|||NE|NE")))
    assert msa(wire.ask(order("E3", "P3"))) == ("AA", "E3")  # nothing was said to E2
    wire.socket.sendall(frame(order("E4", "P4", ask="|||AL|AL")))
    assert msa(wire.read()) == ("CA", "E4")
    later = wire.read()
    assert msa(later) == ("AA", "E4")
    assert b"ORL^O22" in later


def test_cancelling(start) -> None:
    wire = start().wire()
    assert msa(wire.ask(order("C0", "P9", word="CA"))) == ("AE", "C0")  # nobody ordered it
    assert msa(wire.ask(order("C1", "P9"))) == ("AA", "C1")
    assert msa(wire.ask(order("C2", "P9", word="CA"))) == ("AA", "C2")
    assert msa(wire.ask(order("C3", "P9", word="XO"))) == ("AE", "C3")  # what is cancelled is not changed
    # The first refusal is judged anew when it comes again.
    assert msa(wire.ask(order("C0", "P9", word="CA"))) == ("AA", "C0")


def test_messages_in_one_packet_are_answered_in_order(start) -> None:
    wire = start().wire()
    wire.socket.sendall(b"".join(frame(order(f"S{i}", f"S{i}")) for i in range(200)))
    assert [msa(wire.read()) for _ in range(200)] == [("AA", f"S{i}") for i in range(200)]


def test_what_is_no_mllp_gets_no_answer(start) -> None:
    service = start()
    for junk in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00", b"MSH|^~\\&|LIS"):
        wire = service.wire()
        wire.socket.sendall(junk)
        assert wire.read() == b""
    assert msa(service.wire().ask(order("M1", "P1"))) == ("AA", "M1")


def test_logs_hold_no_patient(start) -> None:
    service = start()
    wire = service.wire()
    wire.ask(order("ZZMARKER-ID", "P1"))
    wire.ask(order("ZZMARKER-ID", "P2"))
    wire.socket.sendall(b"\x0bMSH|ZZMARKER\x0b")
    wire.read()
    assert service.stop() == 0
    assert "ZZMARKER" not in service.log.read_text()
    assert "ZZ-99-PHI" not in service.log.read_text()
