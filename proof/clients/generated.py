"""A program that knows Hustings by the generated client alone.

    PYTHONPATH=clients/python generated.py ORIGIN KEY SLUG

Makes, plans, lists, invites, starts, writes, ends, and prints what it saw as one line of JSON.
"""

import json
import sys
import time

import hustings_client.models as models
from hustings_client import AuthenticatedClient
from hustings_client.api.accounts import get_me_keys
from hustings_client.api.conversations import (
    get_conversations,
    post_conversation_end,
    post_conversation_start,
    post_conversations,
)
from hustings_client.api.floor import get_conversation_floor, post_conversation_chat
from hustings_client.api.invitations import post_conversation_invitations

origin, key, slug = sys.argv[1:]
client = AuthenticatedClient(base_url=origin, token=key)


def well(answer):
    if answer is None or isinstance(answer, models.Problem):
        raise SystemExit(f"refused: {answer}")
    return answer


def phase(conversation):
    return str(getattr(conversation.phase, "value", conversation.phase))


new = models.CreateConversation(slug=slug, title="An evening")
made = well(post_conversations.sync(client=client, body=new))
start = int(time.time() * 1000) + 86_400_000
plan = models.CreateConversation(slug=f"{slug}-2", title="Another", starts_ms=start, zone="Europe/Berlin")
planned = well(post_conversations.sync(client=client, body=plan))
listed = well(get_conversations.sync(client=client)).conversations
invite = models.Invite(role=models.Role.SPEAKER, label="Bo")
invitation = well(post_conversation_invitations.sync(slug, client=client, body=invite))
live = well(post_conversation_start.sync(slug, client=client))
text, chat = "Good evening", None
# The floor opens within a second of the doors.
for _ in range(50):
    post_conversation_chat.sync(slug, client=client, body=models.SayLine(text=text))
    time.sleep(0.3)
    now = get_conversation_floor.sync(slug, client=client)
    chat = next((line.text for line in getattr(now, "lines", []) if line.text == text), None)
    if chat:
        break
over = well(post_conversation_end.sync(slug, client=client))
refused = get_me_keys.sync(client=client)
print(
    json.dumps(
        {
            "phases": [phase(made), phase(live), phase(over)],
            "planned": phase(planned),
            "listed": any(one.slug == planned.slug for one in listed),
            "link": invitation.link,
            "chat": chat,
            "refused": refused.detail,
        }
    )
)
