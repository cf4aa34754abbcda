"""Writes vectors/prepare/time/clock.json: the instants at which local clocks show a time, by Python's zoneinfo (fold 0).

Run it with Python and the packages of scripts/requirements-prepare.txt; it gives the same file each time.
"""

import datetime
import json
import pathlib
import random
import zoneinfo

OUT = pathlib.Path(__file__).parent.parent / "vectors" / "prepare" / "time"
OUT.mkdir(parents=True, exist_ok=True)
random.seed(3)
# Hours that are skipped, shown twice, half an hour long, and a day that Samoa left out.
EDGES = {
    "Europe/Berlin": ["2024-03-31T02:30:00", "2024-10-27T02:30:00", "2024-03-31T01:59:59", "2024-03-31T03:00:00"],
    "America/New_York": ["2024-03-10T02:00:00", "2024-11-03T01:00:00", "2024-11-03T02:00:00"],
    "Australia/Lord_Howe": ["2024-10-06T02:15:00", "2024-04-07T01:45:00"],
    "Asia/Kolkata": ["1999-12-31T23:59:59"],
    "Pacific/Apia": ["2011-12-30T12:00:00", "2011-12-29T23:59:59", "2011-12-31T00:00:00"],
    "UTC": ["1970-01-01T00:00:00"],
}
rows = []
for zone, edges in EDGES.items():
    shown = [datetime.datetime.fromisoformat(edge) for edge in edges]
    first = datetime.datetime(1971, 1, 1)
    shown += [first + datetime.timedelta(minutes=random.randrange(60 * 24 * 365 * 60)) for _ in range(8)]
    for local in shown:
        instant = local.replace(tzinfo=zoneinfo.ZoneInfo(zone)).timestamp()
        rows.append([zone, local.isoformat(), round(instant)])
text = json.dumps(rows, separators=(",", ":")) + "\n"
(OUT / "clock.json").write_text(text)
print("clock", len(text))
