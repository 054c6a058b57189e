"""A mail server of others (aiosmtpd): takes every letter on a port of this machine and prints it as a line of JSON.

    mailbox.py PORT
"""
import email
import email.policy
import json
import sys
import threading

from aiosmtpd.controller import Controller


class Box:
    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        told = {
            "to": envelope.rcpt_tos,
            "from": str(letter["from"]),
            "subject": str(letter["subject"]),
            "fields": letter.keys(),
            "text": letter.get_content(),
        }
        print(json.dumps(told), flush=True)
        return "250 taken"


Controller(Box(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
print("ready", flush=True)
threading.Event().wait()
