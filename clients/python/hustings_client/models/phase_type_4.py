from enum import StrEnum


class PhaseType4(StrEnum):
    ENDED = "ended"

    def __str__(self) -> str:
        return str(self.value)
