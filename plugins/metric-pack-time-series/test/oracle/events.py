"""
Matched events that the tests of `time-series-events` compare with. Needs numpy, scipy, mir_eval 0.8.2 and
aeon 1.6.0, which brings series 135 of the KDD-TSAD archive:

    python events.py > events.json

Two kinds of cases, both of one recording and one label:
- `onsets`: mir_eval.onset.f_measure, a maximum matching of starts within a window;
- `overlaps`: overlap@1 by its definition, written over all pairs, and the largest number of pairs that any assignment has
  (scipy.optimize.linear_sum_assignment), which is reported as `most`.
Four cases of overlaps are the anomaly of that series against those of a detector (a large second difference, widened by 4 samples); for
them `recall` is the range-based recall of aeon with existence alone (Tatbul et al. 2018, alpha = 1).
All drawn times are multiples of 1/8, so that no bound is met or missed by rounding.
"""

import json
import pathlib
import sys

import aeon
import mir_eval
import numpy as np
import scipy
from aeon.benchmarking.metrics.anomaly_detection import range_recall
from scipy.optimize import linear_sum_assignment


def iou(a, b):
    shared = min(a[1], b[1]) - max(a[0], b[0])
    return 0.0 if shared <= 0 else shared / (max(a[1], b[1]) - min(a[0], b[0]))


def overlaps(about, target, prediction, min_iou):
    pairs = [(iou(t, p), t, p, i, j) for i, t in enumerate(target) for j, p in enumerate(prediction)]
    pairs = [pair for pair in pairs if pair[0] >= min_iou]
    matched, left, right = [], set(), set()
    while True:
        free = [pair for pair in pairs if pair[3] not in left and pair[4] not in right]
        if not free:
            break
        best = min(free, key=lambda pair: (-pair[0], pair[1], pair[2]))
        matched.append([best[1], best[2]])
        left.add(best[3])
        right.add(best[4])
    most = 0
    if target and prediction:
        allowed = np.array([[1.0 if iou(t, p) >= min_iou else 0.0 for p in prediction] for t in target])
        rows, columns = linear_sum_assignment(-allowed)
        most = int(allowed[rows, columns].sum())
    onset = sum(abs(p[0] - t[0]) for t, p in matched) / len(matched) if matched else None
    return {
        "about": about, "min_iou": min_iou, "target": target, "prediction": prediction,
        "matched": len(matched), "most": most, "onset_error": onset,
    }


def onsets(about, target, prediction, window):
    target, prediction = sorted(target), sorted(prediction)
    f, p, r = mir_eval.onset.f_measure(np.array(target, float), np.array(prediction, float), window=window)
    matched = len(mir_eval.util.match_events(np.array(target, float), np.array(prediction, float), window)) if target and prediction else 0
    return {
        "about": about, "tolerance": window, "target": target, "prediction": prediction,
        "matched": matched, "precision": p, "recall": r, "f1": f,
    }


random = np.random.default_rng(20240603)


def eighths(low, high, size):
    return (random.integers(low * 8, high * 8, size) / 8).tolist()


def disjoint(n):
    cuts = sorted(set(random.integers(0, 400, 2 * n).tolist()))
    return [[cuts[k] / 8, cuts[k + 1] / 8] for k in range(0, len(cuts) - 1, 2)]


def overlapping(n):
    return [[s, s + d] for s, d in zip(eighths(0, 12, n), (random.integers(1, 40, n) / 8).tolist())]


found = [
    overlaps("the same event", [[0, 1]], [[0, 1]], 1.0),
    overlaps("exactly the threshold", [[0, 2]], [[0, 1]], 0.5),
    overlaps("just below the threshold", [[0, 2]], [[0, 0.875]], 0.5),
    overlaps("touching ends", [[0, 1]], [[1, 2]], 0.125),
    overlaps("no answer", [[0, 1]], [], 0.5),
    overlaps("nothing to find", [], [[0, 1]], 0.5),
    overlaps("two equal true events, one answer", [[0, 1], [0, 1]], [[0, 1]], 0.5),
    overlaps("two equal answers", [[0, 1]], [[0, 1], [0, 1]], 0.5),
    overlaps("a tie between two answers", [[1, 3]], [[0, 2], [2, 4]], 0.25),
    overlaps("a tie between two true events", [[0, 2], [2, 4]], [[1, 3]], 0.25),
    overlaps("greedy takes one pair where two could be", [[0, 4], [3, 7]], [[2, 6], [6, 7]], 0.25),
    overlaps("greedy by overlap finds fewer than there are", [[0, 8], [6, 10]], [[2, 10], [0, 3]], 0.25),
    overlaps("one answer over many events", [[0, 1], [2, 3], [4, 5]], [[0, 5]], 0.125),
]
for index in range(70):
    found.append(overlaps(f"disjoint {index}", disjoint(int(random.integers(1, 12))), disjoint(int(random.integers(1, 12))), float(random.choice([0.25, 0.5, 0.625, 0.75]))))
for index in range(70):
    found.append(overlaps(f"overlapping {index}", overlapping(int(random.integers(0, 12))), overlapping(int(random.integers(0, 12))), float(random.choice([0.125, 0.25, 0.5, 0.75]))))

folder = pathlib.Path(aeon.__file__).parent / "datasets" / "data" / "KDD-TSAD_135"
series = np.genfromtxt(folder / "135_UCR_Anomaly_InternalBleeding16_TEST.csv", delimiter=",", skip_header=1)
change = np.abs(np.diff(series[:, 1], 2, prepend=[series[0, 1]] * 2))


def spans(flags):
    return np.flatnonzero(np.diff(np.r_[0, flags, 0])).reshape(-1, 2).tolist()


for percent in (99, 99.5, 99.7, 99.9):
    flags = np.convolve(change > np.percentile(change, percent), np.ones(9), "same") > 0
    truth = series[:, 2].astype(int)
    real = overlaps(f"KDD-TSAD 135, second differences above {percent} %", spans(truth), spans(flags.astype(int)), 0.5)
    found.append({**real, "recall": float(range_recall(truth, flags.astype(int), alpha=1))})

points = [
    onsets("the same start", [1.0], [1.0], 0.0),
    onsets("exactly the tolerance", [1.0], [1.5], 0.5),
    onsets("just beyond the tolerance", [1.0], [1.625], 0.5),
    onsets("one answer between two events", [1.0, 2.0], [1.5], 0.5),
    onsets("two answers to one event", [1.0], [0.75, 1.25], 0.5),
    onsets("the nearest partner is not the one", [1.0, 1.5], [1.5, 2.0], 0.5),
    onsets("equal starts", [1.0, 1.0], [1.0, 1.0, 1.0], 0.0),
]
for index in range(90):
    points.append(onsets(f"starts {index}", eighths(0, 12, int(random.integers(1, 20))), eighths(0, 12, int(random.integers(1, 20))), float(random.choice([0.0, 0.125, 0.25, 0.5, 1.0]))))

about = {"about": "written by events.py", "mir_eval": mir_eval.__version__, "scipy": scipy.__version__, "numpy": np.__version__, "aeon": aeon.__version__}
json.dump({**about, "overlaps": found, "onsets": points}, sys.stdout, separators=(",", ":"))
sys.stdout.write("\n")
