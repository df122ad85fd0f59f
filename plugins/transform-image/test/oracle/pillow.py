"""What Pillow (13.0.0) and NumPy (2.4.6) make of ../pictures. Writes pillow.json beside itself: python3 pillow.py

Whole-number operations are answered by the first 16 digits of the SHA-256 of size and bytes, the others by every 41st value.
"""
import hashlib
import json
import os

import numpy as np
from PIL import Image, ImageOps

here = os.path.dirname(os.path.abspath(__file__))
folder = os.path.join(here, "..", "pictures")
kernels = {
    "nearest": Image.Resampling.NEAREST, "box": Image.Resampling.BOX, "linear": Image.Resampling.BILINEAR,
    "cubic": Image.Resampling.BICUBIC, "lanczos3": Image.Resampling.LANCZOS,
}


def digest(picture):
    head = f"{picture.width} {picture.height} {len(picture.getbands())}\n".encode()
    return hashlib.sha256(head + picture.tobytes()).hexdigest()[:16]


def some(values):
    return [round(float(value), 15) for value in np.asarray(values, dtype=float).ravel()[::41]]


def nearest(picture, size):
    """The pixel in which a centre lies, in whole numbers. Pillow adds up steps in doubles, which decides where a centre lies between two."""
    (wide, high), (before, deep) = size, picture.size
    columns = [(2 * x + 1) * before // (2 * wide) for x in range(wide)]
    rows = [(2 * y + 1) * deep // (2 * high) for y in range(high)]
    answer = Image.fromarray(np.asarray(picture)[np.ix_(rows, columns)].copy())
    on_edge = any((2 * x + 1) * before % (2 * wide) == 0 for x in range(wide)) or any((2 * y + 1) * deep % (2 * high) == 0 for y in range(high))
    assert on_edge or answer.tobytes() == picture.resize(size, Image.Resampling.NEAREST).tobytes()
    return answer


def resized(picture, size, name):
    return nearest(picture, size) if name == "nearest" else picture.resize(size, kernels[name])


def flat(picture, background):
    behind = Image.new("RGB", picture.size, background)
    behind.paste(picture.convert("RGB"), mask=picture.getchannel("A"))
    return behind


def disc(picture, x, y, radius, outside):
    down, right = np.mgrid[0 : picture.height, 0 : picture.width] + 0.5
    inside = (right - x) ** 2 + (down - y) ** 2 <= radius**2
    values = np.asarray(picture).copy()
    values[~inside] = outside
    return Image.fromarray(values, picture.mode)


def framed(picture, size, background):
    """Pillow's own resize to the size that keeps the proportions, put in the middle."""
    wide, high = size
    if picture.width * high > picture.height * wide:
        inner = (wide, max(1, (2 * picture.height * wide + picture.width) // (2 * picture.width)))
    else:
        inner = (max(1, (2 * picture.width * high + picture.height) // (2 * picture.height)), high)
    out = Image.new(picture.mode, size, background)
    out.paste(picture.resize(inner, Image.Resampling.BICUBIC), ((wide - inner[0]) // 2, (high - inner[1]) // 2))
    return out


def covering(picture, size):
    wide, high = size
    if picture.width * high > picture.height * wide:
        inner = ((2 * picture.width * high + picture.height) // (2 * picture.height), high)
    else:
        inner = (wide, (2 * picture.height * wide + picture.width) // (2 * picture.width))
    x, y = (inner[0] - wide) // 2, (inner[1] - high) // 2
    return picture.resize(inner, Image.Resampling.BICUBIC).crop((x, y, x + wide, y + high))


def exact(picture):
    zero = (7,) * len(picture.getbands()) if len(picture.getbands()) > 1 else 7
    mask = Image.new(picture.mode, picture.size, zero)
    mask.paste(picture.crop((5, 3, 35, 30)), (5, 3))
    answers = {
        "crop": picture.crop((7, 4, 30, 31)),
        "flip horizontal": ImageOps.mirror(picture),
        "flip vertical": ImageOps.flip(picture),
        "turn 1": picture.transpose(Image.Transpose.ROTATE_90),
        "turn 2": picture.transpose(Image.Transpose.ROTATE_180),
        "turn 3": picture.transpose(Image.Transpose.ROTATE_270),
        "rectangle": mask,
        "circle": disc(picture, 24, 18.5, 14.5, 9),
        "contain": framed(picture, (33, 41), zero),
        "cover": covering(picture, (21, 29)),
    }
    for name in kernels:
        for size in ((20, 15), (61, 47), (17, 60), (48, 9), (32, 24)):
            answers[f"resize {name} {size[0]}x{size[1]}"] = resized(picture, size, name)
    for degrees in (30, -17.5, 90, 143.25):
        answers[f"degrees {degrees} nearest"] = picture.rotate(degrees, Image.Resampling.NEAREST, fillcolor=zero)
    return {name: digest(answer) for name, answer in answers.items()}


def close(picture):
    values = np.asarray(picture).reshape(-1, len(picture.getbands())) / 255
    zero = (7,) * len(picture.getbands()) if len(picture.getbands()) > 1 else 7
    channels = values.shape[1]
    mean, std = np.array([0.485, 0.456, 0.406])[:channels], np.array([0.229, 0.224, 0.225])[:channels]
    answers = {
        "normalise": some((values - mean) / std),
        "mean": values.mean(axis=0).tolist(),
        "deviation": values.std(axis=0).tolist(),
    }
    for degrees in (30, -17.5, 143.25):
        answers[f"degrees {degrees} linear"] = some(np.asarray(picture.rotate(degrees, Image.Resampling.BILINEAR, fillcolor=zero)))
    return answers


plain, decoded = {}, {}
for name in sorted(os.listdir(folder)):
    if not name.endswith((".png", ".jpg")):
        continue
    picture = Image.open(os.path.join(folder, name))
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    if name in ("coffee-turned.jpg",):
        decoded[name] = {"upright": some(np.asarray(upright)), "size": list(upright.size)}
    elif picture.mode in ("RGBA", "LA"):
        colours = picture.convert("RGBA")
        decoded[name] = {
            "4": digest(colours),
            "3 drop": digest(colours.convert("RGB")),
            "1 drop": digest(colours.convert("RGB").convert("L")),
            "3 over": digest(flat(colours, (10, 200, 90))),
            "1 over": digest(flat(colours, (10, 200, 90)).convert("L")),
            "resize": {kernel: digest(resized(colours, (31, 20), kernel)) for kernel in kernels},
        }
    else:
        decoded[name] = {"1": digest(picture.convert("RGB").convert("L")), "3": digest(picture.convert("RGB")), "4": digest(picture.convert("RGB").convert("RGBA"))}
        if picture.mode != "P":
            plain[name] = {"exact": exact(picture), "close": close(picture)}

with open(os.path.join(here, "pillow.json"), "w") as file:
    json.dump({"plain": plain, "decoded": decoded}, file, separators=(",", ":"))
