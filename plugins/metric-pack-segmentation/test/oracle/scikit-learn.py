"""
The answers of scikit-learn that the tests compare with. Needs numpy, scikit-learn 1.9.1 and scikit-image:

    python scikit-learn.py > scikit-learn.json

A mask is a text with one character per pixel: `0` to `9`, `a` to `z` are the labels 0 to 35, `.` is 255 and `,` is 254. Classes are
0 ... classes-1. Pixels of `ignore` are taken out of both sides; a pixel that is not predicted is -1, which scikit-learn sees in the
predictions and `labels=` leaves out of every average. A value is undefined where zero_division=0 and zero_division=1 differ.
"""

import json
import sys
import warnings

import numpy as np
import skimage
import sklearn
from skimage import data, filters, transform
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, jaccard_score, recall_score

warnings.simplefilter("ignore")
alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"
special = {255: ".", 254: ","}


def text(mask):
    return "".join(special.get(int(label), alphabet[int(label)] if label < 36 else "?") for label in mask.ravel())


def case(about, classes, samples, ignore=None, unpredicted=None):
    """samples: pairs of (target, prediction or None) arrays of shape (height, width)."""
    truths, answers = [], []
    for target, prediction in samples:
        t = target.ravel().astype(int)
        p = np.full_like(t, -1) if prediction is None else prediction.ravel().astype(int)
        if prediction is not None and unpredicted is not None:
            p = np.where(p == unpredicted, -1, p)
        keep = np.ones_like(t, dtype=bool) if ignore is None else t != ignore
        truths.append(t[keep])
        answers.append(p[keep])
    t, p = np.concatenate(truths), np.concatenate(answers)
    labels = list(range(classes))
    out = {
        "about": about,
        "classes": classes,
        "ignore": ignore,
        "unpredicted": unpredicted,
        "samples": [
            [target.shape[1], target.shape[0], text(target), None if prediction is None else text(prediction)]
            for target, prediction in samples
        ],
    }
    if len(t) == 0:
        return {**out, "values": None, "per_class": None}
    out["pixels"] = confusion_matrix(t, p, labels=labels + [-1])[:-1].tolist()
    per_class = {}
    values = {"pixel_accuracy": float(accuracy_score(t, p)), "unpredicted": float(np.mean(p == -1))}
    for name, mean, score in [("iou", "miou", jaccard_score), ("dice", "dice", f1_score), ("accuracy", "mean_accuracy", recall_score)]:
        zero = score(t, p, labels=labels, average=None, zero_division=0)
        one = score(t, p, labels=labels, average=None, zero_division=1)
        defined = zero == one
        per_class[name] = [float(v) if d else None for v, d in zip(zero, defined)]
        values[mean] = {
            "excluded": float(np.mean(zero[defined])) if defined.any() else None,
            "zero": float(score(t, p, labels=labels, average="macro", zero_division=0)),
            "one": float(score(t, p, labels=labels, average="macro", zero_division=1)),
        }
    values["fw_iou"] = float(jaccard_score(t, p, labels=labels, average="weighted", zero_division=0))
    return {**out, "values": values, "per_class": per_class}


def rows(*lines):
    return np.array([[255 if c == "." else 254 if c == "," else alphabet.index(c) for c in line] for line in lines])


one = rows("0")
cases = [
    case("one pixel, right", 1, [(one, one)]),
    case("one pixel, wrong", 2, [(one, rows("1"))]),
    case("one pixel, abstained", 2, [(one, None)]),
    case("one declared class, all right", 1, [(rows("000", "000"), rows("000", "000"))]),
    case("a class on neither side", 3, [(rows("0011"), rows("0110"))]),
    case("a class only in the targets", 2, [(rows("0011"), rows("0000"))]),
    case("a class only in the predictions", 3, [(rows("0011"), rows("0012"))]),
    case("everything wrong", 2, [(rows("0011"), rows("1100"))]),
    case("an ignored row", 2, [(rows("01", ".."), rows("01", "10"))], ignore=255),
    case("an ignored label that is a class", 3, [(rows("0120"), rows("0121"))], ignore=0),
    case("the ignored label is answered where nothing is ignored", 3, [(rows("0120", "1221"), rows("0001", "0220"))], ignore=0),
    case("everything ignored", 2, [(rows(".."), rows("01"))], ignore=255),
    case("everything unpredicted", 2, [(rows("0101"), rows("...."))], unpredicted=255),
    case("the unpredicted label is a class", 2, [(rows("0101"), rows("0110"))], unpredicted=1),
    case("ignored and unpredicted are one label", 2, [(rows("01.0"), rows("0..."))], ignore=255, unpredicted=255),
    case("ignored and unpredicted meet in a pixel", 2, [(rows(",,01"), rows("..1."))], ignore=254, unpredicted=255),
    case("two sizes", 2, [(rows("0101"), rows("0111")), (rows("0", "1", "1"), rows("0", "0", "1"))]),
    case("one of two abstained", 2, [(rows("0101"), rows("0101")), (rows("1111"), None)]),
    case("both abstained", 3, [(rows("0121"), None), (rows("11"), None)], ignore=2),
    case("36 classes, one pixel each", 36, [(np.arange(36).reshape(6, 6), np.roll(np.arange(36), 1).reshape(6, 6))]),
    case("36 classes, all right", 36, [(np.arange(36).reshape(4, 9), np.arange(36).reshape(4, 9))]),
    case("pooled, not averaged over images", 2, [(rows("0" * 40), rows("0" * 40)), (rows("11"), rows("00"))]),
]

random = np.random.default_rng(20240602)
for index in range(180):
    classes = int(random.integers(1, 12))
    ignore = [None, 255, 254, 0][int(random.integers(0, 4))]
    unpredicted = [None, 255, 0][int(random.integers(0, 3))]
    occurring = random.choice(classes, size=int(random.integers(1, classes + 1)), replace=False)
    samples = []
    for _ in range(int(random.integers(1, 5))):
        shape = tuple(int(n) for n in random.integers(1, 9, size=2))
        target = random.choice(occurring, size=shape)
        prediction = np.where(random.random(shape) < random.random(), target, random.integers(0, classes, size=shape))
        if ignore is not None:
            target = np.where(random.random(shape) < 0.2, ignore, target)
        if unpredicted is not None:
            prediction = np.where(random.random(shape) < 0.2, unpredicted, prediction)
        samples.append((target, None if random.random() < 0.1 else prediction))
    cases.append(case(f"random {index}", classes, samples, ignore, unpredicted))


def small(image):
    gray = image if image.ndim == 2 else image[..., :3].mean(axis=2)
    return transform.resize(gray.astype(float) / gray.max(), (48, 64), order=1, anti_aliasing=True, preserve_range=True)


# Pictures that come with scikit-image: the truth by one way of thresholding, the answer by another.
for name in ["camera", "coins", "page", "text", "clock", "moon"]:
    image = small(getattr(data, name)())
    otsu = (image > filters.threshold_otsu(image)).astype(int)
    cases.append(case(f"{name}: Otsu against the mean", 2, [(otsu, (image > image.mean()).astype(int))]))
    three = np.digitize(image, filters.threshold_multiotsu(image, classes=3))
    four = np.digitize(image, np.quantile(image, [0.4, 0.7]))
    edge = filters.sobel(image) > np.quantile(filters.sobel(image), 0.9)
    cases.append(
        case(
            f"{name}: three levels against quantiles, edges ignored, dark corners unpredicted",
            4,
            [(np.where(edge, 255, three), np.where(image < np.quantile(image, 0.05), 255, four))],
            ignore=255,
            unpredicted=255,
        )
    )

json.dump(
    {
        "about": "written by scikit-learn.py",
        "numpy": np.__version__,
        "scikit_learn": sklearn.__version__,
        "scikit_image": skimage.__version__,
        "cases": cases,
    },
    sys.stdout,
    separators=(",", ":"),
)
sys.stdout.write("\n")
