"""Lighthouse on the front page and on a listener's page, as a slow phone loads them."""
import json
import subprocess

from house import ROOT, VOICE, Server
from results import Row

TITLE = "Pages on a slow phone"
METHOD = """
Lighthouse (pinned in `proof/clients/lighthouse`) loads the front page, and the page of a conversation that is live with one voice on
stage, as its slow phone does: slow 4G (150 ms, 1.6 Mbit/s), a processor four times slower, 412 px. The median of five loads
counts. Paint and bytes are of the median load.
"""
HERE = ROOT / "proof/clients/lighthouse"


def load(url):
    done = subprocess.run(["node", "run.mjs", "--url", url], cwd=HERE, capture_output=True, text=True, timeout=180)
    if done.returncode:
        raise RuntimeError(f"lighthouse failed on {url}: {done.stderr.strip()[-400:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure(quick):
    if not (HERE / "node_modules").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=HERE, check=True, timeout=300)
    rows, details = [], []
    with Server() as server:
        server.command("conversation", "create", "talk", "--title", "What becomes of the harbour when the ferries stop")
        server.command("conversation", "start", "talk")
        server.speaker("talk", "anna", VOICE)
        for name, url in [("the front page", f"http://localhost:{server.port}/"), ("a listener's page", f"http://localhost:{server.port}/c/talk")]:
            loads = sorted((load(url) for _ in range(1 if quick else 5)), key=lambda one: one["performance"])
            middle = loads[len(loads) // 2]
            worst = min(one["accessibility"] for one in loads)
            rows.append(Row(f"Lighthouse, {name}: performance", str(middle["performance"]), "95", middle["performance"] >= 95))
            rows.append(Row(f"Lighthouse, {name}: accessibility", str(worst), "100", worst == 100))
            said = f"{name}: first paint {middle['first_paint_ms']:.0f} ms, largest {middle['largest_paint_ms']:.0f} ms, blocked {middle['blocked_ms']:.0f} ms"
            said += f", shift {middle['shift']}, {middle['kb']} kB in {middle['requests']} requests, best practices {middle['best_practices']}"
            said += f", performance of all loads {', '.join(str(one['performance']) for one in loads)}"
            details.append(said + (f"; below par: {'; '.join(middle['failed'])}" if middle["failed"] else ""))
    return rows, "\n\n".join(details)
