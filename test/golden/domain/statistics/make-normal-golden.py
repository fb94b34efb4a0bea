# Makes normal.golden.json: the standard normal by mpmath at 40 digits, rounded once to double; scipy.stats.norm is asked
# the same and must agree. Run here: python3 make-normal-golden.py
import json, math
import mpmath as mp
import scipy
from scipy.stats import norm
mp.mp.dps = 40
xs = [-37.4, -30.0, -20.5, -12.25, -8.3, -5.7, -5.65, -5.0, -3.09, -2.3263478740408408, -1.6448536269514722, -1.0, -0.68, -0.67, -0.3, -1e-3, -1e-12,
      0.0, 1e-12, 0.1, 0.5, 0.67, 0.68, 1.0, 1.959963984540054, 3.0, 4.5, 5.5, 6.0, 8.0, 9.0]
ps = [1e-300, 1e-200, 1e-100, 1e-50, 1e-20, 1e-16, 1e-12, 1.3887943864964021e-11, 1e-9, 1e-6, 1e-4, 1e-3, 0.005, 0.01, 0.025, 0.05, 0.0749, 0.075, 0.0751, 0.1, 0.25, 0.4,
      0.5, 0.6, 0.75, 0.9, 0.925, 0.9251, 0.95, 0.975, 0.99, 0.995, 0.999, 0.9999, 0.999999]
def quantile(p):
    x = mp.mpf(float(norm.ppf(p)))
    for _ in range(6):
        x -= (mp.ncdf(x) - mp.mpf(p)) / mp.npdf(x)
    return float(x)
cdf = [dict(x=x, cdf=float(mp.ncdf(mp.mpf(x))), pdf=float(mp.npdf(mp.mpf(x)))) for x in xs]
ppf = [dict(p=p, quantile=quantile(p)) for p in ps]
for row in cdf:
    assert math.isclose(row['cdf'], norm.cdf(row['x']), rel_tol=1e-12), row
    assert math.isclose(row['pdf'], norm.pdf(row['x']), rel_tol=1e-12), row
for row in ppf:
    assert math.isclose(row['quantile'], norm.ppf(row['p']), rel_tol=1e-12, abs_tol=1e-15), row
json.dump(dict(provenance=f"mpmath {mp.__version__} at 40 digits (ncdf, npdf, Newton on ncdf for the quantile), rounded once to double; scipy.stats.norm {scipy.__version__} agrees to 1e-12. Generator: make-normal-golden.py.",
               distribution=cdf, quantiles=ppf), open('normal.golden.json', 'w'), indent=1)
