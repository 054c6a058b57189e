from enum import StrEnum


class PhaseType0(StrEnum):
    SCHEDULED = "scheduled"

    def __str__(self) -> str:
        return str(self.value)
