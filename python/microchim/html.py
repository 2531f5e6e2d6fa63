"""Small tables for notebooks. Every text is escaped: sample names come from files."""

from collections.abc import Iterable, Sequence
from html import escape

_ROWS = 20


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return the first rows, and how many more there are."""
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows[:_ROWS])
    more = f"<p>… {len(rows) - _ROWS} more</p>" if len(rows) > _ROWS else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def page(title: str, content: str, notes: Iterable[str] = ()) -> str:
    """Return a title, content that is HTML already, and notes."""
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return f"<div><p>{escape(title)}</p>{content}{f'<ul>{items}</ul>' if items else ''}</div>"
