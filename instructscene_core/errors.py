"""The exceptions that reach a person: a message that says what is wrong and a remedy that says what to do."""


class InstructSceneError(Exception):
    """Base of every error that we raise on purpose.

    Args:
        message: one clear line, without closing punctuation, that names the thing at fault.
        remedy: one line that says what to do; may be empty where the message says it.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        """Both lines as one, for a terminal."""
        return f"{self.message}. {self.remedy}" if self.remedy else self.message


class InvalidInputError(InstructSceneError):
    """A request, scene, file or option that we refuse; the command line answers with exit code 2."""


def of_files(error: OSError) -> InstructSceneError:
    """What to tell of a file or folder that could not be read or written, where nobody foresaw it."""
    name = f"{error.filename}: " if error.filename else ""
    return InstructSceneError(f"{name}{error.strerror or error}", "Look at its rights and at the free space")


class CancelledError(InstructSceneError):
    """The person cancelled; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("Cancelled")
