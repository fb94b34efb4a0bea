# Makes shrinkage.golden.json and kelly.golden.json, independently of the code under test. Needs numpy (2.4.6 was used).
# Run here: python3 make-golden.py
#
# Shrinkage follows the definitions of Ledoit and Wolf (2004), section 3.2, literally, with one T-long loop over outer products and no
# rearrangement:  m = <S, I>, d2 = ||S - m I||^2, bbar2 = 1/T^2 sum_t ||x_t x_t' - S||^2, b2 = min(bbar2, d2), a2 = d2 - b2,
# Sigma = b2/d2 m I + a2/d2 S,  with <A, B> = tr(A B')/N. S divides by T, data are centred (scikit-learn: assume_centered=False).
# The panel "scikit-learn" is the example in scikit-learn's documentation of LedoitWolf; its printed values are checked in the test.
import json
import numpy as np

def ledoit_wolf(returns):
    x = returns - returns.mean(axis=0)
    t, n = x.shape
    s = x.T @ x / t
    norm2 = lambda a: np.trace(a @ a.T) / n
    m = np.trace(s) / n
    d2 = norm2(s - m * np.eye(n))
    bbar2 = sum(norm2(np.outer(row, row) - s) for row in x) / t**2
    b2 = min(bbar2, d2)
    shrinkage = b2 / d2
    return m, shrinkage, shrinkage * m * np.eye(n) + (1 - shrinkage) * s

def market(rng, t, n):
    factor = rng.normal(0.0004, 0.01, t)
    return np.column_stack([0.0002 + (0.5 + rng.random()) * factor + rng.normal(0, 0.005 + 0.02 * rng.random(), t) for _ in range(n)])

np.random.seed(0)
documented = np.random.multivariate_normal(mean=[0, 0], cov=[[0.4, 0.2], [0.2, 0.8]], size=50)
rng = np.random.default_rng(20040211)
panels = {
    'scikit-learn': documented,
    'many days, few names': market(rng, 120, 4),
    'fewer days than names': market(rng, 9, 25),
    'three days': rng.normal(0, 0.01, (3, 6)),
    'all of one variance': np.vstack([np.eye(4), -np.eye(4)])[[0, 4, 1, 5, 2, 6, 3, 7, 0, 1]] * 0.01,
}
golden = []
for name, returns in panels.items():
    m, shrinkage, sigma = ledoit_wolf(returns)
    golden.append({'name': name, 'returns': returns.T.tolist(), 'meanVariance': m, 'shrinkage': shrinkage, 'covariance': sigma.tolist()})
json.dump(golden, open('shrinkage.golden.json', 'w'))

kelly = []
for name in ('many days, few names', 'fewer days than names'):
    returns = panels[name]
    sigma = ledoit_wolf(returns)[2]
    mu = rng.normal(0.0004, 0.0006, returns.shape[1])
    for gamma in (0.3, 1.0):
        kelly.append({'name': name, 'gamma': gamma, 'excessMu': mu.tolist(), 'covariance': sigma.tolist(),
                      'weights': (gamma * np.linalg.solve(sigma, mu)).tolist()})
json.dump(kelly, open('kelly.golden.json', 'w'))
