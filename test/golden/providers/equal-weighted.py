"""Writes equal-weighted.json: the mean simple total return of core40_daily_2005_2023.csv.gz, by NumPy, on some sessions.

A return is (close + dividend) / close of the row before - 1; those beyond |log| 0.5 are left out. The file has no gaps and no
duplicates (its SOURCES.md says so), so rows are sessions. Run: python3 equal-weighted.py PATH-TO-core40_daily_2005_2023.csv.gz
"""
import collections, csv, gzip, json, math, sys
import numpy as np

closes = collections.defaultdict(list)
for row in csv.DictReader(gzip.open(sys.argv[1], "rt")):
    closes[row["symbol"]].append((row["date"], float(row["close"]), float(row["dividend"])))
returns = collections.defaultdict(list)
for symbol in sorted(closes):
    rows = closes[symbol]
    for (_, before, _), (date, close, dividend) in zip(rows, rows[1:]):
        growth = (close + dividend) / before
        if abs(math.log(growth)) <= 0.5:
            returns[date].append(growth - 1)
wanted = ["2005-01-04", "2008-09-29", "2008-10-13", "2011-08-08", "2016-07-05", "2020-03-16", "2020-03-24", "2023-12-29"]
json.dump(
    {
        "provenance": "NumPy %s, equal-weighted.py beside this file, on core40_daily_2005_2023.csv.gz" % np.__version__,
        "sessions": len(returns),
        "means": [{"date": date, "count": len(returns[date]), "simpleReturn": float(np.mean(np.array(returns[date])))} for date in wanted],
        "compounded": float(np.prod([1 + np.mean(np.array(values)) for _, values in sorted(returns.items())])),
    },
    open(__file__.replace(".py", ".json"), "w"),
    indent=2,
)
