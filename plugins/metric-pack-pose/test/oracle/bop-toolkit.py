"""
The answers of BOP toolkit and of scipy that the tests compare with. Needs numpy, scipy and a checkout of github.com/thodan/bop_toolkit:

    PYTHONPATH=bop_toolkit python bop-toolkit.py bop_toolkit > bop-toolkit.json

`add`, `adi`, `mssd`, `re` and `te` are the toolkit's own functions; angles are scipy's `Rotation.magnitude`, because `re` takes an arc
cosine and loses half of its digits near 0. The estimates `lmo` are those of CNOS and MegaPose for LM-O that the toolkit carries as a
test (MIT, see LICENSE-bop_toolkit beside this file), against the poses that it carries as ground truth; the models of LM-O are not in
it, so a cloud of 40 points of about their sizes takes their place. Lengths are metres. A pose is [x, y, z, qw, qx, qy, qz].
"""

import csv
import json
import os
import sys

import numpy as np
import scipy
from bop_toolkit_lib import pose_error
from scipy.spatial.transform import Rotation

random = np.random.default_rng(20240603)
results = os.path.join(sys.argv[1], "bop_toolkit_lib", "tests", "data", "results_sub")


def rotation(pose):
    return Rotation.from_quat([*pose[4:], pose[3]])


def pose_of(rot, position):
    x, y, z, w = rot.as_quat()
    return [round(float(v), 12) for v in [*position, w, x, y, z]]


def parts(pose):
    return rotation(pose).as_matrix(), np.array(pose[:3], dtype=float).reshape(3, 1)


identity = [0, 0, 0, 1, 0, 0, 0]


def errors(model, truth, estimate):
    points = np.array(model["points"], dtype=float)
    (r_true, t_true), (r_est, t_est) = parts(truth), parts(estimate)
    symmetries = [parts(s) for s in [identity, *model["symmetries"]]]
    relative = [(rotation(estimate).inv() * rotation(truth) * Rotation.from_matrix(r)).magnitude() for r, _ in symmetries]
    shifts = [pose_error.te(t_est, r_true.dot(t) + t_true) for _, t in symmetries]
    return {
        "rotation": float(min(relative)),
        "translation": float(min(shifts)),
        "within": [bool(any(np.degrees(a) < d and s < m for a, s in zip(relative, shifts))) for d, m in [(5, 0.05), (2, 0.02)]],
        "re": float(min(pose_error.re(r_est, r_true.dot(r)) for r, _ in symmetries)),
        "add": float(pose_error.add(r_est, t_est, r_true, t_true, points)),
        "adds": float(pose_error.adi(r_est, t_est, r_true, t_true, points)),
        "mssd": float(pose_error.mssd(r_est, t_est, r_true, t_true, points, [{"R": r, "t": t} for r, t in symmetries])),
    }


def model(points, symmetries=()):
    points = np.round(np.array(points, dtype=float), 9)
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    return {"points": points.tolist(), "diameter": float(distances.max()) or 0.1, "symmetries": list(symmetries)}


def about(axis, degrees, shift=(0, 0, 0)):
    return pose_of(Rotation.from_rotvec(np.radians(degrees) * np.array(axis, dtype=float)), shift)


box = [[x, y, z] for x in (-0.04, 0.04) for y in (-0.03, 0.03) for z in (-0.02, 0.02)]
models = [
    model([[0, 0, 0]]),
    model(box),
    model(box, [about([0, 0, 1], 180), about([0, 1, 0], 180), about([1, 0, 0], 180)]),
    model(random.normal(size=(60, 3)) * [0.05, 0.04, 0.03]),
    model(random.normal(size=(300, 3)) * 0.1, [about([0, 0, 1], 90 * k) for k in (1, 2, 3)]),
    # A symmetry about an axis beside the origin shifts as well.
    model(random.normal(size=(40, 3)) * 0.05 + [0.1, 0, 0], [about([0, 0, 1], 180, (0.2, 0, 0))]),
    # Points of one plane, each of them twice.
    model([[x * 0.01, y * 0.01, 0] for x in range(5) for y in range(5)] * 2),
]


def anywhere(scale=1.0):
    return pose_of(Rotation.random(random_state=random), random.normal(size=3) * scale)


def near(truth, angle, shift):
    axis = random.normal(size=3)
    turn = Rotation.from_rotvec(angle * axis / np.linalg.norm(axis))
    return pose_of(turn * rotation(truth), np.array(truth[:3]) + random.normal(size=3) * shift)


def scaled(pose, factor):
    return [*pose[:3], *[q * factor for q in pose[3:]]]


pairs = []
for which in range(len(models)):
    for angle, shift in [(0.5, 0.1), (0.08, 0.02), (0.03, 0.01), (1e-4, 1e-5), (1e-7, 1e-9), (3.0, 1.0), (np.pi - 1e-7, 0.01)]:
        for scale in [0.1, 10.0]:
            truth = anywhere(scale)
            pairs.append((f"model {which}, turned by {angle:.2g}, shifted by {shift:.2g}, {scale:.2g} m away", which, truth, near(truth, angle, shift)))
    for _ in range(14):
        pairs.append((f"model {which}, two poses anywhere", which, anywhere(), anywhere()))
    truth = anywhere()
    pairs += [
        (f"model {which}, the same pose", which, truth, truth),
        (f"model {which}, the same pose with the other sign", which, truth, scaled(truth, 1)[:3] + [-q for q in truth[3:]]),
        (f"model {which}, the quaternion a little long", which, truth, scaled(near(truth, 0.2, 0.01), 1 + 5e-7)),
        (f"model {which}, only shifted", which, truth, [truth[0] + 0.03, truth[1] - 0.04, truth[2], *truth[3:]]),
        (f"model {which}, only turned", which, identity, about([1, 0, 0], 30)),
    ]
    for axis in ([1, 0, 0], [0, 1, 0], [0, 0, 1], [0.6, 0.8, 0]):
        pairs.append((f"model {which}, half a turn about {axis}", which, identity, about(axis, 180)))
cases = [{"about": a, "model": m, "truth": t, "estimate": e, **errors(models[m], t, e)} for a, m, t, e in pairs]


def read(name):
    with open(os.path.join(results, name)) as file:
        rows = {}
        for row in csv.DictReader(file):
            key = (int(row["scene_id"]), int(row["im_id"]), int(row["obj_id"]))
            matrix = np.array(row["R"].split(), dtype=float).reshape(3, 3)
            shift = np.array(row["t"].split(), dtype=float) / 1000
            # Of several estimates for one object, the one with the best score.
            if key not in rows or float(row["score"]) > rows[key][0]:
                rows[key] = (float(row["score"]), pose_of(Rotation.from_matrix(matrix), shift))
        return {key: pose for key, (_, pose) in rows.items()}


truths = read("gt-pbrreal-rgb-mmodel_lmo-test_lmo.csv")
estimates = read("cnos-fastsammegapose_lmo-test_16ab01bd-f020-4194-9750-d42fc7f875d2.csv")
sizes = {1: 0.102, 5: 0.201, 6: 0.154, 8: 0.261, 9: 0.108, 10: 0.164, 11: 0.175, 12: 0.145}
lmo_models = {}
for obj, size in sizes.items():
    points = random.normal(size=(40, 3))
    points *= size / 2 / np.linalg.norm(points, axis=1, keepdims=True)
    # Eggbox and glue are the two that look the same after half a turn.
    lmo_models[str(obj)] = model(points, [about([0, 0, 1], 180)] if obj in (10, 11) else [])
lmo = []
for key in sorted(truths):
    found = estimates.get(key)
    lmo.append([key[1], key[2], truths[key], found, None if found is None else errors(lmo_models[str(key[2])], truths[key], found)])


def area(distances, total, most):
    """As YCB_Video_toolbox: distances of the answered samples, `total` samples."""
    within = np.sort([d for d in distances if d <= most])
    if len(within) == 0:
        return 0.0
    share = np.arange(1, len(within) + 1) / total
    ends = np.concatenate([[0], within, [most]])
    heights = np.concatenate([[0], share, [share[-1]]])
    heights = np.maximum.accumulate(heights)
    steps = np.where(ends[1:] != ends[:-1])[0] + 1
    return float(np.sum((ends[steps] - ends[steps - 1]) * heights[steps]) / most)


def summary(rows, add_threshold, auc_max):
    """rows: (model, errors or None)."""
    total = len(rows)
    answered = [(m, e) for m, e in rows if e is not None]
    out = {"answered": len(answered) / total}
    for name, pick in [
        ("rotation_rad", lambda m, e: e["rotation"]),
        ("rotation_deg", lambda m, e: np.degrees(e["rotation"])),
        ("translation", lambda m, e: e["translation"]),
        ("add", lambda m, e: e["add"]),
        ("adds", lambda m, e: e["adds"]),
        ("add_or_adds", lambda m, e: e["adds"] if m["symmetries"] else e["add"]),
        ("mssd", lambda m, e: e["mssd"]),
    ]:
        values = [pick(m, e) for m, e in answered]
        out[name] = float(np.mean(values)) if values else None
        out[f"{name}_median"] = float(np.median(values)) if values else None
        if name in ("add", "adds", "add_or_adds"):
            out[f"{name}_recall"] = sum(v < add_threshold * m["diameter"] for v, (m, _) in zip(values, answered)) / total
        if name in ("add", "adds"):
            out[f"{name}_auc"] = area(values, total, auc_max)
    for index, name in enumerate(["recall_5deg_5cm", "recall_2deg_2cm"]):
        out[name] = sum(e["within"][index] for _, e in answered) / total
    return out


sets = []
for index in range(60):
    chosen = [lmo[i] for i in random.choice(len(lmo), size=int(random.integers(1, 40)), replace=bool(index % 2))]
    add_threshold = float(random.choice([0.02, 0.05, 0.1, 0.5]))
    auc_max = float(random.choice([0.01, 0.1, 0.3]))
    silent = random.random(len(chosen)) < (1 if index == 0 else 0.2 if index % 3 else 0)
    rows = [(lmo_models[str(obj)], None if s else e) for (_, obj, _, _, e), s in zip(chosen, silent)]
    sets.append(
        {
            "add_threshold": add_threshold,
            "auc_max": auc_max,
            "samples": [lmo.index(c) for c in chosen],
            "silent": [bool(s) for s in silent],
            "values": summary(rows, add_threshold, auc_max),
        }
    )
whole = [(lmo_models[str(obj)], e) for _, obj, _, _, e in lmo]
per_object = {obj: summary([(m, e) for (m, e), row in zip(whole, lmo) if row[1] == int(obj)], 0.1, 0.1) for obj in lmo_models}

json.dump(
    {
        "about": "written by bop-toolkit.py",
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "bop_toolkit": "cea62d651c7e395b2e1962b9749e4e89693c6ac4",
        "models": models,
        "cases": cases,
        "lmo_models": lmo_models,
        "lmo": lmo,
        "lmo_values": summary(whole, 0.1, 0.1),
        "lmo_per_object": per_object,
        "sets": sets,
    },
    sys.stdout,
    separators=(",", ":"),
)
sys.stdout.write("\n")
