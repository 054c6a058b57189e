"""What a calendar program reads in a calendar file: python calendar_read.py URL. Prints a JSON list of its entries."""

import json
import sys
import urllib.request
from datetime import timezone

from icalendar import Calendar

with urllib.request.urlopen(sys.argv[1], timeout=10) as answer:
    calendar = Calendar.from_ical(answer.read())

entries = []
for event in calendar.walk("VEVENT"):
    if event.errors:
        sys.exit(f"the entry has errors: {event.errors}")
    entries.append(
        {
            "uid": str(event["UID"]),
            "sequence": int(event["SEQUENCE"]),
            "status": str(event["STATUS"]),
            "summary": str(event["SUMMARY"]),
            "description": str(event.get("DESCRIPTION", "")),
            "url": str(event["URL"]),
            "stamped": event["DTSTAMP"].dt.isoformat(),
            "starts": event["DTSTART"].dt.astimezone(timezone.utc).isoformat(),
            "ends": event["DTEND"].dt.astimezone(timezone.utc).isoformat(),
        }
    )
print(json.dumps(entries))
