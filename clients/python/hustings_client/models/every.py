from enum import StrEnum


class Every(StrEnum):
    MONTH = "month"
    TWO_WEEKS = "two_weeks"
    WEEK = "week"

    def __str__(self) -> str:
        return str(self.value)
