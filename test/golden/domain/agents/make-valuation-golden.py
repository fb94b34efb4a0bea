"""
Makes valuation.golden.json, independently of the code under test: run here as `python3 make-valuation-golden.py`.

Discounted cash flows: every cash flow of 6,000 years is discounted by itself and summed in 60-digit decimals, so that the perpetuity's formula is
checked and not repeated. Agents: the quarters of Apple's fiscal years 2022 and 2023 as in its reports 10-Q and 10-K (millions of US dollars, EPS
diluted, dividends per share), so that sums can be checked against the annual report: revenue 383,285, net income 96,995, operating cash flow
110,543. The price of 190 USD, the estimates, the days of publication and the bars are made up.
"""
import json, math
from decimal import Decimal as D, getcontext
getcontext().prec = 60

def value(cash, g1, rf, erp, g, years):
    cash, g1, r, g = D(str(cash)), D(str(g1)), D(str(rf)) + D(str(erp)), D(str(g))
    total, factor = D(0), D(1)
    for t in range(1, 6001):
        growth = g1 + (g - g1) * D(t - 1) / D(years - 1) if t <= years else g
        cash *= 1 + growth
        factor /= 1 + r
        total += cash * factor
    return float(total)

flows = []
for cash, g1, rf, erp, g, years in [
    (1, 0.02, 0.02, 0.055, 0.02, 10), (5.12, 0.12, 0.02, 0.055, 0.02, 10), (3.3, -0.05, 0.02, 0.055, 0.02, 10),
    (0.07, 0.031, 0.04, 0.05, 0.03, 2), (12, 0.08, 0.045, 0.04, 0.0, 15), (2.5, 0.06, 0.03, 0.05, -0.01, 7),
]:
    flows.append(dict(cashPerShareUsd=cash, growthFrac=g1, riskFreeAnnualFrac=rf, equityPremiumFrac=erp, terminalGrowthFrac=g, stageOneYears=years,
                      valueUsd=value(cash, g1, rf, erp, g, years)))

quarters = [  # end, revenue, net income, assets, equity, operating cash flow, capital expenditure
    ('2021-12-25', 123945, 34630, 381191, 71932, 46966, 2803), ('2022-03-26', 97278, 25010, 350662, 67399, 28166, 2514),
    ('2022-06-25', 82959, 19442, 336309, 58107, 22892, 2102), ('2022-09-24', 90146, 20721, 352755, 50672, 24127, 3289),
    ('2022-12-31', 117154, 29998, 346747, 56727, 34005, 3787), ('2023-04-01', 94836, 24160, 332160, 62158, 28560, 2916),
    ('2023-07-01', 81797, 19881, 335038, 60274, 26380, 2093), ('2023-09-30', 89498, 22956, 352583, 62146, 21598, 2163)]
shares = 15550.061
eps = [(1.88, 1.94), (1.52, 1.43), (1.26, 1.19), (1.46, 1.39)]
dividends = [0.23, 0.24, 0.24, 0.24]
price = 190.0

y = {'earnings': (.055, .03, .3), 'book': (.33, .3, .1), 'cash': (.05, .03, .2), 'dividend': (.025, .02, .1), 'intrinsic': (0, 1, .3)}
f = {'roe': (.155, .1, .2, 1), 'change': (.002, .015, .15, 1), 'revenue': (.05, .1, .15, 1), 'growth': (.1, .3, .15, 1),
     'accruals': (-.085, .04, .15, -1), 'equity': (.39, .15, .1, 1), 'surprise': (.0005, .001, .1, 1)}
year = lambda column, back=0: math.fsum(row[column] for row in (quarters[4:] if back == 0 else quarters[:4]))
trailing = math.fsum(e for e, _ in eps)
free = (year(5) - year(6)) / shares
growth = min(.12, max(-.05, .5 * (year(1) / year(1, 1) - 1)))
intrinsic = value(min(free, 1.5 * trailing), growth, .02, .055, .02, 10)
values = dict(earnings=trailing / price, book=quarters[-1][4] / shares / price, cash=free / price, dividend=math.fsum(dividends) / price,
              intrinsic=math.log(intrinsic / price))
parts = [w * math.tanh((values[k] - usual) / scale) for k, (usual, scale, w) in y.items()]
score = math.fsum(parts) / math.fsum(w for *_, w in y.values())
agreement = abs(math.fsum(parts)) / math.fsum(abs(p) for p in parts)
valuation = dict(earningsYieldFrac=values['earnings'], bookYieldFrac=values['book'], freeCashFlowYieldFrac=values['cash'],
                 dividendYieldFrac=values['dividend'], intrinsicValueUsd=intrinsic, stageOneGrowthFrac=growth, score=score, agreement=agreement,
                 confidence=.4 + .6 * agreement)

income, before = year(2), year(2, 1)
own = dict(roe=income / quarters[-1][4], change=income / quarters[-1][3] - before / quarters[3][3], revenue=year(1) / year(1, 1) - 1,
           growth=(income - before) / ((income + before) / 2), accruals=(income - year(5)) / ((quarters[-1][3] + quarters[3][3]) / 2),
           equity=quarters[-1][4] / quarters[-1][3], surprise=math.fsum(e - x for e, x in eps) / 4 / price)
parts = [sign * w * math.tanh((own[k] - usual) / scale) for k, (usual, scale, w, sign) in f.items()]
agreement = abs(math.fsum(parts)) / math.fsum(abs(p) for p in parts)
freshness = 1 - .5 * 48 / 200  # decided on 2023-11-17, 48 days after the quarter's end
fundamental = dict(returnOnEquityFrac=own['roe'], profitabilityChangeFrac=own['change'], revenueGrowthFrac=own['revenue'],
                   earningsGrowthFrac=own['growth'], accrualsFrac=own['accruals'], equityShareFrac=own['equity'],
                   earningsSurpriseFrac=own['surprise'], score=math.fsum(parts) / math.fsum(w for _, _, w, _ in f.values()), agreement=agreement,
                   confidence=(.4 + .6 * agreement) * freshness)

json.dump(dict(provenance=' '.join(__doc__.split()), flows=flows,
    company=dict(asOf='2023-11-17', priceUsd=price, sharesOutstanding=shares * 1e6, dividends=dividends,
        reports=[dict(periodEnd=q[0], revenueUsd=q[1] * 1e6, netIncomeUsd=q[2] * 1e6, totalAssetsUsd=q[3] * 1e6, equityUsd=q[4] * 1e6,
                      operatingCashFlowUsd=q[5] * 1e6, capitalExpenditureUsd=q[6] * 1e6, freeCashFlowUsd=(q[5] - q[6]) * 1e6) for q in quarters],
        earnings=[dict(epsUsd=e, epsEstimateUsd=x) for e, x in eps]),
    valuation=valuation, fundamental=fundamental), open('valuation.golden.json', 'w'), indent=1)
