"""
Makes meta-brain-steps.golden.json, independently of the code under test, with NumPy: run here as `python3 make-meta-brain.py`.

Section C of the fund's specification for 60 symbols with up to five opinions each: beta 0.5, gamma 0.3, risk-free 2 % a year over 252 sessions,
least confidence 0.3, least data quality 0.6, position limit 10 %, entry |z| 0.5, band 0.005. Inputs from NumPy's PCG64, seed 20190614, rounded.
Includes opinions that do not count, equal expected returns, data below the gate, tail losses over the limit, and positions held.
"""
import json
import numpy as np
from scipy import stats

random = np.random.default_rng(20190614)
inputs = []
for i in range(60):
    opinions = [dict(agent=f'agent-{k}', expectedReturn=round(float(random.normal(0.0003, 0.0008)), 7), confidence=round(float(random.uniform(0.1, 1)), 4))
                for k in range(int(random.integers(1, 6)))]
    inputs.append(dict(symbol=f'S{i:02d}', sigma=round(float(random.uniform(0.006, 0.035)), 6), opinions=opinions,
                       marginalCvarFrac=round(float(random.uniform(0.005, 0.07)), 5), dataQualityScore=round(float(random.uniform(0.55, 1)), 3),
                       currentWeight=round(float(random.choice([0, 0, random.uniform(0, 0.02)])), 4)))
for a, b in ((10, 11), (20, 21)):  # twins, which share their place
    inputs[b]['opinions'], inputs[b]['sigma'] = inputs[a]['opinions'], inputs[a]['sigma']

results, seen = [], []
for item in inputs:
    counted = [o for o in item['opinions'] if o['confidence'] >= 0.3]
    if item['dataQualityScore'] < 0.6:
        results.append(dict(symbol=item['symbol'], proposal='REJECT', reason='data-quality-below-gate')); continue
    if not counted:
        results.append(dict(symbol=item['symbol'], proposal='REJECT', reason='confidence-too-low')); continue
    a = np.array([o['expectedReturn'] for o in counted]); c = np.array([o['confidence'] for o in counted])
    variance = np.var(a / item['sigma'])
    before = np.average(a, weights=c)
    result = dict(symbol=item['symbol'], weights=(c / c.sum()).tolist(), standardised=(a / item['sigma']).tolist(), confidence=c.mean(),
                  muBeforePenalty=before, disagreementVariance=variance, disagreementPenalty=np.exp(-0.5 * variance),
                  mu=before * np.exp(-0.5 * variance))
    results.append(result); seen.append((result, item))

mu = np.array([r['mu'] for r, _ in seen])
median, mad = np.median(mu), stats.median_abs_deviation(mu)
places = stats.rankdata(-mu)  # 1 is the highest, equals share the mean
gross = sum(abs(item['currentWeight']) for item in inputs)
for (result, item), place in zip(seen, places):
    excess = result['mu'] - 0.02 / 252
    z = (result['mu'] - median) / mad
    kelly = 0.3 * excess / item['sigma'] ** 2
    held = item['currentWeight']
    want = min(0.1, max(0.0, kelly))
    toward = want if want > 0 and z >= 0.5 else min(want, held)
    if item['marginalCvarFrac'] > 0.06: proposal, reason = 'REJECT', 'marginal-cvar-over-limit'
    elif gross - held + toward > 1: proposal, reason = 'REJECT', 'leverage-exceeded'
    elif held > 0 and toward == 0: proposal, reason = 'SELL', 'reduction-recommended'
    elif abs(toward - held) < 0.005:
        proposal, reason = 'HOLD', 'does-not-stand-out' if abs(z) < 0.5 else 'expected-return-too-low' if toward == 0 else 'within-rebalance-band'
    else: proposal, reason = ('BUY', 'increase-recommended') if toward > held else ('SELL', 'reduction-recommended')
    result.update(z=z, rank=place, conviction=result['mu'] / item['sigma'], excessMu=excess, kelly=kelly, recommendedWeight=toward,
                  proposal=proposal, reason=reason)

json.dump(dict(provenance=' '.join(__doc__.split()), inputs=inputs, grossFrac=gross, medianMu=median, madMu=mad, results=results),
          open('meta-brain-steps.golden.json', 'w'), indent=1)
print({p: sum(r['proposal'] == p for r in results) for p in ('BUY', 'SELL', 'HOLD', 'REJECT')}, {r['reason'] for r in results})
