from enum import StrEnum


class Decision(StrEnum):
    HIDDEN = "hidden"
    NO_VIOLATION = "no_violation"
    REMOVED = "removed"
    SUSPENDED = "suspended"
    WARNING = "warning"

    def __str__(self) -> str:
        return str(self.value)
