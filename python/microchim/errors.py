"""What can go wrong and is the user's to mend; anything else is a defect of ours."""


class MicrochimError(Exception):
    """Base of both; the message is a whole sentence, the parts are for programs.

    Attributes
    ----------
    path : str or None
        The file that is meant.
    line : int or None
        Its line, from 1.
    hint : str or None
        What to do.
    """

    def __init__(self, message: str, path: str | None = None, line: int | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.path = path
        self.line = line
        self.hint = hint

    def __str__(self) -> str:
        message = super().__str__()
        return f"{message}\n{self.hint}" if self.hint else message


class ReadError(MicrochimError, ValueError):
    """A run that cannot be read, is not recognised, is ambiguous, locked or malformed."""


class ConfigError(MicrochimError, ValueError):
    """A panel, case, sample sheet, profile or count that is wrong."""
