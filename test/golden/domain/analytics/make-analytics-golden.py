"""Golden values for the figures of the daily report, by other formulations than the code's.

Regression: normal equations in matrices, and the Newey-West sandwich as matrix products over lags, as in Newey & West (1987), eq. 5.
Ratios: pandas-free numpy over the same returns. Rank correlation: scipy.stats.spearmanr. Drawdown: running maximum of the cumulated product.

    python3 test/golden/domain/analytics/make-analytics-golden.py > test/golden/domain/analytics/analytics.golden.json
"""
import json

import numpy
import scipy
from scipy import stats

source = numpy.random.default_rng(20241202)
ANNUAL = 252


def regression(count):
    x = source.normal(0.0003, 0.01, count)
    noise = source.normal(0, 0.004, count)
    errors = noise + 0.4 * numpy.concatenate([[0], noise[:-1]]) + 0.3 * numpy.abs(x) * source.normal(0, 1, count)
    y = 0.0002 + 0.55 * x + errors
    design = numpy.column_stack([numpy.ones(count), x])
    inverse = numpy.linalg.inv(design.T @ design)
    solved = inverse @ design.T @ y
    residual = y - design @ solved
    lags = int(numpy.floor(4 * (count / 100) ** (2 / 9)))
    scores = design * residual[:, None]
    middle = scores.T @ scores
    for lag in range(1, lags + 1):
        gamma = scores[lag:].T @ scores[:-lag]
        middle += (1 - lag / (lags + 1)) * (gamma + gamma.T)
    covariance = inverse @ middle @ inverse
    return {
        "x": x.tolist(), "y": y.tolist(), "lags": lags,
        "intercept": solved[0], "slope": solved[1],
        "interceptStandardError": float(numpy.sqrt(covariance[0, 0])), "slopeStandardError": float(numpy.sqrt(covariance[1, 1])),
        "rSquared": float(numpy.corrcoef(x, y)[0, 1] ** 2),
    }


def performance(count):
    returns = source.normal(0.0005, 0.009, count)
    free = 0.02 / ANNUAL
    excess = returns - free
    wealth = numpy.concatenate([[1], numpy.cumprod(1 + returns)])
    drawdown = 1 - wealth / numpy.maximum.accumulate(wealth)
    annualized = wealth[-1] ** (ANNUAL / count) - 1
    sharpe = excess.mean() / excess.std(ddof=1)
    return {
        "returns": returns.tolist(), "riskFree": free,
        "totalReturnFrac": wealth[-1] - 1, "annualizedReturnFrac": annualized,
        "annualizedVol": returns.std(ddof=1) * numpy.sqrt(ANNUAL),
        "sharpe": sharpe * numpy.sqrt(ANNUAL),
        "sharpeStandardError": float(numpy.sqrt((1 + sharpe**2 / 2) / count) * numpy.sqrt(ANNUAL)),
        "sortino": excess.mean() / numpy.sqrt(numpy.mean(numpy.minimum(excess, 0) ** 2)) * numpy.sqrt(ANNUAL),
        "calmar": annualized / drawdown.max(), "maxDrawdownFrac": drawdown.max(),
        "hitRateFrac": float((returns > 0).mean()),
    }


def ranks(count):
    a = numpy.round(source.normal(0, 1, count), 1)
    b = numpy.round(0.3 * a + source.normal(0, 1, count), 1)
    return {"a": a.tolist(), "b": b.tolist(), "rankCorrelation": stats.spearmanr(a, b).statistic}


def calibration(count):
    confidence = numpy.round(source.uniform(0.3, 0.999, count), 3)
    stated = 0.5 + 0.1 * (confidence - 0.3) / 0.7
    hit = (source.uniform(0, 1, count) < 0.48 + 0.1 * confidence).astype(int)
    place = numpy.minimum(9, numpy.floor(confidence * 10)).astype(int)
    error = sum((place == b).mean() * abs(stated[place == b].mean() - hit[place == b].mean()) for b in range(10) if (place == b).any())
    return {"confidence": confidence.tolist(), "hit": hit.tolist(), "brierScore": float(numpy.mean((stated - hit) ** 2)), "calibrationErrorFrac": float(error)}


def plain(value):
    return {k: plain(v) for k, v in value.items()} if isinstance(value, dict) else value.item() if hasattr(value, "item") else value


print(json.dumps({
    "provenance": f"make-analytics-golden.py, numpy {numpy.__version__}, scipy {scipy.__version__}, seed 20241202",
    "regressions": [plain(regression(n)) for n in (24, 60, 252)],
    "performances": [plain(performance(n)) for n in (20, 63, 252)],
    "ranks": [plain(ranks(n)) for n in (5, 14, 60)],
    "calibration": plain(calibration(400)),
}))
