# Makes black-scholes.golden.json: European options by SciPy's normal distribution, sensitivities by derivatives of that price in
# complex steps, exact to rounding. Run here: python3 make-black-scholes.py
import json
import numpy as np
from scipy.special import erf

def cdf(x):
    # Complex arguments for the complex step; scipy's erf takes them.
    return 0.5 * (1 + erf(x / np.sqrt(2)))

def price(kind, S, K, T, v, r, q):
    d1 = (np.log(S / K) + (r - q + v * v / 2) * T) / (v * np.sqrt(T))
    d2 = d1 - v * np.sqrt(T)
    if kind == 'call':
        return S * np.exp(-q * T) * cdf(d1) - K * np.exp(-r * T) * cdf(d2)
    return K * np.exp(-r * T) * cdf(-d2) - S * np.exp(-q * T) * cdf(-d1)

def step(f, x, h=1e-20):
    return (f(x + 1j * h)).imag / h

cases = []
for kind in ('call', 'put'):
    for S, K, T, v, r, q in [(42, 40, .5, .2, .1, 0), (100, 90, .25, .28, .02, .018), (100, 90, 1 / 12, .35, .02, .018), (100, 140, 2, .5, -.005, .03),
                             (19, 25, .25, .9, .05, .05), (100, 100, 1, .05, 0, 0), (300, 250, .01, .4, .01, .0)]:
        p = price(kind, S, K, T, v, r, q)
        delta = step(lambda x: price(kind, x, K, T, v, r, q), S)
        gamma = (step(lambda x: price(kind, x, K, T, v, r, q), S * 1.00001) - step(lambda x: price(kind, x, K, T, v, r, q), S * .99999)) / (S * .00002)
        vega = step(lambda x: price(kind, S, K, T, x, r, q), v)
        theta = -step(lambda x: price(kind, S, K, x, v, r, q), T)
        cases.append(dict(kind=kind, spotUsd=S, strikeUsd=K, years=T, annualizedVol=v, riskFreeAnnualFrac=r, dividendYieldFrac=q,
                          priceUsd=float(p), delta=float(delta), gamma=float(gamma), vega=float(vega), thetaPerYear=float(theta)))
json.dump(cases, open('black-scholes.golden.json', 'w'), indent=1)
