"""
Writes hmm.golden.json: what two independent computations say of Gaussian hidden Markov models.

`enumeration`: short sequences, by adding up every path of states: p(y) = sum over paths of p(path)·p(y | path). Filtered
probabilities of session t come from the paths of the first t sessions alone; one step of EM from the expected counts over all
paths (the definition of the E-step, Bishop, PRML, 13.2.1). No recursion is used, so no recursion's mistake can be shared.

`trajectories`: Baum-Welch with the log-space forward-backward recursion of Bishop 13.2.2 and Rabiner (1989), eq. 19-25, 36-40,
52-54, by scipy's logsumexp and multivariate_normal, from given starts: the log-likelihood at every iteration and the
parameters after the last one, close to the fixed point.

`underflow`: observations and transitions so far apart that products of probabilities leave the range of doubles.

Run: python3 make-hmm-golden.py. Versions used: Python 3.11, numpy 2.4.6, scipy 1.17.1.
"""

import itertools
import json
import pathlib

import numpy as np
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

np.seterr(divide="ignore")


def log_emissions(y, means, covs):
    return np.column_stack([multivariate_normal(m, c).logpdf(y).reshape(len(y)) for m, c in zip(means, covs)])


def path_weights(y, start, trans, means, covs):
    k, t = len(start), len(y)
    density = np.exp(log_emissions(y, means, covs))
    for path in itertools.product(range(k), repeat=t):
        weight = start[path[0]] * density[0, path[0]]
        for s in range(1, t):
            weight *= trans[path[s - 1], path[s]] * density[s, path[s]]
        yield path, weight


def m_step(y, gamma, first, pairs, full):
    k, d = gamma.shape[1], y.shape[1]
    weights = gamma.sum(axis=0)
    means = (gamma.T @ y) / weights[:, None]
    covs = np.zeros((k, d, d))
    for i in range(k):
        centred = y - means[i]
        covs[i] = (gamma[:, i, None] * centred).T @ centred / weights[i]
        if not full:
            covs[i] = np.diag(np.diag(covs[i]))
    return first, pairs / pairs.sum(axis=1, keepdims=True), means, covs


def by_enumeration(y, start, trans, means, covs, full):
    k, t = len(start), len(y)
    gamma, pairs, total = np.zeros((t, k)), np.zeros((k, k)), 0.0
    for path, weight in path_weights(y, start, trans, means, covs):
        total += weight
        for s in range(t):
            gamma[s, path[s]] += weight
            if s > 0:
                pairs[path[s - 1], path[s]] += weight
    filtered = np.zeros((t, k))
    for s in range(t):
        for path, weight in path_weights(y[: s + 1], start, trans, means, covs):
            filtered[s, path[-1]] += weight
    gamma, pairs = gamma / total, pairs / total
    step = m_step(y, gamma, gamma[0], pairs, full)
    return np.log(total), filtered / filtered.sum(axis=1, keepdims=True), step


def log_space_step(y, start, trans, means, covs, full):
    t = len(y)
    emissions, log_trans = log_emissions(y, means, covs), np.log(trans)
    alpha, beta = np.zeros_like(emissions), np.zeros_like(emissions)
    alpha[0] = np.log(start) + emissions[0]
    for s in range(1, t):
        alpha[s] = emissions[s] + logsumexp(alpha[s - 1][:, None] + log_trans, axis=0)
    for s in range(t - 2, -1, -1):
        beta[s] = logsumexp(log_trans + emissions[s + 1] + beta[s + 1], axis=1)
    likelihood = logsumexp(alpha[-1])
    gamma = np.exp(alpha + beta - likelihood)
    xi = alpha[:-1, :, None] + log_trans[None] + (emissions[1:] + beta[1:])[:, None, :] - likelihood
    pairs = np.exp(logsumexp(xi, axis=0))
    filtered = np.exp(alpha - logsumexp(alpha, axis=1)[:, None])
    return likelihood, filtered, m_step(y, gamma, gamma[0], pairs, full)


def trajectory(y, start, trans, means, covs, full, iterations):
    parameters, likelihoods = (start, trans, means, covs), []
    for _ in range(iterations):
        likelihood, _, following = log_space_step(y, *parameters, full)
        likelihoods.append(likelihood)
        parameters = following
    likelihood, filtered, _ = log_space_step(y, *parameters, full)
    return likelihoods + [likelihood], parameters, filtered


def simulate(rng, t, trans, means, covs):
    state, rows = 0, []
    for _ in range(t):
        rows.append(rng.multivariate_normal(means[state], covs[state]))
        state = rng.choice(len(means), p=trans[state])
    return np.array(rows)


def example(states, dimensions, full):
    """Parameters to begin with, and true ones to draw from."""
    stay = 0.9
    trans = np.full((states, states), (1 - stay) / (states - 1)) + np.eye(states) * (stay - (1 - stay) / (states - 1))
    means = np.array([[0.4 * i - 0.3 * d for d in range(dimensions)] for i in range(states)])
    covs = []
    for i in range(states):
        cov = np.diag([(0.5 + 0.8 * i) * (1 + 0.3 * d) for d in range(dimensions)])
        if full and dimensions > 1:
            cov[0, 1] = cov[1, 0] = 0.3 * (i + 1) ** 0.5 * (-1) ** i
        covs.append(cov)
    return np.full(states, 1 / states), trans, means, np.array(covs)


def flat(parameters):
    start, trans, means, covs = parameters
    return {
        "startProbabilities": start.ravel().tolist(),
        "transitions": trans.ravel().tolist(),
        "means": means.ravel().tolist(),
        "covariances": covs.ravel().tolist(),
    }


def case(states, dimensions, full, y, start):
    return {
        "states": states,
        "dimensions": dimensions,
        "covarianceType": "full" if full else "diagonal",
        "observations": y.ravel().tolist(),
        "start": flat(start),
    }


def main():
    rng = np.random.default_rng(20081010)
    shapes = [(2, 1, False), (2, 2, False), (2, 2, True), (3, 1, False), (3, 2, True), (4, 3, True)]
    enumeration, trajectories, underflow = [], [], []
    for states, dimensions, full in shapes:
        begin = example(states, dimensions, full)
        y = simulate(rng, 9 if states < 4 else 6, begin[1], 2 * begin[2], begin[3])
        likelihood, filtered, step = by_enumeration(y, *begin, full)
        enumeration.append(
            case(states, dimensions, full, y, begin)
            | {"logLikelihood": likelihood, "filtered": filtered.ravel().tolist(), "step": flat(step)}
        )
    for states, dimensions, full in shapes:
        begin = example(states, dimensions, full)
        y = simulate(rng, 300, begin[1], 2 * begin[2], begin[3])
        likelihoods, end, filtered = trajectory(y, *begin, full, 40)
        trajectories.append(
            case(states, dimensions, full, y, begin)
            | {"logLikelihoods": likelihoods, "end": flat(end), "filtered": filtered.ravel().tolist()}
        )
    for transition, far in [(0.0, 60.0), (1e-300, 60.0), (1e-12, 200.0)]:
        start = np.array([1.0, 0.0]) if transition == 0.0 else np.array([0.5, 0.5])
        trans = np.array([[1 - transition, transition], [transition, 1 - transition]])
        begin = (start, trans, np.array([[0.0], [far]]), np.array([[[1.0]], [[1.0]]]))
        y = np.array([0.1, -0.4, far, far + 0.3, 0.2, far - 0.6, -0.5])[:, None]
        with np.errstate(invalid="ignore"):
            likelihood, filtered, step = log_space_step(y, *begin, False)
        # Where one state is out of reach its moments are 0/0: nothing to compare with.
        known = {"step": flat(step)} if transition > 0 else {}
        underflow.append(case(2, 1, False, y, begin) | {"logLikelihood": likelihood, "filtered": filtered.ravel().tolist()} | known)
    golden = {"enumeration": enumeration, "trajectories": trajectories, "underflow": underflow}
    pathlib.Path(__file__).with_name("hmm.golden.json").write_text(json.dumps(golden) + "\n")


main()
