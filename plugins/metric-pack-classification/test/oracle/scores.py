"""
What scikit-learn says about files of answers with scores. Needs numpy and scikit-learn 1.9.1:

    python scores.py > scores.json

A case is what a file holds: `target`, `prediction` (null is an abstention) and `scores`, one list per sample whose columns are
`columns`; `form` says how the test writes the scores into the file, `option` what is said on the command line. `expected` holds the
twelve numbers of the command line and `more` those that only the pack gives; null is a value that scikit-learn refuses or gives NaN for.

The calls are those of somebody who scores the file with scikit-learn's defaults: labels are the sorted union of targets and predictions,
an abstention is one more label of the predictions, classes of the scores are passed as `labels`.
"""

import json
import math
import sys
import warnings

import numpy as np
import sklearn
from sklearn.calibration import calibration_curve
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    brier_score_loss,
    cohen_kappa_score,
    f1_score,
    log_loss,
    matthews_corrcoef,
    precision_score,
    recall_score,
    roc_auc_score,
    top_k_accuracy_score,
)
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

warnings.simplefilter("ignore")
bins = 15


def number(value):
    value = float(value)
    return None if math.isnan(value) else value


def answers(y, p):
    labels = sorted(set(y) | {each for each in p if each is not None})
    silent = min(labels) - 1 if isinstance(y[0], int) else "\0no answer"
    given = np.array([silent if each is None else each for each in p])
    y = np.array(y)
    macro = {"labels": labels, "average": "macro", "zero_division": 0}
    return {
        "accuracy": number(accuracy_score(y, given)),
        "balanced_accuracy": number(balanced_accuracy_score(y, given)),
        "macro_precision": number(precision_score(y, given, **macro)),
        "macro_recall": number(recall_score(y, given, **macro)),
        "macro_f1": number(f1_score(y, given, **macro)),
        "micro_f1": number(f1_score(y, given, labels=labels, average="micro", zero_division=0)),
        "mcc": number(matthews_corrcoef(y, given)),
        "kappa": number(cohen_kappa_score(y, given)),
    }


def first_of(row):
    """The class that scikit-learn's top-k puts first: of equal ones the later, of two classes the earlier."""
    if len(row) == 2:
        return int(row[1] > row[0])
    return int(np.argsort(row, kind="mergesort")[::-1][0])


def judged(y, columns, scores, k):
    nothing = {"log_loss": None, "brier": None, "roc_auc": None, "top_k": None}
    more = {"ece": None, "average_precision": None, "average_precision_macro": None, "roc_auc_each": None, "reliability": None}
    if scores is None or not set(y) <= set(columns):
        return nothing, more
    y = np.array(y)
    s = np.array(scores, dtype=float)
    sums = s.sum(axis=1)
    tolerance = min(0.05, 0.005 * len(columns)) + 1e-9
    probabilities = len(columns) > 1 and s.min() >= 0 and s.max() <= 1 and np.all(np.abs(sums - 1) <= tolerance)
    out = dict(nothing)
    if probabilities:
        out["log_loss"] = number(log_loss(y, s, labels=columns))
        out["brier"] = number(brier_score_loss(y, s, labels=columns))
    each = [number(roc_auc_score(y == c, s[:, i])) if 0 < np.sum(y == c) < len(y) else None for i, c in enumerate(columns)]
    if len(columns) == 2:
        out["roc_auc"] = number(roc_auc_score(y, s[:, 1]))
    elif len(columns) > 2 and None not in each:
        ranks = float(np.mean(each))
        if np.allclose(1, sums):
            given = float(roc_auc_score(y, s, multi_class="ovr", average="macro", labels=columns))
            assert abs(given - ranks) < 1e-14
        out["roc_auc"] = ranks
    if len(columns) == 1:
        out["top_k"] = 1.0
    else:
        out["top_k"] = number(top_k_accuracy_score(y, s[:, 1] if len(columns) == 2 else s, k=k, labels=columns))
    precision = [number(average_precision_score(y == c, s[:, i])) for i, c in enumerate(columns)]
    more["average_precision"] = [value if np.any(y == c) else None for value, c in zip(precision, columns)]
    more["average_precision_macro"] = float(np.mean(precision))
    more["roc_auc_each"] = each
    if probabilities:
        right = np.array([columns[first_of(row)] == truth for row, truth in zip(s, y)])
        top = s.max(axis=1)
        bin_of = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], top)
        more["ece"] = float(
            sum(np.sum(bin_of == b) * abs(np.mean(right[bin_of == b]) - np.mean(top[bin_of == b])) for b in set(bin_of.tolist())) / len(y)
        )
        true_, predicted = calibration_curve(right, top, n_bins=bins, pos_label=True)
        more["reliability"] = [[float(a), float(b)] for a, b in zip(predicted, true_)]
    return out, more


def case(about, target, prediction, columns=None, scores=None, form="array", k=None, option=None):
    out, more = judged(target, columns, scores, 2 if k is None else k)
    return {
        "about": about,
        "target": target,
        "prediction": prediction,
        "columns": columns,
        "scores": scores,
        "form": "none" if scores is None else form,
        "option": {**({} if k is None else {"k": str(k)}), **(option or {})},
        "expected": {**answers(target, prediction), **out},
        "more": more,
    }


random = np.random.default_rng(20260604)
cases = []

# Models on the data sets that come with scikit-learn.
models = {
    "logistic regression": lambda: make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)),
    "naive Bayes": lambda: GaussianNB(),
    "decision tree": lambda: DecisionTreeClassifier(max_depth=3, random_state=0),
    "3 neighbours": lambda: KNeighborsClassifier(3),
    "forest of 12": lambda: RandomForestClassifier(12, max_depth=4, random_state=0),
}
for name, load in {"iris": load_iris, "wine": load_wine, "breast cancer": load_breast_cancer, "digits": load_digits}.items():
    data = load()
    x, rest, y, truth = train_test_split(data.data, data.target, test_size=60, random_state=1, stratify=data.target)
    for index, (model_name, model) in enumerate(models.items()):
        fitted = model().fit(x, y)
        proba = fitted.predict_proba(rest)
        answer = fitted.predict(rest).tolist()
        target = truth.tolist()
        columns = fitted.classes_.tolist()
        if name != "digits" and index % 2 == 0:
            names = [str(each) for each in data.target_names]
            order = sorted(range(len(names)), key=lambda i: names[i])
            target, answer = [names[i] for i in target], [names[i] for i in answer]
            columns = [names[i] for i in order]
            proba = proba[:, order]
        if index == 3:
            answer = [None if p.max() < 0.9 else a for a, p in zip(answer, proba)]
        if index == 4:
            proba = proba.round(3)
        form = ["array", "object", "array", "object", "object"][index]
        cases.append(case(f"{name}, {model_name}", target, answer, columns, proba.tolist(), form, k=[None, 1, 3, 2, None][index]))

# By hand.
half = [[0.5, 0.5]] * 4
cases += [
    case("no scores at all", [0, 1, 1], [0, 1, 0]),
    case("one sample", ["a"], ["a"]),
    case("one sample, wrong", ["a"], ["b"]),
    case("one class, no scores", [7, 7, 7], [7, 7, 7]),
    case("one class, scores of one class", [7, 7, 7], [7, 7, 7], [7], [[1.0], [0.5], [1.0]], "object"),
    case("one class of the two that have scores", [1, 1, 1], [1, 1, 1], [0, 1], [[0.1, 0.9], [0.5, 0.5], [0.7, 0.3]], "object"),
    case("one class of the two that have scores, k 1", [1, 1, 1], [1, 1, 1], [0, 1], [[0.1, 0.9], [0.5, 0.5], [0.7, 0.3]], "object", k=1),
    case("one class true, two answered", ["n", "n", "n"], ["n", "y", "n"], ["n", "y"], [[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]]),
    case("all abstained, no scores", [0, 1, 1], [None, None, None]),
    case("all abstained, scores", [0, 1, 1], [None, None, None], [0, 1], [[0.9, 0.1], [0.5, 0.5], [0.75, 0.25]]),
    case("all abstained, one class", ["x", "x"], [None, None]),
    case("all wrong", [0, 1, 2, 0], [1, 2, 0, 2], [0, 1, 2], [[0.2, 0.5, 0.3], [0.25, 0.25, 0.5], [0.5, 0.25, 0.25], [0, 0, 1]]),
    case("perfect", [0, 1, 2], [0, 1, 2], [0, 1, 2], np.eye(3).tolist()),
    case("perfectly wrong", [0, 1, 2], [1, 2, 0], [0, 1, 2], np.roll(np.eye(3), 1, axis=1).tolist()),
    case("all scores equal, two classes, k 1", [0, 1, 0, 1], [0, 0, 0, 0], [0, 1], half, k=1),
    case("all scores equal, two classes", [0, 1, 0, 1], [0, 0, 0, 0], [0, 1], half),
    case("all scores equal, four classes, k 1", [0, 1, 2, 3], [0, 0, 0, 0], [0, 1, 2, 3], [[0.25] * 4] * 4, "object", k=1),
    case("all scores equal, four classes", [0, 1, 2, 3], [0, 1, 2, 3], [0, 1, 2, 3], [[0.25] * 4] * 4),
    case("all scores equal, four classes, k 3", [0, 1, 2, 3], [0, 1, 2, 3], [0, 1, 2, 3], [[0.25] * 4] * 4, k=3),
    case("k above the number of classes", [0, 1, 2], [0, 1, 2], [0, 1, 2], [[0, 0, 1], [1, 0, 0], [0, 1, 0]], k=9),
    case("negative numbers as classes", [-1, 1, -1, 1, 1], [-1, 1, 1, 1, -1], [-1, 1], [[0.8, 0.2], [0.3, 0.7], [0.4, 0.6], [0.1, 0.9], [0.6, 0.4]]),
    case("negative numbers by name", [-10, 2, -1, 2], [-10, 2, 2, -1], [-10, -1, 2], [[0.5, 0.25, 0.25], [0, 0.5, 0.5], [0.25, 0.25, 0.5], [0.125, 0.5, 0.375]], "object"),
    case("numbers of several digits", [10, 9, 100, 9], [10, 100, 100, 9], [9, 10, 100], [[0.25, 0.5, 0.25], [0.5, 0, 0.5], [0, 0.25, 0.75], [0.75, 0.25, 0]]),
    case("texts that look like numbers", ["10", "9", "100", "9"], ["10", "100", "100", "9"], ["10", "100", "9"], [[0.5, 0.25, 0.25], [0, 0.5, 0.5], [0.25, 0.75, 0], [0.25, 0, 0.75]]),
    case("texts of other scripts", ["ä", "猫", "Z", "犬", "a"], ["a", "猫", "Z", "猫", "a"], ["Z", "a", "ä", "犬", "猫"], [[0.2, 0.5, 0.1, 0.1, 0.1], [0, 0, 0, 0.25, 0.75], [1, 0, 0, 0, 0], [0, 0, 0, 0.375, 0.625], [0, 0.5, 0.5, 0, 0]]),
    case("texts beyond U+FFFF sort by code point", ["\uff5e", "\U0001f600", "\uff5e"], ["\U0001f600", "\U0001f600", "\uff5e"], ["\uff5e", "\U0001f600"], [[0.25, 0.75], [0.25, 0.75], [0.625, 0.375]]),
    case("texts beyond U+FFFF, three classes", ["\ue000", "\U0001f600", "\ud7ff"], ["\U0001f600", "\U0001f600", "\ud7ff"], ["\ud7ff", "\ue000", "\U0001f600"], [[0.1, 0.3, 0.6], [0.2, 0.3, 0.5], [0.7, 0.2, 0.1]]),
    case("a text that is empty, and one of spaces", ["", " ", ""], ["", "", " "], ["", " "], [[0.75, 0.25], [0.5, 0.5], [0.25, 0.75]], "object"),
    case("classes named like members of every object", ["__proto__", "constructor", "toString"], ["__proto__", "toString", "toString"], ["__proto__", "constructor", "toString"], [[0.5, 0.25, 0.25], [0.25, 0.25, 0.5], [0, 0, 1]], "object"),
    case("classes named like averages", ["macro", "micro", "weighted"], ["macro", "weighted", "weighted"], ["macro", "micro", "weighted"], [[0.5, 0.25, 0.25], [0.25, 0.25, 0.5], [0, 0, 1]]),
    case("an answer of a class that no sample is of", [0, 1, 0, 1], [0, 2, 2, 1], [0, 1, 2], [[0.5, 0.25, 0.25], [0.25, 0.25, 0.5], [0.25, 0.25, 0.5], [0, 1, 0]]),
    case("an answer that has no score", ["a", "b", "a"], ["a", "reject", "a"], ["a", "b"], [[0.75, 0.25], [0.5, 0.5], [0.625, 0.375]], "object"),
    case("an answer that has no score, as arrays", ["a", "b", "a"], ["a", "reject", "a"], ["a", "b"], [[0.75, 0.25], [0.5, 0.5], [0.625, 0.375]]),
    case("a true class that has no score", ["a", "b", "c"], ["a", "b", "a"], ["a", "b"], [[0.75, 0.25], [0.5, 0.5], [0.625, 0.375]], "object"),
    case("scores name classes that do not occur", [1, 3, 1], [1, 3, 3], [0, 1, 2, 3], [[0, 0.5, 0.25, 0.25], [0.25, 0, 0.25, 0.5], [0.25, 0.25, 0, 0.5]], "object"),
    case("arrays of more classes than occur, from 0", [0, 3, 0], [0, 3, 3], [0, 1, 2, 3], [[0.5, 0, 0.25, 0.25], [0.25, 0, 0.25, 0.5], [0.25, 0.25, 0, 0.5]]),
    case("arrays of classes that the command line names", ["lo", "hi", "lo"], ["lo", "hi", "hi"], ["hi", "lo", "mid"], [[0.25, 0.5, 0.25], [0.625, 0.25, 0.125], [0.5, 0.375, 0.125]], "given", option={"classes": "lo,mid,hi"}),
    case("sums of two decimals", [0, 1, 2], [0, 1, 2], [0, 1, 2], [[0.33, 0.33, 0.33], [0.17, 0.67, 0.17], [0.11, 0.22, 0.67]]),
    case("scores that are no probabilities", [0, 1, 2], [0, 1, 2], [0, 1, 2], [[3, -1, 0.5], [2, 5, 1], [0.25, 0.25, 7]]),
    case("scores from 0 to 1 that do not sum to 1", [0, 1, 2], [0, 1, 2], [0, 1, 2], [[0.9, 0.8, 0.1], [0.2, 0.7, 0.1], [0.1, 0.1, 0.9]]),
    case("a score a little above 1", [0, 1], [0, 1], [0, 1], [[1.0000001, 0], [0.25, 0.75]]),
    case("decision values of two classes, k 1", [0, 1, 1, 0], [0, 1, 0, 0], [0, 1], [[2.5, -2.5], [-1, 1], [0, 0], [0, 0]], k=1),
    case("certain and wrong", [0, 1], [1, 0], [0, 1], [[0.0, 1.0], [1.0, 0.0]]),
    case("scores of the size of an epsilon", [0, 1, 0], [1, 0, 0], [0, 1], [[1e-300, 1.0], [1.0, 1e-17], [0.5, 0.5]]),
    case("minus zero and zero", [0, 1, 2], [0, 1, 2], [0, 1, 2], [[-0.0, 0.0, 1.0], [0.0, -0.0, 1.0], [-0.0, 0.0, 1.0]], k=1),
    case("scores on the edges of bins", [0, 1, 0, 1, 0, 1], [0] * 6, [0, 1], [[i / 15, 1 - i / 15] for i in (8, 9, 10, 11, 12, 15)]),
]

# Drawn ones: ties, empty classes, abstentions, rounding, all forms.
alphabet = ["apple", "Apple", "bee", "Ω", "ø", "猫", "\U0001f980", "z z", "7"]
for index in range(210):
    classes = int(random.integers(2, 8))
    n = int(random.integers(1, 45))
    names = [[-3, -1, 0, 2, 10, 11, 200][:classes], sorted(alphabet)[:classes], list(range(classes))][index % 3]
    occurring = random.choice(classes, size=int(random.integers(1, classes + 1)), replace=False) if index % 4 == 1 else np.arange(classes)
    truth = random.choice(occurring, size=n)
    kind = ["dirichlet", "sixteenths", "rounded", "raw"][int(random.integers(0, 4))]
    if kind == "raw":
        scores = (random.normal(size=(n, classes)) * 4).round(1)
        scores[np.arange(n), truth] += 2
    else:
        weights = np.ones((n, classes)) * 0.7
        weights[np.arange(n), truth] += 2 * random.random()
        if kind == "sixteenths":
            scores = np.array([random.multinomial(16, random.dirichlet(w)) for w in weights]) / 16
        else:
            scores = np.array([random.dirichlet(w) for w in weights])
            scores = scores.round(2 if index % 2 else 5) if kind == "rounded" else scores
    best = np.array([first_of(row) for row in scores])
    answer = np.where(random.random(n) < 0.1, random.integers(0, classes, size=n), best)
    silent = random.random(n) < (0.3 * random.random() if index % 2 else 0)
    target = [names[i] for i in truth]
    prediction = [None if quiet else names[i] for i, quiet in zip(answer, silent)]
    union = sorted(set(target) | {each for each in prediction if each is not None})
    form = "array" if union == names and random.random() < 0.6 else "object"
    k = None if index % 3 else int(random.integers(1, classes + 2))
    cases.append(case(f"random {index}, {kind}", target, prediction, names, scores.tolist(), form, k=k))

json.dump(
    {"about": "written by scores.py", "scikit_learn": sklearn.__version__, "numpy": np.__version__, "bins": bins, "cases": cases},
    sys.stdout,
    separators=(",", ":"),
)
sys.stdout.write("\n")
