# Makes gpd-maxima.golden.json and historical-shares.golden.json, independently of the code under test. Run here: python3 make-edges-golden.py
# gpd-maxima: small samples whose profile likelihood has more than one local maximum. The profile is scanned on 200,000 points of
#   log(1 + tau * max y), every rise that turns into a fall is polished by mpmath at 50 digits on the likelihood equations in (shape, scale),
#   and each is stated with its log likelihood by scipy.stats.genpareto.logpdf.
# historical-shares: the panel of component-risk.golden.json; days ranked by numpy.lexsort, weighted with scipy.stats.norm.pdf.
import json, math
import mpmath as mp
import numpy as np
import scipy
from scipy.stats import genpareto, norm

mp.mp.dps = 50

def maxima(y):
    y = np.array(y)
    top = y.max()
    position = np.linspace(-5, 40, 200_001)
    tau = np.expm1(position) / top
    with np.errstate(all='ignore'):
        scale = np.array([np.mean(np.log1p(t * y)) / t if t != 0 else y.mean() for t in tau])
        profile = -np.log(scale) - tau * scale - 1
    peaks = [k for k in range(1, len(tau) - 1) if profile[k] > profile[k - 1] and profile[k] >= profile[k + 1]]
    found = []
    ys = [mp.mpf(float(v)) for v in y]
    for k in peaks:
        def score(xi, beta):
            logs = mp.fsum(mp.log(1 + xi * v / beta) for v in ys)
            part = mp.fsum(v / (beta + xi * v) for v in ys)
            return [logs / xi**2 - (1 + 1 / xi) * part, -len(ys) / beta + (1 + xi) / beta * part]
        xi, beta = mp.findroot(score, (mp.mpf(float(tau[k] * scale[k])), mp.mpf(float(scale[k]))), tol=1e-60, maxsteps=80)
        found.append(dict(shape=float(xi), scale=float(beta), logLikelihood=float(np.sum(genpareto.logpdf(y, float(xi), 0, float(beta))))))
    return found

samples = [
    ('two maxima, the second the higher', [0.0000044, 0.63, 0.31, 0.048]),
    ('two maxima, the first the higher', [0.71, 1.5, 0.0045, 11.0]),
    ('two maxima, the higher of them below a shape of minus one half', [0.013, 0.39, 0.52, 0.99, 0.0065]),
    ('three maxima, the last the highest', [0.19, 3.0, 8.0, 0.00023, 4.2]),
]
json.dump(dict(provenance=f"NumPy {np.__version__}, SciPy {scipy.__version__}, mpmath {mp.__version__} at 50 digits. Generator: make-edges-golden.py.",
               cases=[dict(name=name, exceedances=y, maxima=maxima(y)) for name, y in samples]), open('gpd-maxima.golden.json', 'w'))

panel = json.load(open('component-risk.golden.json'))
returns, weights = np.array(panel['returns']), np.array(panel['weights'])

def shares(level):
    book = weights @ returns
    count = len(book)
    order = np.lexsort((np.arange(count), book))
    edge = int(math.floor(count * (1 - level) + 1e-9))
    width = math.sqrt(count * level * (1 - level))
    reach = int(math.ceil(4 * width))
    ranks = np.arange(max(0, edge - reach), min(count - 1, edge + reach) + 1)
    kernel = norm.pdf((ranks - edge) / width)
    kernel /= kernel.sum()
    losses = -(returns[:, order[ranks]] @ kernel)
    value_at_risk = -book[order[edge]]
    inside = count * (1 - level)
    tail = np.full(edge + 1, 1 / inside)
    tail[edge] = max(0.0, inside - edge) / inside
    return dict(level=level, valueAtRisk=dict(total=float(value_at_risk), marginal=(losses * value_at_risk / (weights @ losses)).tolist()),
                expectedShortfall=dict(total=float(-(book[order[:edge + 1]] @ tail)), marginal=(-(returns[:, order[:edge + 1]] @ tail)).tolist()))

json.dump(dict(provenance=f"NumPy {np.__version__}, SciPy {scipy.__version__} on the panel of component-risk.golden.json. Generator: make-edges-golden.py.",
               levels=[shares(c) for c in (0.9, 0.95, 0.973, 0.99)]), open('historical-shares.golden.json', 'w'))
