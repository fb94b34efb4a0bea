# Makes corwin-schultz.golden.json, independently of the code under test: numpy, straight from the paper's equations 14 and 18.
# Run here: python3 make-golden.py [core40_daily_2005_2023.csv.gz]     (numpy 2.4)
# With the file of real bars it also prints the figures of real-spread.test.ts.
import csv
import gzip
import json
import sys

import numpy as np

# Park-Miller generator: a series anyone can rebuild.
state = 20120401


def uniform():
    global state
    state = state * 16807 % 2147483647
    return state / 2147483647


def normal():
    return sum(uniform() for _ in range(12)) - 6


def spread(high, low, close):
    """Mean and standard error in basis points, overnight moves taken out, negative pairs kept."""
    h1, l1, c1 = high[:-1], low[:-1], close[:-1]
    h2, l2 = high[1:].copy(), low[1:].copy()
    up = np.where(l2 > c1, l2 - c1, 0)
    down = np.where(h2 < c1, c1 - h2, 0)
    h2, l2 = h2 - up + down, l2 - up + down
    beta = np.log(h1 / l1) ** 2 + np.log(h2 / l2) ** 2
    gamma = np.log(np.maximum(h1, h2) / np.minimum(l1, l2)) ** 2
    k = 3 - 2 * np.sqrt(2)
    alpha = (np.sqrt(2 * beta) - np.sqrt(beta)) / k - np.sqrt(gamma / k)
    s = 2 * (np.exp(alpha) - 1) / (1 + np.exp(alpha))
    return float(s.mean() * 1e4), float(s.std(ddof=1) / np.sqrt(len(s)) * 1e4)


# Prices that are bid or ask by the toss of a coin, 390 a day, around a walk with gaps overnight: the spread is known.
cases = []
for true_bps, vol, days in [(0, 0.01, 252), (20, 0.012, 252), (100, 0.02, 252), (300, 0.03, 60), (50, 0.015, 3)]:
    middle, high, low, close = 50.0, [], [], []
    for _ in range(days):
        middle *= np.exp(0.004 * normal())
        prices = []
        for _ in range(390):
            middle *= np.exp(vol / np.sqrt(390) * normal())
            prices.append(middle * (1 + (0.5 if uniform() < 0.5 else -0.5) * true_bps / 1e4))
        high.append(round(max(prices), 6))
        low.append(round(min(prices), 6))
        close.append(round(prices[-1], 6))
    mean, error = spread(*(np.array(column) for column in (high, low, close)))
    cases.append({"trueBps": true_bps, "high": high, "low": low, "close": close, "meanBps": mean, "standardErrorBps": error})

with open("corwin-schultz.golden.json", "w") as file:
    json.dump({"cases": cases}, file)
    file.write("\n")
print([(case["trueBps"], round(case["meanBps"], 1), round(case["standardErrorBps"], 1)) for case in cases])

if len(sys.argv) > 1:
    rows = list(csv.DictReader(gzip.open(sys.argv[1], "rt")))
    for symbol in ("AAPL", "JNJ", "XOM"):
        own = [row for row in rows if row["symbol"] == symbol and row["date"].startswith("2017")]
        mean, error = spread(*(np.array([float(row[key]) for row in own]) for key in ("high", "low", "close")))
        print(symbol, len(own), mean, error)
