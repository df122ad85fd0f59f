"""
Reference answers for group fairness. Needs fairlearn 0.15.0 with scikit-learn:

    python fairness.py > fairness.json

Fairlearn gives 0 for a rate over nobody; only cases in which every group has both classes are kept, so that every rate is one.
"""

import json
import sys
import warnings

import fairlearn
import numpy as np
import sklearn
from fairlearn.metrics import (
    MetricFrame,
    demographic_parity_difference,
    demographic_parity_ratio,
    equal_opportunity_difference,
    equal_opportunity_ratio,
    equalized_odds_difference,
    equalized_odds_ratio,
    false_positive_rate,
    selection_rate,
    true_positive_rate,
)
from sklearn.metrics import accuracy_score

warnings.filterwarnings("ignore")
rng = np.random.default_rng(2019)
RATES = {
    "accuracy": accuracy_score,
    "selection_rate": selection_rate,
    "true_positive_rate": true_positive_rate,
    "false_positive_rate": false_positive_rate,
}
SUMMARIES = {
    "demographic_parity_difference": demographic_parity_difference,
    "demographic_parity_ratio": demographic_parity_ratio,
    "equalized_odds_difference": equalized_odds_difference,
    "equalized_odds_ratio": equalized_odds_ratio,
    "equal_opportunity_difference": equal_opportunity_difference,
    "equal_opportunity_ratio": equal_opportunity_ratio,
}


def finite(value):
    return float(value) if np.isfinite(value) else None


cases = []
while len(cases) < 210:
    n, groups = int(rng.integers(8, 90)), int(rng.integers(2, 6))
    group = rng.integers(0, groups, n)
    truth = (rng.random(n) < rng.choice([0.3, 0.5, 0.7])).astype(int)
    skill = rng.choice([0.0, 0.6, 0.8, 1.0])
    answer = np.where(rng.random(n) < skill, truth, (rng.random(n) < 0.2 + 0.1 * group).astype(int))
    if any(len(set(truth[group == each])) < 2 for each in set(group)) or len(set(group)) < 2:
        continue
    frame = MetricFrame(metrics=RATES, y_true=truth, y_pred=answer, sensitive_features=group)
    cases.append(
        {
            "group": "".join(map(str, group)),
            "truth": "".join(map(str, truth)),
            "answer": "".join(map(str, answer)),
            "rates": {str(each): {name: float(value) for name, value in row.items()} for each, row in frame.by_group.iterrows()},
            "difference": {name: float(value) for name, value in frame.difference().items()},
            "ratio": {name: finite(value) for name, value in frame.ratio().items()},
            "summary": {name: finite(metric(truth, answer, sensitive_features=group)) for name, metric in SUMMARIES.items()},
        }
    )
json.dump(
    {"about": "written by fairness.py", "fairlearn": fairlearn.__version__, "scikit-learn": sklearn.__version__, "cases": cases},
    sys.stdout,
    separators=(",", ":"),
)
sys.stdout.write("\n")
