from enum import StrEnum


class Reaction(StrEnum):
    AGREE = "agree"
    APPLAUSE = "applause"
    DISAGREE = "disagree"
    LAUGHTER = "laughter"
    SURPRISE = "surprise"

    def __str__(self) -> str:
        return str(self.value)
