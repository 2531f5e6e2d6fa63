"""Workbooks of the old kind (.xls), as small as they can be: what fixtures and the fuzzer's seeds are made with.

Nothing of a workbook but tables of cells: BIFF8 records ([MS-XLS]) in one stream of a compound file ([MS-CFB]).
"""

import struct

Cell = str | float | int | bool | None
END, FREE = 0xFFFFFFFE, 0xFFFFFFFF
SECTOR = 512


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _text(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _cell(row: int, column: int, value: Cell) -> bytes:
    at = struct.pack("<HHH", row, column, 0)
    if isinstance(value, bool):
        return _record(0x205, at + struct.pack("<BB", value, 0))
    if isinstance(value, str):
        return _record(0x204, at + _text(value))
    return b"" if value is None else _record(0x203, at + struct.pack("<d", value))


def _begin(kind: int) -> bytes:
    return _record(0x809, struct.pack("<HH", 0x600, kind) + bytes(12))


def _table(rows: list[list[Cell]]) -> bytes:
    cells = (_cell(y, x, value) for y, row in enumerate(rows) for x, value in enumerate(row))
    return _begin(0x10) + b"".join(cells) + _record(0x0A, b"")


def workbook(sheets: dict[str, list[list[Cell]]]) -> bytes:
    """A compound file with a workbook of these sheets."""
    tables = {name: _table(rows) for name, rows in sheets.items()}

    def globals_(places: list[int]) -> bytes:
        listed = b"".join(
            _record(0x85, struct.pack("<IBBB", place, 0, 0, len(name)) + b"\1" + name.encode("utf-16-le"))
            for name, place in zip(sheets, places, strict=False)
        )
        return _begin(5) + listed + _record(0x0A, b"")

    place, places = len(globals_([0] * len(sheets))), []
    for table in tables.values():
        places.append(place)
        place += len(table)
    return _compound(globals_(places) + b"".join(tables.values()))


def _compound(stream: bytes) -> bytes:
    size = max(len(stream), 4096)
    sectors = -(-size // SECTOR)
    tables = -(-(sectors + 2) // 127)
    chain = [0xFFFFFFFD] * tables + [END] + [tables + 2 + i for i in range(sectors - 1)] + [END]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(tables * SECTOR, b"\xff")

    def entry(name: str, kind: int, child: int, first: int, length: int) -> bytes:
        wide = name.encode("utf-16-le")
        head = wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide) + 2, kind, 1, FREE, FREE, child)
        return head + bytes(36) + struct.pack("<IQ", first, length)

    directory = entry("Root Entry", 5, 1, END, 0) + entry("Workbook", 2, FREE, tables + 1, size)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(10) + struct.pack("<8I", tables, tables, 0, 4096, END, 0, END, 0)
    header += struct.pack(f"<{tables}I", *range(tables))
    return (
        header.ljust(SECTOR, b"\xff") + table + directory.ljust(SECTOR, b"\0") + stream.ljust(sectors * SECTOR, b"\0")
    )
