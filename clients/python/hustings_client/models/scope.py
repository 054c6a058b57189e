from enum import StrEnum


class Scope(StrEnum):
    FOLLOWING = "following"
    ONE = "one"

    def __str__(self) -> str:
        return str(self.value)
