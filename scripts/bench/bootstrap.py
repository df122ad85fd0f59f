"""
The peers of row `statistics`: a bootstrap of the metrics of a classification, by numpy as a multinomial of the confusion matrix, and by
scikit-learn, which scores every resample anew.

    python bootstrap.py numpy|scikit-learn TRUTH ANSWER CLASSES RESAMPLES

TRUTH and ANSWER hold one byte a sample. Prints seconds and the percentile interval of accuracy as JSON; reading the files is not counted.
"""

import json
import platform
import sys
import time

import numpy as np
import sklearn
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, matthews_corrcoef, precision_recall_fscore_support

peer, truth_path, answer_path = sys.argv[1:4]
classes, resamples = int(sys.argv[4]), int(sys.argv[5])
truth, answer = np.fromfile(truth_path, dtype=np.uint8), np.fromfile(answer_path, dtype=np.uint8)
n = len(truth)
rng = np.random.default_rng(1)


def of_matrices(m):
    """Accuracy, precision, recall and F1 of every class, their means, Matthews' correlation: a row for each confusion matrix."""
    hits, rows, columns = np.diagonal(m, axis1=1, axis2=2), m.sum(axis=2), m.sum(axis=1)
    precision, recall, f1 = hits / columns, hits / rows, 2 * hits / (rows + columns)
    correct = hits.sum(axis=1)
    covariance = correct * n - (rows * columns).sum(axis=1)
    mcc = covariance / np.sqrt((n * n - (rows**2).sum(axis=1)).astype(float) * (n * n - (columns**2).sum(axis=1)))
    means = [each.mean(axis=1, keepdims=True) for each in (precision, recall, f1)]
    return np.hstack([(correct / n)[:, None], mcc[:, None], precision, recall, f1, *means])


def of_samples(t, a):
    precision, recall, f1, _ = precision_recall_fscore_support(t, a, zero_division=0)
    return np.concatenate([[np.mean(t == a), matthews_corrcoef(t, a), balanced_accuracy_score(t, a)], precision, recall, f1])


start = time.perf_counter()
if peer == "numpy":
    matrix = confusion_matrix(truth, answer, labels=np.arange(classes))
    drawn = rng.multinomial(n, (matrix / n).ravel(), size=resamples).reshape(resamples, classes, classes)
    values = of_matrices(drawn)
else:
    draws = (rng.integers(0, n, n) for _ in range(resamples))
    values = np.array([of_samples(truth[at], answer[at]) for at in draws])
low, high = np.quantile(values, [0.025, 0.975], axis=0)
took = time.perf_counter() - start
versions = f"Python {platform.python_version()}, numpy {np.__version__}, scikit-learn {sklearn.__version__}"
print(json.dumps({"seconds": took, "low": low[0], "high": high[0], "versions": versions}))
