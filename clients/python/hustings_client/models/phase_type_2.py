from enum import StrEnum


class PhaseType2(StrEnum):
    LIVE = "live"

    def __str__(self) -> str:
        return str(self.value)
