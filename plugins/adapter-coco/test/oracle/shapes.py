"""
Draws shapes that hurt, for masks.py: polygons of every size with corners on and between pixels, outside of the picture, twice at one
place, crossing themselves; several of them per annotation; runs as a list and as a compressed string.

    python shapes.py > shapes.json
"""
import json
import random

import numpy
from pycocotools import mask

chance = random.Random(20140913)
sizes = [(1, 1), (1, 9), (9, 1), (5, 7), (16, 16), (31, 17), (48, 64), (120, 90)]
images = [{"id": i, "file_name": f"{i}.png", "height": h, "width": w} for i, (h, w) in enumerate(sizes)]
annotations = []


def corner(height, width):
    kind = chance.randrange(4)
    x, y = chance.uniform(-0.5, width + 0.5), chance.uniform(-0.5, height + 0.5)
    if kind == 0:
        return [round(x), round(y)]
    if kind == 1:
        return [round(x * 2) / 2, round(y * 2) / 2]
    if kind == 2:
        return [round(x * 10) / 10, round(y * 10) / 10]
    return [round(x, 2), round(y, 2)]


def polygon(height, width):
    points = [corner(height, width) for _ in range(chance.choice([3, 3, 4, 5, 8, 20]))]
    if chance.random() < 0.2:
        points.insert(1, points[0])
    return [each for point in points for each in point]


def add(image, segmentation, crowd=0):
    annotations.append(
        {"id": len(annotations) + 1, "image_id": image["id"], "category_id": 1, "iscrowd": crowd, "segmentation": segmentation}
    )


for image in images:
    height, width = image["height"], image["width"]
    for _ in range(40):
        add(image, [polygon(height, width) for _ in range(chance.choice([1, 1, 1, 2, 3]))])
    for density in (0, 0.02, 0.5, 0.98, 1):
        pixels = numpy.zeros((height, width), dtype=numpy.uint8, order="F")
        for y in range(height):
            for x in range(width):
                pixels[y, x] = chance.random() < density
        flat = pixels.flatten(order="F").tolist()
        counts, last = [], 0
        for value in flat:
            if value != last or not counts:
                if value != last and not counts:
                    counts.append(0)
                counts.append(0)
                last = value
            counts[-1] += 1
        add(image, {"size": [height, width], "counts": counts}, 1)
        text = mask.encode(pixels)["counts"].decode("ascii")
        add(image, {"size": [height, width], "counts": text}, 1)
print(json.dumps({"images": images, "categories": [{"id": 1, "name": "shape"}], "annotations": annotations}, separators=(",", ":")))
