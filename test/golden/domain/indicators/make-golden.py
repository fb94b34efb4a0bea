# Makes sliding.golden.json, independently of the code under test: plain Python with rational numbers and 60-digit decimals, and asserts
# that numpy 2.4.6 and scipy 1.17.1 agree with it where they have the measure. Run here: python3 make-golden.py
import json
from decimal import Decimal, getcontext
from fractions import Fraction as F

import numpy as np
import scipy.stats

getcontext().prec = 60
state = 19781101


def rnd():  # Park and Miller's generator: a series anyone can rebuild.
    global state
    state = state * 16807 % 2147483647
    return state / 2147483647


def root(x):
    return float((Decimal(x.numerator) / Decimal(x.denominator)).sqrt())


bars, close = [], 40.0
for _ in range(160):
    before = close
    close = round(close * (1 + 0.05 * (rnd() - 0.48)), 4)
    high = round(max(before, close) * (1 + 0.01 * rnd()), 4)
    low = round(min(before, close) * (1 - 0.01 * rnd()), 4)
    bars.append((high, low, close, round(1e6 * (0.5 + rnd()))))
# What doubles hold, not the decimals printed: the code under test reads doubles.
H, L, C, V = ([F(row[k]) for row in bars] for k in range(4))
n = len(bars)


def sliding(period, start, f):  # f of each full window, null before
    return [None if i < start + period - 1 else f(i - period + 1, i + 1) for i in range(n)]


def mean(x):
    return sum(x) / len(x)


def deviations(x):
    m = mean(x)
    return sum((v - m) ** 2 for v in x)


typical = [(h + l + c) / 3 for h, l, c in zip(H, L, C)]
traded = [t * v for t, v in zip(typical, V)]
simple = [float(C[i] / C[i - 1] - 1) for i in range(1, n)]
exact = [F(v) for v in simple]
squares = [None] + [(Decimal(float(C[i])) / Decimal(float(C[i - 1]))).ln() ** 2 for i in range(1, n)]
vwap = sliding(20, 0, lambda a, b: float(sum(traded[a:b]) / sum(V[a:b])))
anchored = [float(sum(traded[: i + 1]) / sum(V[: i + 1])) for i in range(n)]
upper = sliding(20, 0, lambda a, b: float(max(H[a:b])))
lower = sliding(20, 0, lambda a, b: float(min(L[a:b])))
middle = sliding(20, 0, lambda a, b: float((max(H[a:b]) + min(L[a:b])) / 2))
realized = sliding(21, 1, lambda a, b: float((sum(squares[a:b]) * 252 / 21).sqrt()))
rolling = [None if i < 20 else root(deviations(exact[i - 20 : i + 1]) / 20) for i in range(n - 1)]


def score(x):
    d = x[-1] - mean(x)
    return root(d * d * len(x) / deviations(x)) * (1 if d >= 0 else -1)


zscore = sliding(20, 0, lambda a, b: score(C[a:b]))
momentum = [None if i < 120 else float(C[i - 21] / C[i - 120] - 1) for i in range(n)]

# Prices near a hundred million that move by millionths: the steps are whole multiples of 2^-20, so the doubles are exact.
hard = [1e8 + int(rnd() * 33) * 2.0**-20 for _ in range(60)]
hardMean = [None if i < 19 else float(mean([F(v) for v in hard[i - 19 : i + 1]])) for i in range(60)]
hardDeviation = [None if i < 19 else root(deviations([F(v) for v in hard[i - 19 : i + 1]]) / 20) for i in range(60)]

window = lambda x, k: np.lib.stride_tricks.sliding_window_view(np.array(x, dtype=float), k)
close_ = [float(v) for v in C]
assert np.allclose(window(close_, 20).std(axis=1) * np.array(zscore[19:]) + window(close_, 20).mean(axis=1), close_[19:], rtol=1e-12)
assert np.allclose([scipy.stats.zscore(w)[-1] for w in window(close_, 20)], zscore[19:], rtol=1e-9)
assert np.allclose(window(simple, 21).std(axis=1, ddof=1), rolling[20:], rtol=1e-12)
assert np.allclose(np.sqrt((window(np.diff(np.log(close_)), 21) ** 2).sum(axis=1) * 252 / 21), realized[21:], rtol=1e-12)
assert np.allclose(window([float(h) for h in H], 20).max(axis=1), upper[19:], rtol=0)
assert np.allclose(np.std(window(hard, 20) - 1e8, axis=1), hardDeviation[19:], rtol=1e-12)

json.dump(
    dict(
        provenance="make-golden.py beside this file: rational and 60-digit decimal arithmetic on the doubles, asserted there against numpy and scipy.stats.zscore; bars from a Park-Miller generator, seed 19781101. null is warm-up.",
        high=[row[0] for row in bars],
        low=[row[1] for row in bars],
        close=[row[2] for row in bars],
        volume=[row[3] for row in bars],
        simpleReturns=simple,
        vwap20=vwap,
        anchoredVwap=anchored,
        donchian20=dict(upper=upper, middle=middle, lower=lower),
        realizedAnnualizedVol21=realized,
        rollingDailyVol21=rolling,
        zScore20=zscore,
        momentum120skip21=momentum,
        hard=dict(values=hard, mean20=hardMean, deviation20=hardDeviation),
    ),
    open("./sliding.golden.json", "w"),
)
