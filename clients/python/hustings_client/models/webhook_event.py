from enum import StrEnum


class WebhookEvent(StrEnum):
    CASE_OPENED = "case.opened"
    CONVERSATION_CANCELLED = "conversation.cancelled"
    CONVERSATION_ENDED = "conversation.ended"
    CONVERSATION_HELD = "conversation.held"
    CONVERSATION_OPENED = "conversation.opened"
    CONVERSATION_STARTED = "conversation.started"
    HAND_RAISED = "hand.raised"
    REPORT_MADE = "report.made"
    SPEAKER_JOINED = "speaker.joined"
    SPEAKER_LEFT = "speaker.left"
    WEBHOOK_TEST = "webhook.test"

    def __str__(self) -> str:
        return str(self.value)
