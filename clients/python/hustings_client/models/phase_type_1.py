from enum import StrEnum


class PhaseType1(StrEnum):
    LOBBY = "lobby"

    def __str__(self) -> str:
        return str(self.value)
