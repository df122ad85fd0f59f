"""
The answers of scikit-learn that the tests compare with. Needs numpy and scikit-learn 1.9.1:

    python scikit-learn.py > scikit-learn.json

`target` and `prediction` are positions in the declared classes 0 … classes-1; an abstention is -1, a label that scikit-learn sees in
the predictions and that `labels=` leaves out of every average. `undefined` lists the classes whose value is 0 / 0, found by passing
zero_division=nan; the averages are those of zero_division=0.
"""

import json
import sys
import warnings

import numpy as np
import sklearn
from sklearn.metrics import accuracy_score, balanced_accuracy_score, confusion_matrix, precision_recall_fscore_support

warnings.simplefilter("ignore")
names = ["precision", "recall", "f1"]


def case(about, classes, target, prediction):
    labels = list(range(classes))
    extended = labels + [-1]

    def scores(average, zero_division):
        return precision_recall_fscore_support(target, prediction, labels=labels, average=average, zero_division=zero_division)

    exact = scores(None, np.nan)
    confusion = confusion_matrix(target, prediction, labels=extended)
    answered = [i for i in range(len(target)) if prediction[i] != -1]
    out = {
        "about": about,
        "classes": classes,
        "target": target,
        "prediction": prediction,
        "accuracy": accuracy_score(target, prediction),
        "accuracy_answered": accuracy_score([target[i] for i in answered], [prediction[i] for i in answered]) if answered else None,
        "balanced_accuracy": balanced_accuracy_score(target, prediction),
        "support": [int(s) for s in exact[3]],
        "answered": confusion[:-1, :-1].tolist(),
        "abstained": confusion[:-1, -1].tolist(),
        "per_class": {name: [None if np.isnan(v) else float(v) for v in exact[k]] for k, name in enumerate(names)},
    }
    for average in ["macro", "weighted", "micro"]:
        got = scores(average, 0)
        out[average] = {name: float(got[k]) for k, name in enumerate(names)}
    return out


random = np.random.default_rng(20240601)
cases = [
    case("one sample, right", 2, [1], [1]),
    case("one sample, wrong", 2, [1], [0]),
    case("one declared class", 1, [0, 0, 0], [0, 0, 0]),
    case("only one of three classes occurs", 3, [1, 1, 1, 1], [1, 1, 0, 2]),
    case("a class that is never predicted", 3, [0, 1, 2, 2, 1, 0], [0, 1, 1, 0, 1, 0]),
    case("a class without samples that is predicted", 3, [0, 1, 0, 1], [0, 2, 2, 1]),
    case("a class that occurs on neither side", 4, [0, 1, 2, 0], [0, 2, 1, 0]),
    case("everything wrong", 3, [0, 1, 2, 0], [1, 2, 0, 2]),
    case("two classes of the same size", 2, [0, 0, 1, 1], [0, 1, 0, 1]),
    case("one of four is abstained from", 2, [0, 0, 1, 1], [0, -1, 1, 0]),
    case("a class that is always abstained from", 3, [0, 1, 2, 2], [0, 1, -1, -1]),
    case("everything is abstained from", 2, [0, 1, 1], [-1, -1, -1]),
]
for index in range(40):
    classes = int(random.integers(1, 12))
    n = int(random.integers(1, 300))
    occurring = random.choice(classes, size=int(random.integers(1, classes + 1)), replace=False)
    target = random.choice(occurring, size=n)
    guess = random.integers(0, classes, size=n)
    prediction = np.where(random.random(n) < random.random(), target, guess)
    if index % 2 == 1:
        prediction = np.where(random.random(n) < 0.25 * random.random(), -1, prediction)
    cases.append(case(f"random {index}", classes, target.tolist(), prediction.tolist()))

json.dump({"about": "written by scikit-learn.py", "scikit_learn": sklearn.__version__, "cases": cases}, sys.stdout, separators=(",", ":"))
sys.stdout.write("\n")
