"""DataFrames with fixed columns and types, whatever the data. pandas is imported only here, when one is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def frame(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    """One row each; ``columns`` are names and types in order. Missing text is empty, numbers NaN, dates NaT."""
    import pandas as pd

    rows = list(rows)

    def column(name: str, dtype: str) -> pd.Series[Any]:
        values = [row.get(name) for row in rows]
        if dtype.startswith("datetime"):
            return pd.to_datetime(pd.Series([value or None for value in values], dtype="object"), errors="coerce")
        if dtype == "object":
            values = ["" if value is None else value for value in values]
        return pd.Series(values, dtype=dtype)

    return pd.DataFrame({name: column(name, dtype) for name, dtype in columns.items()}, columns=list(columns))
