from enum import StrEnum


class WebhookEvent(StrEnum):
    CONVERSATION_ENDED = "conversation.ended"
    CONVERSATION_HELD = "conversation.held"
    CONVERSATION_OPENED = "conversation.opened"
    CONVERSATION_STARTED = "conversation.started"
    HAND_RAISED = "hand.raised"
    SPEAKER_JOINED = "speaker.joined"
    SPEAKER_LEFT = "speaker.left"
    WEBHOOK_TEST = "webhook.test"

    def __str__(self) -> str:
        return str(self.value)
