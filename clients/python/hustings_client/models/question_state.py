from enum import StrEnum


class QuestionState(StrEnum):
    ACCEPTED = "accepted"
    ANSWERED = "answered"
    ASKED = "asked"
    DISMISSED = "dismissed"
    NEW = "new"

    def __str__(self) -> str:
        return str(self.value)
