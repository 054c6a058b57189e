from enum import StrEnum


class Visibility(StrEnum):
    INVITED = "invited"
    PUBLIC = "public"
    UNLISTED = "unlisted"

    def __str__(self) -> str:
        return str(self.value)
