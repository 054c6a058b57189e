from enum import StrEnum


class HeldReason(StrEnum):
    BREAK = "break"
    LINE_LOST = "line_lost"

    def __str__(self) -> str:
        return str(self.value)
