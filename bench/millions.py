"""What a simulation of an audience that no machine here could be takes, and what it says.

The model is what `hustings rehearse --write-model` wrote of an edge that is held down. Absent: whether a simulation is right
(`simulated.py`).
"""
import json

from rehearse import HELD_PERCENT, held_talk, rehearse, simulate
from results import Row

TITLE = "Eight million, simulated"
MILLIONS = 8_000_000
METHOD = f"""
`hustings rehearse --simulate` on the first core, of 60 such nodes and a million arrivals a minute. The model is of this machine, its one
edge held to {HELD_PERCENT} % of the first core; clients on the second.
"""


def measure(quick):
    most, hold = (400, 4) if quick else (8_000, 5)
    with held_talk(HELD_PERCENT) as server:
        written = rehearse(server, "--write-model", server.data, "--listeners", most, "--ramp", "3s", "--hold", f"{hold}s", "--processes", 1)
        model = server.data / "capacity.json"
        capacity = json.loads(model.read_text())["tiers"]["stream"]
        simulated, took = simulate(model, 80_000 if quick else MILLIONS, 10_000 if quick else 1_000_000, 60)
        failed, _ = simulate(model, 8_000 if quick else 80_000, 100_000, 40, "--fail-node", 0.5)
    row = Row(f"Simulation of {simulated['listeners']:,} listeners on one core", f"{took:.0f} s", "600 s", took < 600)
    return [row], details(written, capacity, simulated, failed)


def details(written, capacity, simulated, failed):
    knees = ", ".join(f"{k['at']:,} {'listeners' if k['of'] == 'listeners' else 'joins a second'}" for k in written["knees"])
    out = f"The model of this held edge: {capacity['cpu_us_per_listener_second']:.1f} µs a listener-second, {capacity['cpu_us_per_join']:.0f} µs a join; knees {knees}."
    waited = simulated["queue_ms"]
    out += f"\n\nSimulated, never tested: {simulated['listeners']:,} on {simulated['nodes']} such nodes: {simulated['hearing_max']:,} hear at the same time, {simulated['still_waiting']:,} wait at the end"
    out += f", those who waited and came in {waited['p50'] / 1000:.0f} s (p50) and {waited['p95'] / 1000:.0f} s (p95)" if waited else ""
    out += f"; {simulated['needs']['nodes']:,} such nodes would be needed, and {simulated['needs']['line_bits'] / 1e9:.0f} Gbit/s."
    lost = failed["failure"]
    again = lost["again_ms"]
    out += f" Of {failed['listeners']:,} on {failed['nodes']} nodes one node died after 30 s: {lost['cut_off']:,} were cut off"
    out += f", and heard again after {again['p50'] / 1000:.1f} s (p50), {again['p95'] / 1000:.1f} s (p95)." if again else "."
    return out
