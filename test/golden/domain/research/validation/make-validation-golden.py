"""Writes validation.golden.json: figures of numpy 2.4.6 and scipy 1.17.1, by other formulas than the ones under test.

Sharpe errors by the matrix form of Lo's (2002) GMM: moments g(mu, v) = (x - mu, (x - mu)^2 - v), Bartlett's Sigma of them, delta method with
the gradient of mu / sqrt(v). Attribution by numpy.linalg.lstsq and the sandwich (X'X)^-1 S (X'X)^-1. PBO by itertools and numpy, split by split,
as the paper's algorithm reads. Quantiles, skewness and kurtosis by scipy.

    python3 make-validation-golden.py > validation.golden.json
"""
import itertools
import json

import numpy as np
from scipy import stats

rs = np.random.RandomState(7)


def bartlett(moments, lags):
    total = moments.T @ moments
    for lag in range(1, lags + 1):
        cross = moments[lag:].T @ moments[:-lag]
        total += (1 - lag / (lags + 1)) * (cross + cross.T)
    return total


noise = 0.01 * rs.standard_t(5, 80)
returns = np.zeros(80)
for t in range(80):
    returns[t] = round(0.0006 + noise[t] + (0.25 * returns[t - 1] if t else 0), 6)
n = len(returns)
mean, variance = returns.mean(), returns.var()
ratio = returns.mean() / returns.std(ddof=1)
errors = []
for lags in (0, 1, 4, 9):
    moments = np.column_stack([returns - mean, (returns - mean) ** 2 - variance])
    # The gradient at the ratio with 1/(n-1), as the code under test defines the ratio.
    gradient = np.array([1 / np.sqrt(variance), -ratio / (2 * variance)])
    errors.append({"lags": lags, "error": float(np.sqrt(gradient @ bartlett(moments, lags) @ gradient) / n)})



def plug_in(series):
    """Newey and West (1994), Bartlett: gamma(q) as dot products, the sums over both signs of the lag."""
    count, centred = len(series), series - series.mean()
    pilot = int(4 * (count / 100) ** (2 / 9))
    sigma = np.array([centred[j:] @ centred[:count - j] for j in range(pilot + 1)]) / count
    both = {j: sigma[abs(j)] for j in range(-pilot, pilot + 1)}
    zeroth, first = sum(both.values()), sum(abs(j) * value for j, value in both.items())
    return int(1.1447 * ((first / zeroth) ** 2) ** (1 / 3) * count ** (1 / 3))


plug_ins = []
for correlation in (0.0, 0.3, 0.8, -0.5):
    series = rs.standard_normal(90)
    for t in range(1, 90):
        series[t] += correlation * series[t - 1]
    series = np.round(series, 6)
    plug_ins.append({"series": series.tolist(), "lags": plug_in(series)})

factors = np.round(0.01 * rs.standard_normal((80, 3)) @ np.array([[1, 0.4, 0], [0, 1, 0.3], [0, 0, 1]]), 6)
excess = np.round(0.0004 + factors @ np.array([0.9, -0.3, 0.15]) + 0.004 * rs.standard_normal(80), 6)
design = np.column_stack([np.ones(80), factors])
beta = np.linalg.lstsq(design, excess, rcond=None)[0]
residual = excess - design @ beta
bread = np.linalg.inv(design.T @ design)
lags = 3
errors_of = np.sqrt(np.diag(bread @ bartlett(design * residual[:, None], lags) @ bread))

trials = np.round(0.01 * rs.standard_normal((61, 7)), 6)
trials[:, 2] += 0.002
blocks, rows = 6, 10
used = trials[61 - blocks * rows:]
logits = []
for chosen in itertools.combinations(range(blocks), blocks // 2):
    inside = np.concatenate([used[b * rows:(b + 1) * rows] for b in chosen])
    outside = np.concatenate([used[b * rows:(b + 1) * rows] for b in range(blocks) if b not in chosen])
    first, second = (half.mean(0) / half.std(0, ddof=1) for half in (inside, outside))
    best = int(first.argmax())
    rank = stats.rankdata(second)[best]
    omega = rank / (trials.shape[1] + 1)
    logits.append([float(np.log(omega / (1 - omega))), float(first[best]), float(second[best])])
logits.sort()
line = stats.linregress([row[1] for row in logits], [row[2] for row in logits])

json.dump(
    {
        "provenance": __doc__.split("\n")[0] + " See make-validation-golden.py, seed 7.",
        "sharpe": {
            "returns": returns.tolist(),
            "ratio": float(ratio),
            "skewness": float(stats.skew(returns)),
            "kurtosis": float(stats.kurtosis(returns, fisher=False)),
            "errors": errors,
            "p5": float(np.quantile(returns, 0.05)),
        },
        "plugIns": plug_ins,
        "attribution": {
            "excess": excess.tolist(),
            "factors": factors.T.tolist(),
            "lags": lags,
            "alpha": float(beta[0]),
            "beta": beta[1:].tolist(),
            "tValues": (beta / errors_of).tolist(),
            "rSquared": float(1 - (residual ** 2).sum() / ((excess - excess.mean()) ** 2).sum()),
            "residualDeviation": float(np.sqrt((residual ** 2).sum() / 76)),
        },
        "overfitting": {
            "trials": trials.T.tolist(),
            "blocks": blocks,
            "probability": float(np.mean([row[0] <= 0 for row in logits])),
            "lossProbability": float(np.mean([row[2] < 0 for row in logits])),
            "rows": logits,
            "slope": float(line.slope),
            "intercept": float(line.intercept),
            "rSquared": float(line.rvalue ** 2),
        },
    },
    __import__("sys").stdout,
)
print()
