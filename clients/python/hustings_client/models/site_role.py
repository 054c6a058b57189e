from enum import StrEnum


class SiteRole(StrEnum):
    HOST = "host"
    MEMBER = "member"
    MODERATOR = "moderator"
    OPERATOR = "operator"

    def __str__(self) -> str:
        return str(self.value)
