from enum import StrEnum


class Category(StrEnum):
    DANGER = "danger"
    DECEPTION = "deception"
    HARASSMENT = "harassment"
    HATE = "hate"
    MINORS = "minors"
    OTHER = "other"
    PRIVACY = "privacy"
    SPAM = "spam"

    def __str__(self) -> str:
        return str(self.value)
