"""
Reference answers for intervals and tests. Needs scipy 1.17.1, statsmodels 0.15.0, numpy:

    python statistics.py > statistics.json

`bootstrap` holds no draw: the sum of n resampled differences, each -1, 0 or 1, has an exact distribution (a convolution), and so have
its quantiles. Only cases whose quantile is not on the edge between two sums are kept: at least 0.008 of probability away from it.
"""

import json
import sys

import numpy as np
import scipy
import statsmodels
from scipy.stats import norm, t
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

levels = [0.01, 0.5, 0.6827, 0.8, 0.9, 0.95, 0.99, 0.999, 0.999999]
freedoms = list(range(1, 31)) + [40, 59, 60, 99, 100, 999, 1000, 100000, 100001]
# isf of the upper tail keeps the digits that ppf((1 + c) / 2) loses near 1
student = [{"confidence": c, "df": df, "critical": float(t.isf((1 - c) / 2, df))} for c in levels for df in freedoms]
normal = [{"confidence": c, "critical": float(norm.isf((1 - c) / 2))} for c in levels]

wilson = []
for successes, n in [(0, 1), (1, 1), (0, 10), (10, 10), (1, 10), (5, 10), (29, 30), (30, 30), (45, 150), (148, 150), (1, 100000), (77777, 100000)]:
    for c in [0.5, 0.9, 0.95, 0.99]:
        low, high = proportion_confint(successes, n, alpha=1 - c, method="wilson")
        wilson.append({"successes": successes, "n": n, "confidence": c, "low": float(low), "high": float(high)})

exact = []
for only_a, only_b in [(0, 0), (1, 0), (0, 1), (5, 0), (3, 9), (9, 3), (6, 6), (10, 25), (100, 140), (0, 60), (431, 512), (1200, 1100)]:
    exact.append({"only_a": only_a, "only_b": only_b, "p": float(mcnemar([[0, only_a], [only_b, 0]], exact=True).pvalue)})


def bootstrap(both, only_a, only_b, neither, confidence):
    n = both + only_a + only_b + neither
    one = np.array([only_a, both + neither, only_b]) / n
    sums = np.array([1.0])
    for _ in range(n):
        sums = np.convolve(sums, one)
    cumulative = np.cumsum(sums)
    ends = []
    for q in [(1 - confidence) / 2, (1 + confidence) / 2]:
        if np.min(np.abs(cumulative - q)) < 0.008 and 0 < only_a + only_b:
            return None
        ends.append((int(np.searchsorted(cumulative, q)) - n) / n)
    return {
        "both": both, "only_a": only_a, "only_b": only_b, "neither": neither, "confidence": confidence, "low": ends[0], "high": ends[1],
    }


boots = []
for both in [0, 3, 10, 20]:
    for only_a in [0, 1, 4]:
        for only_b in [0, 2, 7]:
            for neither in [0, 5]:
                for confidence in [0.8, 0.9]:
                    if both + only_a + only_b + neither > 0:
                        boots.append(bootstrap(both, only_a, only_b, neither, confidence))

json.dump(
    {
        "about": "written by statistics.py",
        "scipy": scipy.__version__,
        "statsmodels": statsmodels.__version__,
        "student": student,
        "normal": normal,
        "wilson": wilson,
        "mcnemar": exact,
        "bootstrap": [each for each in boots if each is not None],
    },
    sys.stdout,
    separators=(",", ":"),
)
sys.stdout.write("\n")
