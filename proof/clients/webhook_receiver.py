"""A receiver of webhooks that checks who sends, by the library of Standard Webhooks.

    webhook_receiver.py PORT REFUSE SECRETS

Refuses the first REFUSE requests with 500, and takes the others. Prints one line of JSON for each request:
{"id":…,"status":…,"message":…}, where the message is null if none of the secrets in the file SECRETS fits.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook

refuse = int(sys.argv[2])
lock = threading.Lock()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        global refuse
        body = self.rfile.read(int(self.headers["content-length"]))
        message = None
        for secret in open(sys.argv[3]).read().split():
            try:
                message = Webhook(secret).verify(body, dict(self.headers.items()))
            except Exception as bad:
                print(f"{type(bad).__name__}: {bad}", file=sys.stderr)
        with lock:
            status = 500 if refuse > 0 else 204
            refuse -= 1
            print(json.dumps({"id": self.headers["webhook-id"], "status": status, "message": message}), flush=True)
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
print(json.dumps({"event": "listening"}), flush=True)
server.serve_forever()
