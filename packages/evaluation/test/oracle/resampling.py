"""
Reference answers for bootstrap intervals, permutation, signed ranks and Holm's correction. Needs scipy 1.17.1, statsmodels 0.15.0, numpy:

    python resampling.py > resampling.json

An interval is compared given the same resamples: scipy's distribution is rounded to 7 digits, stored, and handed back to scipy, so that
both sides cut the same numbers. What leaves a sample out is computed by either side for itself.
"""

import json
import sys
import warnings

import numpy as np
import scipy
import statsmodels
from scipy.stats import PermutationMethod, bootstrap, norm, permutation_test, wilcoxon
from statsmodels.stats.multitest import multipletests

warnings.filterwarnings("ignore")
rng = np.random.default_rng(1987)

STATISTICS = {
    "mean": lambda x, axis=-1: np.mean(x, axis=axis),
    "deviation": lambda x, axis=-1: np.std(x, axis=axis, ddof=1),
    "ratio": lambda x, y, axis=-1: np.sum(x, axis=axis) / np.sum(y, axis=axis),
}


def sample(kind, n):
    if kind == "bernoulli":
        return (rng.random(n) < rng.choice([0.1, 0.5, 0.9])).astype(float)
    if kind == "skewed":
        return np.round(rng.exponential(3, n), 3)
    return np.round(rng.normal(rng.normal(), 2, n), 3)


def intervals():
    cases, degenerate = [], 0
    while len(cases) < 240:
        index = len(cases) + degenerate
        name = ["mean", "deviation", "ratio"][index % 3]
        method = ["BCa", "percentile"][(index // 3) % 4 == 3]
        n = int(rng.integers(4, 40))
        x = sample(["normal", "skewed", "bernoulli"][(index // 3) % 3], n)
        data = (x,) if name != "ratio" else (x, np.round(rng.uniform(1, 3, n), 3))
        confidence = float(rng.choice([0.5, 0.8, 0.9, 0.95, 0.99]))
        keys = dict(paired=name == "ratio", confidence_level=confidence, vectorized=True, method=method, rng=rng)
        found = bootstrap(data, STATISTICS[name], n_resamples=int(rng.choice([1, 2, 9, 40, 41, 60])), **keys)
        found.bootstrap_distribution = np.round(found.bootstrap_distribution, 7)
        again = bootstrap(data, STATISTICS[name], n_resamples=0, bootstrap_result=found, **keys)
        low, high = float(again.confidence_interval.low), float(again.confidence_interval.high)
        if not (np.isfinite(low) and np.isfinite(high)):
            degenerate += 1
            continue
        cases.append(
            {
                "statistic": name,
                "method": method.lower(),
                "confidence": confidence,
                "data": [each.tolist() for each in data],
                "observed": float(STATISTICS[name](*data)),
                "resampled": found.bootstrap_distribution.tolist(),
                "low": low,
                "high": high,
            }
        )
    return cases


def signed_ranks():
    cases = []
    for index in range(130):
        n = int(rng.integers(1, 50)) if index < 70 else int(rng.integers(2, 11)) if index < 100 else int(rng.integers(51, 200))
        d = np.round(rng.normal(rng.choice([0, 0.3, 1]), 1, n), 9)
        if index >= 70:
            d = np.round(d * 3)  # ties and zeros
        if not np.any(d):
            d[0] = 1
        changed = d[d != 0]
        exact = index < 100
        method = "approx"
        if exact:
            tied = len(set(np.abs(changed))) < len(changed)
            method = PermutationMethod(n_resamples=np.inf) if tied else "exact"
        if not exact and len(changed) <= 50:
            continue
        found = wilcoxon(changed, zero_method="wilcox", correction=False, method=method)
        cases.append({"differences": d.tolist(), "by": "exact" if exact else "normal", "statistic": float(found.statistic), "p": float(found.pvalue)})
    return cases


def permutations():
    cases = []
    for _ in range(60):
        n = int(rng.integers(2, 10))
        a, b = (rng.random(n) < 0.4).astype(int), (rng.random(n) < 0.7).astype(int)
        found = permutation_test((a, b), lambda x, y: np.mean(y) - np.mean(x), permutation_type="samples", n_resamples=np.inf)
        cases.append({"a": a.tolist(), "b": b.tolist(), "p": float(found.pvalue)})
    return cases


def corrections():
    cases = []
    for size in list(range(1, 13)) * 4:
        p = np.round(rng.random(size) ** rng.choice([1, 3]), int(rng.choice([1, 6])))
        cases.append({"p": p.tolist(), "holm": multipletests(p, method="holm")[1].tolist()})
    return cases


json.dump(
    {
        "about": "written by resampling.py",
        "scipy": scipy.__version__,
        "statsmodels": statsmodels.__version__,
        "numpy": np.__version__,
        "tails": [{"z": z, "below": float(norm.cdf(z)), "above": float(norm.sf(abs(z)))} for z in [-8, -3.5, -3, -1.96, -0.1, 0, 0.5, 2.999, 3, 5, 10, 20, 37]],
        "intervals": intervals(),
        "signed_ranks": signed_ranks(),
        "permutations": permutations(),
        "holm": corrections(),
    },
    sys.stdout,
    separators=(",", ":"),
)
sys.stdout.write("\n")
