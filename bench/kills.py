"""SIGKILL while people write: what was acknowledged is looked for after each start, on both databases.

The story `killed-while-writing` itself, as often as is promised. It fails where anything is lost, and says how long each start took.
"""
import json
import os
import subprocess
import tempfile
from pathlib import Path

from house import HUSTINGS, ROOT, Skipped
from results import Row, table

TITLE = "Killed while people write"
KILLS = int(os.environ.get("KILLS", 200))
METHOD = f"""
Four people make accounts, suspend and reinstate them, and plan, edit and call off conversations over the control socket, without a
pause; after at most 400 ms the server is sent SIGKILL, at moments drawn from a seed, one time in five also while it starts. After
each start the log's chain is verified, its rows are counted against the acknowledged acts, and every record that was touched is
read again; at the end all of them are (`proof/stories/tests/killed-while-writing.rs`). {KILLS} kills on each database. The start is from the
call to `ready`.
"""


def measure(quick):
    kills = 10 if quick else KILLS
    nextest = os.environ.get("NEXTEST", str(ROOT / ".tools/venv/bin/cargo-nextest"))
    if not Path(nextest).exists():
        raise Skipped("the test runner is not there: run `make setup`")
    rows, lines = [], []
    with tempfile.TemporaryDirectory(prefix="hustings-kills-") as folder:
        report = Path(folder) / "report"
        told = os.environ | {"HUSTINGS_KILLS": str(kills), "HUSTINGS_KILLS_REPORT": str(report), "STORIES_HUSTINGS": HUSTINGS}
        command = [nextest, "nextest", "run", "--config-file", "proof/setup/nextest.toml", "--locked", "--workspace", "--profile", "prove", "--test-threads", "1", "--test", "stories", "-E", "test(/^killed_while_writing::/)"]
        done = subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True)
        for kind in ("SQLite", "PostgreSQL"):
            path = Path(f"{report}.{kind}")
            found = json.loads(path.read_text()) if path.exists() else None
            if found is None and kind == "PostgreSQL" and done.returncode == 0:
                continue
            if found is None:
                rows.append(Row(f"{kind}: {kills} kills while people write", "something was lost", "nothing lost", False))
                lines.append([kind, "", "", "", "", done.stderr.strip().splitlines()[-1][:200] if done.stderr.strip() else ""])
                continue
            start = found["start_ms"]
            rows.append(Row(f"{kind}: acknowledged acts lost in {found['kills']} kills, holes in the log", "0, 0", "0, 0", True))
            rows.append(Row(f"{kind}: start-up after a kill, slowest", f"{start['max']:,} ms", "1,000 ms", start["max"] < 1000))
            lines.append([kind, found["kills"], found["in_start"], f"{found['acts']:,}", f"{found['known']:,}", f"{start['median']} / {start['max']}"])
    return rows, table(["", "kills", "and in a start", "acts in the log", "records looked at", "start in ms, median / slowest"], lines)
