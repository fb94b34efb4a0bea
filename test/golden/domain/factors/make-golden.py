# Makes factors.golden.json, independently of the code under test: numpy and scipy.stats on a small made-up world.
# Run here: python3 make-golden.py     (numpy 2.4, scipy 1.17)
import json
import warnings

import numpy as np
from scipy import stats

# Park-Miller generator: a series anyone can rebuild.
state = 20140101


def uniform():
    global state
    state = state * 16807 % 2147483647
    return state / 2147483647


def normal():
    return sum(uniform() for _ in range(12)) - 6


COMPANIES, SESSIONS, QUARTERS, FIRST_DAY = 14, 300, 28, 16000
days = list(range(FIRST_DAY, FIRST_DAY + SESSIONS))
as_of = FIRST_DAY + SESSIONS
market = [round(0.0004 + 0.01 * normal(), 8) for _ in days]

companies = []
for c in range(COMPANIES):
    price, closes = 40.0 + 10 * c, []
    for k in range(SESSIONS):
        price *= np.exp((0.3 + 0.12 * c) * market[k] + 0.0002 * (c - 6) + (0.006 + 0.001 * c) * normal())
        closes.append(round(float(price), 4))
    # The third company misses some sessions, the fourth begins late.
    own_days = list(days)
    if c == 2:
        keep = [k for k in range(SESSIONS) if k not in (40, 41, 150, 222, 290)]
        own_days, closes = [days[k] for k in keep], [closes[k] for k in keep]
    if c == 3:
        own_days, closes = own_days[60:], closes[60:]
    reports, assets, equity = [], 900.0 + 100 * c, 300.0 + 50 * (c % 5)
    for q in range(QUARTERS):
        end = as_of - 60 - 91 * (QUARTERS - 1 - q)
        income = round(8 + 3 * (c % 7) + (0.4 * (c % 3) - 0.2) * q + 4 * normal(), 3)
        assets, equity = round(assets * (1 + 0.02 * normal()), 3), round(equity * (1 + 0.015 * normal()), 3)
        cash = round(income + 3 + 2 * normal(), 3)
        spent = round(2 + uniform(), 3)
        known = not (c % 4 == 1 and q % 2 == 0)  # every fourth company tells its cash flow in every other quarter only
        reports.append(dict(
            periodEnd=end, availableDay=end + 30 + c, revenueUsd=None, netIncomeUsd=income, totalAssetsUsd=assets, equityUsd=equity,
            operatingCashFlowUsd=cash if known else None, capitalExpenditureUsd=spent if known else None,
            freeCashFlowUsd=round(cash - spent, 3) if known else None, sharesOutstanding=None))
    if c == 5:
        reports = reports[-9:]       # two years only: growth over one, no variability
    if c == 6:
        del reports[-3]              # a gap within the last year
    if c == 7:
        reports[-1]['equityUsd'] = -12.5
    companies.append(dict(day=own_days, close=closes, reports=reports))


# --- Volatility-scaled momentum: 12-1 return over the root of the mean squared return of 126 days, annualised. -------------------
def scaled_momentum(close):
    close = np.array(close)
    if len(close) < 252:
        return None
    returns = close[1:] / close[:-1] - 1
    return float((close[-22] / close[-252] - 1) / np.sqrt(np.mean(np.square(returns[-126:])) * 252))


# --- Frazzini-Pedersen beta, with one-year windows as 300 sessions leave them. ---------------------------------------------------
def beta_fit(company):
    price = dict(zip(company['day'], company['close']))
    own = np.log(np.array([price.get(d, np.nan) for d in days]))
    level = np.cumsum(np.log1p(np.array(market)))

    def both(span, last):
        x, y = (level[span:] - level[:-span])[-last:], (own[span:] - own[:-span])[-last:]
        there = ~np.isnan(y)
        return x[there], y[there]

    x3, y3 = both(3, 1260)
    x1, y1 = both(1, 252)
    beta = float(np.corrcoef(x3, y3)[0, 1] * np.std(y1, ddof=1) / np.std(x1, ddof=1))
    line = stats.linregress(x1, y1)
    residual = y1 - line.intercept - line.slope * x1
    return dict(beta=beta, shrunk=0.6 * beta + 0.4, returns=len(x3), residualDailyVol=float(np.sqrt(np.sum(residual**2) / (len(x1) - 1))))


# --- Quality minus junk. ---------------------------------------------------------------------------------------------------------
def year_sum(reports, last, key):
    if last < 3:
        return np.nan
    four = reports[last - 3:last + 1]
    ends = np.diff([r['periodEnd'] for r in four])
    values = [r[key] for r in four]
    return np.nan if (ends != 91).any() or None in values else float(sum(values))


def ratio(a, b):
    return a / b if b is not None and b > 0 else np.nan


def measures(company, fit):
    reports = company['reports']
    last = len(reports) - 1
    r = reports[last]

    def change(key, base):
        for years in (5, 4, 3, 2, 1):
            at = [i for i, o in enumerate(reports) if o['periodEnd'] == r['periodEnd'] - 364 * years]
            if at:
                d = ratio(year_sum(reports, last, key) - year_sum(reports, at[0], key), reports[at[0]][base]) / years
                if np.isfinite(d):
                    return d
        return np.nan

    income, free, cash = (year_sum(reports, last, k) for k in ('netIncomeUsd', 'freeCashFlowUsd', 'operatingCashFlowUsd'))
    quarterly = [ratio(q['netIncomeUsd'], q['equityUsd']) for q in reports]
    quarterly = [v for v in quarterly if np.isfinite(v)]
    return dict(
        returnOnEquity=ratio(income, r['equityUsd']), returnOnAssets=ratio(income, r['totalAssetsUsd']),
        cashFlowOnAssets=ratio(free, r['totalAssetsUsd']), cashEarnings=ratio(cash - income, r['totalAssetsUsd']),
        equityReturnGrowth=change('netIncomeUsd', 'equityUsd'), assetReturnGrowth=change('netIncomeUsd', 'totalAssetsUsd'),
        cashFlowGrowth=change('freeCashFlowUsd', 'totalAssetsUsd'),
        lowBeta=-fit['shrunk'], lowLeverage=-(r['totalAssetsUsd'] - r['equityUsd']) / r['totalAssetsUsd'],
        steadyReturn=-float(np.std(quarterly, ddof=1)) if len(quarterly) >= 12 else np.nan, lowResidualVol=-fit['residualDailyVol'])


def rank_z(values):
    values = np.array(values)
    out = np.full(len(values), np.nan)
    there = ~np.isnan(values)
    if there.sum() >= 10:
        out[there] = stats.zscore(stats.rankdata(np.round(values[there], 12), method='average'))
    return out


fits = [beta_fit(c) for c in companies]
table = [measures(c, f) for c, f in zip(companies, fits)]
groups = [['returnOnEquity', 'returnOnAssets', 'cashFlowOnAssets', 'cashEarnings'],
          ['equityReturnGrowth', 'assetReturnGrowth', 'cashFlowGrowth'], ['lowBeta', 'lowLeverage', 'steadyReturn', 'lowResidualVol']]
with warnings.catch_warnings():
    warnings.simplefilter('ignore')  # The mean of nothing is NaN, as wanted.
    parts = [rank_z(np.nanmean([rank_z([m[k] for m in table]) for k in group], axis=0)) for group in groups]
complete = np.nanmean(parts, axis=0)
complete[np.isnan(parts[0]) | (np.sum(~np.isnan(parts), axis=0) < 2)] = np.nan
quality = rank_z(complete)

plain = lambda values: [None if v is None or np.isnan(v) else float(v) for v in values]
out = dict(
    provenance='make-golden.py beside this file: numpy 2.4 and scipy.stats 1.17 (corrcoef, std, linregress, rankdata, zscore) on a world from a '
    'Park-Miller generator, seed 20140101. Formulas from Barroso & Santa-Clara 2015, Frazzini & Pedersen 2014 (section 3.1), Asness, Frazzini & '
    'Pedersen 2019 (appendix). null is no value.',
    asOf=as_of, market=dict(day=days, simpleReturn=market), companies=companies,
    scaledMomentum=plain(scaled_momentum(c['close']) for c in companies), fits=fits,
    measures=[{k: (None if np.isnan(v) else float(v)) for k, v in m.items()} for m in table],
    components=dict(zip(['profitability', 'growth', 'safety'], map(plain, parts))), quality=plain(quality))
with open('factors.golden.json', 'w') as file:
    json.dump(out, file, separators=(',', ':'))
    file.write('\n')
