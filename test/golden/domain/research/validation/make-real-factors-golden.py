"""Prints the figures of real-factors.test.ts: numpy 2.4.6, least squares by lstsq and the Newey-West sandwich with 8 lags.

    python3 make-real-factors-golden.py FOLDER_OF_MARKET_DATA
"""
import csv
import gzip
import sys

import numpy as np


def rows(name):
    with gzip.open(f"{sys.argv[1]}/index/{name}", "rt") as file:
        yield from csv.DictReader(file)


closes = [(row["date"], float(row["close"])) for row in rows("us_indices_daily.csv.gz") if row["symbol"] == "^GSPC"]
index_return = {day: close / before - 1 for (_, before), (day, close) in zip(closes, closes[1:])}
names = ["mkt_rf", "smb", "hml", "rmw", "cma"]
kept = [row for row in rows("fama_french_5f_daily.csv.gz") if "2014" <= row["date"] < "2024" and row["date"] in index_return]
excess = np.array([index_return[row["date"]] - float(row["rf"]) / 100 for row in kept])
design = np.column_stack([np.ones(len(kept))] + [[float(row[name]) / 100 for row in kept] for name in names])
beta = np.linalg.lstsq(design, excess, rcond=None)[0]
residual = excess - design @ beta
scores = design * residual[:, None]
long_run = scores.T @ scores
for lag in range(1, 9):
    cross = scores[lag:].T @ scores[:-lag]
    long_run += (1 - lag / 9) * (cross + cross.T)
bread = np.linalg.inv(design.T @ design)
errors = np.sqrt(np.diag(bread @ long_run @ bread))
print(len(kept), beta.tolist(), (beta / errors).tolist(), 1 - residual.var() / excess.var())
