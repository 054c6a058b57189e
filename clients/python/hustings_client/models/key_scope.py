from enum import StrEnum


class KeyScope(StrEnum):
    CONVERSATIONSREAD = "conversations:read"
    CONVERSATIONSWRITE = "conversations:write"
    FLOOR = "floor"
    INVITATIONS = "invitations"
    PEOPLEREAD = "people:read"
    PEOPLEWRITE = "people:write"
    STAGE = "stage"
    WEBHOOKS = "webhooks"

    def __str__(self) -> str:
        return str(self.value)
