# Makes gpd-fit.golden.json, tail-methods.golden.json and component-risk.golden.json, independently of the code under test. Run here: python3 make-tail-golden.py
# gpd-fit: the likelihood equations in (shape, scale) solved by mpmath at 50 digits from the start that scipy.stats.genpareto.fit(floc=0)
#   gives; standard errors from mpmath's numeric second derivatives of the log likelihood. SciPy's own figures are kept beside them.
# tail-methods: NumPy and SciPy for moments and the normal; Cornish-Fisher by its formula on scipy.stats moments; modified expected
#   shortfall as the integral of z times the Edgeworth density (scipy.integrate.quad), not by its closed form; the Pareto tail by
#   McNeil and Frey's formulas on the fit made here.
# component-risk: modified VaR shared out with the full co-skewness and co-kurtosis matrices M3 and M4 (Kronecker form, as in
#   PerformanceAnalytics); the shortfall's shares by central differences of the quadrature, good to about nine digits.
import json, math, warnings
import mpmath as mp
import numpy as np
import scipy
from scipy import integrate, stats
from scipy.stats import genpareto, norm

mp.mp.dps = 50
warnings.simplefilter('ignore')

def fit(y):
    shape0, _, scale0 = genpareto.fit(y, floc=0)
    ys = [mp.mpf(float(v)) for v in y]
    def loglik(xi, beta):
        if xi == 0:
            return -len(ys) * mp.log(beta) - mp.fsum(ys) / beta
        return -len(ys) * mp.log(beta) - (1 + 1 / xi) * mp.fsum(mp.log(1 + xi * v / beta) for v in ys)
    def score(xi, beta):
        logs = mp.fsum(mp.log(1 + xi * v / beta) for v in ys)
        part = mp.fsum(v / (beta + xi * v) for v in ys)
        return [logs / xi**2 - (1 + 1 / xi) * part, -len(ys) / beta + (1 + xi) / beta * part]
    xi, beta = mp.findroot(score, (mp.mpf(shape0), mp.mpf(scale0)), tol=1e-60, maxsteps=60)
    d = lambda n: mp.diff(loglik, (xi, beta), n)
    info = -mp.matrix([[d((2, 0)), d((1, 1))], [d((1, 1)), d((0, 2))]])
    cov = info**-1
    return dict(shape=float(xi), scale=float(beta), shapeStandardError=float(mp.sqrt(cov[0, 0])), scaleStandardError=float(mp.sqrt(cov[1, 1])),
                logLikelihood=float(loglik(xi, beta)), scipy=dict(shape=float(shape0), scale=float(scale0), logLikelihood=float(np.sum(genpareto.logpdf(y, shape0, 0, scale0)))))

rng = np.random.default_rng(20250807)
cases = []
for shape, scale, size in [(0.25, 0.012, 250), (0.0, 0.01, 250), (-0.2, 0.02, 250), (0.6, 0.008, 250), (0.2, 3.5, 50), (0.1, 0.01, 60), (-0.3, 0.01, 60), (0.35, 120.0, 1000), (1.3, 0.01, 250)]:
    y = genpareto.rvs(shape, scale=scale, size=size, random_state=rng)
    cases.append(dict(name=f'shape {shape}, scale {scale}, {size} exceedances', exceedances=[float(v) for v in y], **fit(y)))
# A sample on which the shape is nearly 0: an exponential law's own quantiles, bent by a hair until the likelihood asks for no bend.
def bent(t):
    u = (np.arange(1, 251) - 0.5) / 250
    return genpareto.ppf(u, t, scale=0.01)
lo, hi = -0.1, 0.1
for _ in range(60):
    mid = (lo + hi) / 2
    e = bent(mid) if mid != 0 else bent(1e-15)
    m = e.mean()
    # sign of the profile likelihood's slope at the exponential law: mean(y^2)/2 - mean(y)^2
    if (e**2).mean() / 2 - m * m > 0: hi = mid
    else: lo = mid
y = bent((lo + hi) / 2 + 1e-7)
cases.append(dict(name='shape almost 0, 250 exceedances', exceedances=[float(v) for v in y], **fit(y)))
json.dump(dict(provenance=f"mpmath {mp.__version__} at 50 digits on the likelihood equations, started from scipy.stats.genpareto.fit(floc=0) of SciPy {scipy.__version__}; numpy.random.default_rng(20250807). Generator: make-tail-golden.py.",
               cases=cases), open('gpd-fit.golden.json', 'w'))

def methods(r, level):
    alpha = 1 - level
    mu, sigma = float(np.mean(r)), float(np.std(r))
    skew, kurt = float(stats.skew(r)), float(stats.kurtosis(r))
    z = float(norm.ppf(alpha))
    g = z + (z**2 - 1) * skew / 6 + (z**3 - 3 * z) * kurt / 24 - (2 * z**3 - 5 * z) * skew**2 / 36
    density = lambda x: norm.pdf(x) * (1 + skew / 6 * (x**3 - 3 * x) + kurt / 24 * (x**4 - 6 * x**2 + 3) + skew**2 / 72 * (x**6 - 15 * x**4 + 45 * x**2 - 15))
    tail, _ = integrate.quad(lambda x: x * density(x), -40, g, epsabs=1e-15, epsrel=1e-13, limit=400)
    shortfall = -tail / alpha
    grid = np.concatenate([np.linspace(-10, 10, 20001), np.linspace(-1000, 1000, 20001)])
    rises = bool(np.all(1 + grid * skew / 3 + (3 * grid**2 - 3) * kurt / 24 - (6 * grid**2 - 5) * skew**2 / 36 >= 0))
    return dict(level=level, mean=mu, sigma=sigma, skewness=skew, excessKurtosis=kurt, expansionRises=rises,
                parametric=dict(varFrac=-mu - sigma * z, cvarFrac=-mu + sigma * norm.pdf(z) / alpha),
                cornishFisher=dict(varFrac=-mu - sigma * g, cvarFrac=-mu + sigma * max(shortfall, -g)))

def pareto(r, quantile, level):
    losses = np.sort(-r)[::-1]
    k = int(math.floor(len(r) * (1 - quantile) + 1e-9))
    u = losses[k]
    y = losses[:k] - u
    f = fit(y)
    xi, beta = f['shape'], f['scale']
    var = u + beta / xi * ((len(r) / k * (1 - level)) ** -xi - 1)
    es = var / (1 - xi) + (beta - xi * u) / (1 - xi)
    return dict(level=level, quantile=quantile, threshold=float(u), exceedances=k, shape=xi, scale=beta, shapeStandardError=f['shapeStandardError'], scaleStandardError=f['scaleStandardError'], varFrac=float(var), cvarFrac=float(es))

samples = []
for name, r in [
    ('Student t with 6 degrees of freedom', 0.01 * stats.t.rvs(6, size=1000, random_state=rng)),
    ('skewed to the left', 0.0005 - 0.01 * (stats.gamma.rvs(6.0, size=1000, random_state=rng) - 6.0) / math.sqrt(6.0)),
    ('a mixture of calm and wild days', np.where(rng.random(1000) < 0.1, 0.02, 0.008) * rng.standard_normal(1000)),
]:
    samples.append(dict(name=name, returns=[float(v) for v in r], levels=[methods(r, c) for c in (0.9, 0.95, 0.99)], pareto=[pareto(r, 0.9, c) for c in (0.95, 0.99, 0.999)]))
json.dump(dict(provenance=f"NumPy {np.__version__}, SciPy {scipy.__version__}: numpy.std with 1/n, scipy.stats.skew and kurtosis (biased), scipy.stats.norm, scipy.integrate.quad on the Edgeworth density; McNeil & Frey (2000) on a fit by mpmath. Generator: make-tail-golden.py.",
               samples=samples), open('tail-methods.golden.json', 'w'))

def component(assets, w, level):
    alpha, n, T = 1 - level, assets.shape[1], assets.shape[0]
    mu = assets.mean(axis=0)
    c = assets - mu
    M2 = c.T @ c / T
    M3 = sum(np.outer(x, np.kron(x, x)) for x in c) / T
    M4 = sum(np.outer(x, np.kron(x, np.kron(x, x))) for x in c) / T
    ww = np.kron(w, w); www = np.kron(w, ww)
    m2, m3, m4 = w @ M2 @ w, w @ M3 @ ww, w @ M4 @ www
    d2, d3, d4 = 2 * M2 @ w, 3 * M3 @ ww, 4 * M4 @ www
    S, K = m3 / m2**1.5, m4 / m2**2 - 3
    dS = (2 * m2**1.5 * d3 - 3 * m3 * math.sqrt(m2) * d2) / (2 * m2**3)
    dK = (m2 * d4 - 2 * m4 * d2) / m2**3
    z = norm.ppf(alpha)
    g = z + (z**2 - 1) * S / 6 + (z**3 - 3 * z) * K / 24 - (2 * z**3 - 5 * z) * S**2 / 36
    dg = (z**2 - 1) * dS / 6 + (z**3 - 3 * z) * dK / 24 - (2 * z**3 - 5 * z) * 2 * S * dS / 36
    modified = -mu - d2 / (2 * math.sqrt(m2)) * g - math.sqrt(m2) * dg
    normal = -mu - d2 / (2 * math.sqrt(m2)) * z
    shortfall = lambda v: methods(assets @ v, level)['cornishFisher']['cvarFrac']
    def slope(i):
        d = lambda h: (shortfall(w + h * np.eye(n)[i]) - shortfall(w - h * np.eye(n)[i])) / (2 * h)
        return (4 * d(5e-4) - d(1e-3)) / 3
    whole = methods(assets @ w, level)
    return dict(level=level, parametricVar=dict(total=whole['parametric']['varFrac'], marginal=normal.tolist()),
                cornishFisherVar=dict(total=whole['cornishFisher']['varFrac'], marginal=modified.tolist()),
                cornishFisherCvar=dict(total=whole['cornishFisher']['cvarFrac'], marginal=[float(slope(i)) for i in range(n)]))

market = stats.t.rvs(6, size=500, random_state=rng) * 0.008
assets = np.column_stack([b * market + s * stats.t.rvs(7, size=500, random_state=rng) + m for b, s, m in [(1.2, 0.008, 0.0005), (0.7, 0.005, 0.0002), (1.0, 0.012, 0.0), (0.3, 0.004, 0.0001)]])
weights = np.array([0.3, 0.25, -0.1, 0.2])
json.dump(dict(provenance=f"NumPy {np.__version__}, SciPy {scipy.__version__}: M2, M3, M4 in Kronecker form after Boudt, Peterson & Croux (2008); the shortfall by differences of the quadrature. Generator: make-tail-golden.py.",
               returns=[assets[:, i].tolist() for i in range(4)], weights=weights.tolist(), levels=[component(assets, weights, c) for c in (0.95, 0.99)]), open('component-risk.golden.json', 'w'))
