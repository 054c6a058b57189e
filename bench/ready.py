"""From exec to a server that says it is ready, in a fresh data folder."""
from house import Server
from reckon import percentile
from results import Row

TITLE = "Start to ready"
METHOD = """
The server is started in a fresh data folder, where it makes its keys and its database, and `/readyz` is asked every 2 ms
until it answers 200.
"""


def measure(quick):
    times = []
    for _ in range(3 if quick else 20):
        with Server() as server:
            times.append(server.ready_ms)
    worst = max(times)
    return [Row(f"start to ready, worst of {len(times)}", f"{worst:.0f} ms", "1,000 ms", worst < 1000)], f"p50 {percentile(times, 50):.0f} ms."
