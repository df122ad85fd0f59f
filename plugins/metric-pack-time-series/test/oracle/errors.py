"""
The answers of scikit-learn that the tests of `time-series` compare with. Needs numpy, scikit-learn 1.9.1 and aeon 1.6.0, which brings the
monthly airline passengers (Box and Jenkins) and the yearly lynx trappings (Elton and Nicholson):

    python errors.py > errors.json

`target` and `prediction` hold numbers or vectors. `expected` has what scikit-learn gives, null where it gives nan; for vectors
`outputs` has the values of each output as well, and `max_error` is left out of the average, because scikit-learn has none.
"""

import json
import pathlib
import sys
import warnings

import aeon
import numpy as np
import sklearn
from sklearn import metrics

warnings.simplefilter("ignore")

functions = {
    "mae": metrics.mean_absolute_error,
    "mse": metrics.mean_squared_error,
    "rmse": metrics.root_mean_squared_error,
    "mape": metrics.mean_absolute_percentage_error,
    "median_ae": metrics.median_absolute_error,
    "max_error": metrics.max_error,
    "r2": metrics.r2_score,
    "explained_variance": metrics.explained_variance_score,
}


def number(value):
    return None if np.isnan(value) else float(value)


def case(about, target, prediction):
    target = np.asarray(target, dtype=float)
    prediction = np.asarray(prediction, dtype=float)
    out = {"about": about, "target": target.tolist(), "prediction": prediction.tolist()}
    if target.ndim == 1:
        out["expected"] = {name: number(f(target, prediction)) for name, f in functions.items()}
    else:
        out["expected"] = {name: number(f(target, prediction)) for name, f in functions.items() if name != "max_error"}
        out["outputs"] = [
            {name: number(f(target[:, k], prediction[:, k])) for name, f in functions.items()} for k in range(target.shape[1])
        ]
    return out


random = np.random.default_rng(20240602)
cases = [
    case("one sample, right", [2.5], [2.5]),
    case("one sample, wrong", [2.5], [3.0]),
    case("one sample, target 0", [0.0], [0.5]),
    case("two samples", [1, 2], [2, 1]),
    case("everything right", [1, 2, 3], [1, 2, 3]),
    case("equal targets, everything right", [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]),
    case("equal targets, some wrong", [0.5, 0.5, 0.5], [0.5, 1.0, 0.25]),
    case("equal targets, one error throughout", [0.5, 0.5, 0.5], [0.75, 0.75, 0.75]),
    case("equal answers", [1, 2, 4], [3, 3, 3]),
    case("the mean is answered", [1, 2, 6], [3, 3, 3]),
    case("one error throughout", [1, 2, 4], [1.5, 2.5, 4.5]),
    case("the wrong sign", [1, -2, 3], [-1, 2, -3]),
    case("a target 0 that is answered with 0", [0, 1, 2], [0, 1.5, 2]),
    case("a target 0 that is missed", [0, 1, 2], [0.25, 1, 2]),
    case("targets 0 alone", [0, 0, 0], [0.5, 0, -1]),
    case("a target below 2^-52", [1e-20, 1, 2], [1e-19, 1, 2]),
    case("minus zero", [-0.0, 0.0, 1.0], [0.0, -0.0, 2.0]),
    case("a large offset", [1e9, 1e9 + 1, 1e9 + 2, 1e9 + 4], [1e9 + 0.5, 1e9 + 1, 1e9 + 2.5, 1e9 + 3]),
    case("small numbers", [1e-150, 2e-150, 4e-150], [1.5e-150, 2e-150, 3e-150]),
    case("large numbers", [1e150, 2e150, -4e150], [1.5e150, 2e150, -3e150]),
    case("an even number of errors for the median", [0, 0, 0, 0], [1, 2, 4, 8]),
    case("an odd number of errors for the median", [0, 0, 0, 0, 0], [8, 1, 4, 2, 16]),
    case("one outlier", [1, 2, 3, 4, 5], [1, 2, 3, 4, 1005]),
    case("vectors: one sample", [[1, 2]], [[2, 2]]),
    case("vectors: one output", [[1], [2], [4]], [[1], [3], [3]]),
    case("vectors: an output with equal targets, right", [[1, 5], [2, 5], [4, 5]], [[1, 5], [3, 5], [3, 5]]),
    case("vectors: an output with equal targets, wrong", [[1, 5], [2, 5], [4, 5]], [[1, 5], [3, 6], [3, 4.5]]),
    case("vectors: everything right", [[1, 2], [3, 4]], [[1, 2], [3, 4]]),
    case("vectors: an output whose targets are 0", [[1, 0], [2, 0], [3, 0]], [[1, 0], [2, 1], [3, 0]]),
]
for index in range(150):
    n = int(random.integers(2, 60))
    scale = 10.0 ** random.integers(-6, 7)
    target = random.normal(random.normal() * scale, scale, n)
    prediction = target * random.normal(1, 0.3) + random.normal(0, scale * random.random(), n)
    if index % 5 == 0:  # quarters: ties in targets and errors, zeros among them
        target, prediction = np.round(target / scale * 4) / 4, np.round(prediction / scale * 4) / 4
    else:
        target, prediction = (np.array([float(f"{v:.6g}") for v in each]) for each in (target, prediction))
    cases.append(case(f"random {index}", target, prediction))
for index in range(60):
    n, d = int(random.integers(2, 25)), int(random.integers(2, 6))
    target = np.round(random.normal(random.normal(size=d) * 3, 1 + random.random(d), (n, d)), 4)
    prediction = np.round(target + random.normal(0, random.random(d), (n, d)), 4)
    if index % 4 == 0:
        target[:, 0] = 0.5
    cases.append(case(f"random vectors {index}", target, prediction))

folder = pathlib.Path(aeon.__file__).parent / "datasets" / "data"


def series(name):
    return np.genfromtxt(folder / name / f"{name}.csv", delimiter=",", skip_header=1)[:, 1]


airline, lynx = series("Airline"), series("Lynx")
cases += [
    case("airline passengers, answered with those of the month before", airline[1:], airline[:-1]),
    case("airline passengers, answered with those of a year before", airline[12:], airline[:-12]),
    case("lynx trappings, answered with those of the year before", lynx[1:], lynx[:-1]),
    case("lynx trappings, answered with their mean", lynx, np.full(len(lynx), 1538.0)),
    case("airline passengers and lynx trappings as a vector", np.c_[airline[1:114], lynx[1:114]], np.c_[airline[:113], lynx[:113]]),
]

about = {"about": "written by errors.py", "scikit_learn": sklearn.__version__, "numpy": np.__version__, "aeon": aeon.__version__}
json.dump({**about, "cases": cases}, sys.stdout, separators=(",", ":"))
sys.stdout.write("\n")
