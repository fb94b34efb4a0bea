"""Slippage of VWAP and TWAP schedules on real minutes, written down a second time without the code under test: standard library only,
floating quantities instead of lots, wall-clock strings instead of instants.

    python3 test/golden/domain/execution/make-vwap.py ../shared/data/minute > test/golden/domain/execution/vwap.golden.json
"""
import csv, gzip, json, sys
from collections import defaultdict

BUCKET = 5
CASES = [
    ("lean_minute_trades.csv.gz", "AAPL", "2014-06-09", ["2014-06-05", "2014-06-06"], 390),
    ("lean_minute_trades.csv.gz", "IBM", "2013-10-11", ["2013-10-04", "2013-10-07", "2013-10-08", "2013-10-09", "2013-10-10"], 390),
    ("spy_1min_2025_07_01_18.csv.gz", "SPY", "2025-07-18", None, 390),
    ("spy_1min_2025_07_01_18.csv.gz", "SPY", "2025-07-03", ["2025-07-01", "2025-07-02"], 210),
]


def load(path):
    days = defaultdict(dict)
    with gzip.open(path, "rt") as file:
        for row in csv.DictReader(file):
            day, clock = row["ts"].split("T")
            minute = int(clock[:2]) * 60 + int(clock[3:5]) - 570
            days[row["symbol"], day][minute] = [float(row[name]) for name in ("high", "low", "close", "volume")]
    return days


def volumes(bars, minutes):
    return [bars.get(minute, [0, 0, 0, 0])[3] for minute in range(minutes)]


def price(bars, minutes):
    rows = [bars[minute] for minute in minutes if minute in bars]
    return sum((h + l + c) / 3 * v for h, l, c, v in rows) / sum(v for *_, v in rows)


def curve(days, symbol, before, minutes):
    mean = [0.0] * 390
    for day in before:
        volume = volumes(days[symbol, day], 390)
        mean = [m + v / sum(volume) / len(before) for m, v in zip(mean, volume)]
    if minutes == 390:
        return mean
    # Each new minute in 7 parts, each old one in 13: 210 * 13 = 390 * 7 of the same length.
    parts = [m / 7 for m in mean for _ in range(7)]
    return [sum(parts[13 * k : 13 * k + 13]) for k in range(minutes)]


def slippage(bars, weights, minutes):
    buckets = [range(start, start + BUCKET) for start in range(0, minutes, BUCKET)]
    parts = [sum(weights[minute] for minute in bucket) for bucket in buckets]
    got = sum(part * price(bars, bucket) for part, bucket in zip(parts, buckets)) / sum(parts)
    market = price(bars, range(minutes))
    return (got / market - 1) * 10_000


out = []
for name, symbol, day, before, minutes in CASES:
    days = load(f"{sys.argv[1]}/{name}")
    if before is None:
        # The half day of 2025-07-03 is no full session.
        before = sorted(d for s, d in days if s == symbol and d < day and d != "2025-07-03")
    bars = days[symbol, day]
    out.append({
        "file": name, "symbol": symbol, "day": day,
        "vwapBps": slippage(bars, curve(days, symbol, before, minutes), minutes),
        "twapBps": slippage(bars, [1.0] * minutes, minutes),
    })
print(json.dumps(out, indent=2))
