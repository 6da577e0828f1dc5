"""One error class for everything a user can mend. It says what was given, what was expected, and where to read more."""

from __future__ import annotations

BAD_REQUEST = 2
UNKNOWN = 3


class LawkbError(Exception):
    """A failure that a user can understand and mend; the command line prints it as one sentence and exits with `exit_code`.

    Args:
        problem: what is wrong, naming what was given.
        expected: what would have been right, with an example.
        more: where to read on (a command or a page of the documentation).
        exit_code: 2 for a bad request, 1 for invalid data, 3 for a question that the KB does not cover.
    """

    def __init__(self, problem: str, expected: str = "", more: str = "", exit_code: int = BAD_REQUEST) -> None:
        self.problem, self.expected, self.more, self.exit_code = problem, expected, more, exit_code
        super().__init__(" ".join(part for part in (_stop(problem), _stop(expected), _stop(more)) if part))


def _stop(sentence: str) -> str:
    return sentence if not sentence or sentence.endswith((".", "?", "!", ":")) else sentence + "."
