"""Writes coco-statistics.json: small ground truths and results of every kind, and the statistics that pycocotools gives for them.

    python coco-statistics.py        # needs pycocotools 2.0.11 and numpy

All is drawn from fixed seeds. A statistic of -1 says that no category has a truth in that range of area.
"""

import contextlib
import copy
import importlib.metadata
import io
import json
import os
import random

import numpy as np
from pycocotools import mask as mask_utils
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def evaluate(truths, results, iou_type):
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = copy.deepcopy(truths)
        coco.createIndex()
        run = COCOeval(coco, coco.loadRes(copy.deepcopy(results)), iou_type)
        run.evaluate()
        run.accumulate()
        run.summarize()
    return [float(each) for each in run.stats]


def tidy(value):
    return int(value) if float(value).is_integer() else value


class Draw:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def below(self, limit):
        return self.random.randrange(limit)

    def pick(self, options):
        return options[self.below(len(options))]

    def chance(self, share):
        return self.random.random() < share

    def box(self, size, digits=1):
        width = tidy(round(self.random.random() ** 2 * size * 0.6 + 2, digits))
        height = tidy(round(self.random.random() ** 2 * size * 0.6 + 2, digits))
        x = tidy(round(self.random.random() * (size - width), digits))
        y = tidy(round(self.random.random() * (size - height), digits))
        return [x, y, width, height]

    def near(self, box, share, digits=1):
        def moved(value, by):
            return tidy(round(value + (self.random.random() - 0.5) * 2 * share * by, digits))

        x, y, width, height = box
        return [moved(x, width), moved(y, height), max(0, moved(width, width)), max(0, moved(height, height))]

    def score(self, levels):
        return round(self.random.random(), 3) if levels is None else self.below(levels + 1) / levels

    def ids(self, count, limit=1000):
        return self.random.sample(range(1, limit), count)


def frame(draw, images, categories, size=200):
    return {
        "images": [{"id": each, "width": size, "height": size} for each in draw.ids(images)],
        "categories": [{"id": each, "name": f"c{each}"} for each in draw.ids(categories, 90)],
        "annotations": [],
    }


def boxes(draw, images=4, categories=3, truths=10, detections=20, levels=None, crowd=0.1, empty=0.2, size=200, digits=1, share=0.25):
    data = frame(draw, images, categories, size)
    image_ids = [each["id"] for each in data["images"]]
    with_truth = [each for each in image_ids if not draw.chance(empty)]
    category_ids = [each["id"] for each in data["categories"]]
    for number in range(truths if with_truth else 0):
        box = draw.box(size, digits)
        area = tidy(round(box[2] * box[3] * draw.pick([1, 0.6, 0.9]), 2))
        data["annotations"].append(
            {
                "id": number + 1,
                "image_id": draw.pick(with_truth),
                "category_id": draw.pick(category_ids),
                "bbox": box,
                "area": area,
                "iscrowd": int(draw.chance(crowd)),
            }
        )
    results = []
    for _ in range(detections):
        if data["annotations"] and draw.chance(0.7):
            truth = draw.pick(data["annotations"])
            image, category, box = truth["image_id"], truth["category_id"], draw.near(truth["bbox"], share, digits)
        else:
            image, category, box = draw.pick(image_ids), draw.pick(category_ids), draw.box(size, digits)
        results.append({"image_id": image, "category_id": category, "bbox": box, "score": draw.score(levels)})
    return data, results


def one_class(truth_boxes, found, **more):
    """One image, one class; `found` are (box, score)."""
    data = {
        "images": [{"id": 1, "width": 400, "height": 400}],
        "categories": [{"id": 1, "name": "thing"}],
        "annotations": [
            {"id": index + 1, "image_id": 1, "category_id": 1, "bbox": box, "area": box[2] * box[3], "iscrowd": 0, **more}
            for index, box in enumerate(truth_boxes)
        ],
    }
    return data, [{"image_id": 1, "category_id": 1, "bbox": box, "score": score} for box, score in found]


def edge_boxes():
    yield "a perfect answer", one_class([[0, 0, 10, 10]], [([0, 0, 10, 10], 0.5)])
    yield "nothing overlaps", one_class([[0, 0, 10, 10]], [([50, 50, 10, 10], 0.5)])
    for height in range(5, 11):
        yield f"an overlap of exactly {height / 10}", one_class([[0, 0, 10, 10]], [([0, 0, 10, height], 0.5)])
    for height in (11, 13, 15, 17, 19):
        yield f"an overlap of exactly {height / 20}", one_class([[0, 0, 10, 20]], [([0, 0, 10, height], 0.5)])
    for side in (31, 32, 33, 95, 96, 97):
        yield f"a truth of {side} by {side}", one_class([[0, 0, side, side]], [([0, 0, side, side], 0.5), ([0, 0, side + 1, side], 0.6)])
    yield "a detection of 32 by 32 that finds nothing", one_class([[0, 0, 20, 20]], [([99, 99, 32, 32], 0.9), ([0, 0, 20, 20], 0.5)])
    yield "a detection of 96 by 96 that finds nothing", one_class([[0, 0, 99, 99]], [([200, 200, 96, 96], 0.9), ([0, 0, 99, 98], 0.5)])
    yield "a box without an area", one_class([[0, 0, 10, 10]], [([5, 5, 0, 0], 0.9), ([0, 0, 10, 0], 0.8), ([0, 0, 10, 10], 0.5)])
    yield "a truth without an area", one_class([[5, 5, 0, 0], [0, 0, 10, 10]], [([5, 5, 0, 0], 0.9), ([0, 0, 10, 10], 0.5)])
    yield "a box of negative size", one_class([[0, 0, 10, 10]], [([10, 10, -10, -10], 0.9), ([0, 0, 10, -4], 0.8), ([0, 0, 10, 10], 0.5)])
    yield "one truth found twice", one_class([[0, 0, 10, 10]], [([0, 0, 10, 10], 0.9), ([0, 0, 10, 10], 0.9)])
    yield "equal scores, wrong first", one_class([[0, 0, 10, 10]], [([50, 0, 10, 10], 0.5), ([0, 0, 10, 10], 0.5)])
    yield "equal scores, right first", one_class([[0, 0, 10, 10]], [([0, 0, 10, 10], 0.5), ([50, 0, 10, 10], 0.5)])
    yield "equal overlaps", one_class([[0, 0, 10, 10], [0, 0, 10, 10]], [([0, 0, 10, 10], 0.9), ([0, 0, 10, 9], 0.8), ([0, 0, 10, 8], 0.7)])
    pair = [[0, 0, 10, 10], [2, 0, 10, 10]]
    for at in (0, 1):
        yield f"equal overlaps, then truth {at} alone", one_class(pair, [([1, 0, 10, 10], 0.9), (pair[at], 0.8)])
    yield "scores below zero and above one", one_class([[0, 0, 10, 10]], [([0, 0, 10, 10], -3), ([50, 0, 10, 10], 7), ([0, 0, 9, 10], 0)])
    yield "a score of minus zero", one_class([[0, 0, 10, 10]], [([9, 9, 9, 9], 0), ([0, 0, 10, 10], -0.0)])
    yield "only a crowd", one_class([[0, 0, 100, 100]], [([0, 0, 10, 10], 0.9)], iscrowd=1)
    data, results = one_class([[0, 0, 100, 100], [0, 0, 40, 40]], [([0, 0, 40, 39], 0.9), ([0, 0, 40, 40], 0.8), ([60, 60, 9, 9], 0.7)])
    data["annotations"][0]["iscrowd"] = 1
    yield "a crowd around a truth", (data, results)
    data, results = one_class([[0, 0, 10, 10], [20, 0, 10, 10]], [([0, 0, 10, 10], 0.9), ([20, 0, 10, 10], 0.8)])
    data["annotations"][0]["id"] = 0
    yield "an annotation with the id 0", (data, results)
    data = copy.deepcopy(data)
    data["annotations"][0]["iscrowd"] = 1
    yield "a crowd with the id 0", (data, results)
    data, results = one_class([[0, 0, 10, 10]], [([0, 0, 10, 10], 0.9)])
    yield "a result of an unknown category", (data, [*results, {**results[0], "category_id": 5, "score": 1}])
    other = {**data["annotations"][0], "id": 7}
    yield "a truth of an unknown category", ({**data, "annotations": [*data["annotations"], {**other, "category_id": 9}]}, results)
    yield "a truth of an unknown image", ({**data, "annotations": [*data["annotations"], {**other, "image_id": 9}]}, results)
    yield "a category without a truth", ({**data, "categories": [*data["categories"], {"id": 2, "name": "other"}]}, [*results, {**results[0], "category_id": 2}])
    yield "no truth at all", ({**data, "annotations": []}, results)
    yield "results of one image of two", ({**data, "images": [*data["images"], {"id": 2, "width": 9, "height": 9}], "annotations": [data["annotations"][0], {**other, "image_id": 2}]}, results)
    tie = {"images": [{"id": each} for each in (10, 9, -3, 100)], "categories": [{"id": 3, "name": "a"}], "annotations": []}
    tie["annotations"] = [{"id": 1 + each, "image_id": image, "category_id": 3, "bbox": [0, 0, 50, 50], "area": 2500, "iscrowd": 0} for each, image in enumerate((9, 100))]
    yield "equal scores on images whose ids are out of order", (tie, [{"image_id": image, "category_id": 3, "bbox": [0, 0, 50, 50], "score": 0.5} for image in (100, 10, 9, -3)])
    data, results = one_class([[3 * each, 0, 3, 3] for each in range(12)], [([3 * each, 0, 3, 3], 0.5) for each in range(12)])
    yield "twelve of twelve", (data, results)
    yield "three of twelve, recall between the levels", (data, results[:3])
    data, results = one_class([[0, 0, 30, 30]], [([300, 300, 5, 5], 0.9) for _ in range(100)] + [([0, 0, 30, 30], 0.1)])
    yield "the right one is beyond the limit of 100", (data, results)
    yield "the right one is the hundredth", (data, results[1:])
    yield "the right one is the eleventh", (data, results[90:])


# Masks ----------------------------------------------------------------------------------------------------------------


def polygon(draw, box, corners):
    x, y, width, height = box
    points = []
    for corner in range(corners):
        turn = 2 * np.pi * corner / corners
        reach = 0.3 + draw.random.random() * 0.25
        points += [round(float(x + width * (0.5 + reach * np.cos(turn))), 1), round(float(y + height * (0.5 + reach * np.sin(turn))), 1)]
    return [tidy(each) for each in points]


def runs_of(mask, compressed=True):
    rle = mask_utils.encode(np.asfortranarray(mask.astype(np.uint8)))
    if compressed:
        return {"size": [int(each) for each in rle["size"]], "counts": rle["counts"].decode()}
    counts, last, run = [], 0, 0
    for pixel in mask.flatten(order="F"):
        if pixel != last:
            counts.append(run)
            last, run = pixel, 0
        run += 1
    return {"size": list(mask.shape), "counts": [*counts, run]}


def drawn(segmentation, height, width):
    if isinstance(segmentation, list):
        segmentation = mask_utils.merge(mask_utils.frPyObjects(segmentation, height, width))
    elif isinstance(segmentation["counts"], list):
        segmentation = mask_utils.frPyObjects(segmentation, height, width)
    return mask_utils.decode(segmentation)


def masks(draw, size=60, form="runs", crowd=0.15, levels=5, corners=(3, 4, 7, 12)):
    data, results = boxes(draw, images=3, categories=2, truths=5, detections=8, levels=levels, crowd=crowd, size=size)
    for each in data["annotations"]:
        count = draw.pick([1, 1, 2])
        each["segmentation"] = [polygon(draw, draw.near(each["bbox"], 0.1), draw.pick(corners)) for _ in range(count)]
        if each["iscrowd"] or draw.chance(0.2):
            each["segmentation"] = runs_of(drawn(each["segmentation"], size, size), compressed=draw.chance(0.3))
        each["area"] = draw.pick([each["area"], 1024, 1023.5, 9216, 20000])
        del each["bbox"]
    for each in results:
        box = each["bbox"]
        if data["annotations"] and draw.chance(0.7):
            truth = draw.pick(data["annotations"])
            each["image_id"], each["category_id"] = truth["image_id"], truth["category_id"]
            mask = np.roll(drawn(truth["segmentation"], size, size), draw.pick([0, 0, 1, 2]), axis=draw.below(2))
        else:
            mask = drawn([polygon(draw, box, 5)], size, size)
        each["segmentation"] = runs_of(mask)
        if form == "runs":
            del each["bbox"]
        elif form == "boxes and polygons":
            each["segmentation"] = [polygon(draw, box, 6)]
        elif form == "boxes alone":
            del each["segmentation"]
    return data, results


def edge_masks():
    draw = Draw(77)
    base, results = one_class([[10, 10, 40, 40]], [([10, 10, 40, 40], 0.9)])
    base["images"][0].update(width=80, height=70)
    truth = base["annotations"][0]
    shapes = {
        "a rectangle": [[10, 10, 50, 10, 50, 50, 10, 50]],
        "a rectangle on the border": [[0, 0, 80, 0, 80, 70, 0, 70]],
        "a polygon that leaves the picture": [[-20.5, -10, 120, 5, 60, 100.3, -7, 40]],
        "a polygon outside of the picture": [[100, 100, 120, 100, 120, 120]],
        "a polygon without an area": [[10, 10, 30, 30, 10, 10]],
        "a corner twice": [[10, 10, 10, 10, 50, 10, 50.04, 10, 50, 50]],
        "a bow tie": [[10, 10, 50, 50, 50, 10, 10, 50]],
        "two polygons that overlap": [[10, 10, 50, 10, 50, 50], [20, 10, 50, 20, 40, 60, 10, 50]],
        "two polygons that touch": [[10, 10, 30, 10, 30, 50, 10, 50], [30, 10, 50, 10, 50, 50, 30, 50]],
        "a thin polygon": [[10, 10, 60, 10.4, 60, 10.6, 10, 10.2]],
    }
    for name, segmentation in shapes.items():
        mask = drawn(segmentation, 70, 80)
        results = [
            {"image_id": 1, "category_id": 1, "segmentation": runs_of(np.roll(mask, shift, axis=1)), "score": 1 - shift / 10}
            for shift in (3, 2, 1, 0)
        ]
        yield name, ({**base, "annotations": [{**truth, "segmentation": segmentation}]}, results)
    full = runs_of(np.ones((70, 80)))
    nothing = runs_of(np.zeros((70, 80)))
    one = lambda segmentation, score=0.5: {"image_id": 1, "category_id": 1, "segmentation": segmentation, "score": score}
    yield "all pixels", ({**base, "annotations": [{**truth, "segmentation": full}]}, [one(full)])
    yield "no pixel", ({**base, "annotations": [{**truth, "segmentation": nothing}]}, [one(nothing), one(full, 0.4)])
    yield "masks of two sizes", ({**base, "annotations": [{**truth, "segmentation": full}]}, [one(runs_of(np.ones((80, 70)))), one(full, 0.4)])
    yield "a crowd", ({**base, "annotations": [{**truth, "iscrowd": 1, "segmentation": full}, {**truth, "id": 2, "segmentation": [[10, 10, 50, 10, 50, 50, 10, 50]]}]}, [one(runs_of(drawn([[10, 10, 50, 10, 50, 49, 10, 49]], 70, 80)), 0.9), one(runs_of(drawn([[60, 10, 70, 10, 70, 60]], 70, 80)), 0.95)])
    yield "empty boxes beside masks", ({**base, "annotations": [{**truth, "segmentation": full}]}, [{**one(full), "bbox": []}, {**one(nothing), "bbox": []}])
    for index in range(3):
        data, found = masks(draw, form="runs")
        yield f"boxes from masks {index}", ({**data, "annotations": [{**each, "bbox": draw.box(60)} for each in data["annotations"]]}, found)


# Keypoints ------------------------------------------------------------------------------------------------------------


def pose(draw, box, digits=1):
    x, y, width, height = box
    return [(round(x + draw.random.random() * width, digits), round(y + draw.random.random() * height, digits)) for _ in range(17)]


def keypoints(draw, detections=8, levels=None, crowd=0.1):
    data, results = boxes(draw, images=3, categories=draw.pick([1, 1, 2]), truths=4, detections=detections, levels=levels, crowd=crowd, size=300, digits=0)
    for each in data["annotations"]:
        seen = [draw.pick([0, 1, 2, 2]) for _ in range(17)] if not draw.chance(0.2) else [0] * 17
        points = pose(draw, each["bbox"], 0)
        each["keypoints"] = [int(value) for (x, y), v in zip(points, seen) for value in ((x, y, v) if v else (0, 0, 0))]
        each["num_keypoints"] = sum(v > 0 for v in seen)
        if draw.chance(0.5):
            each["area"] = draw.pick([1024, 1023, 9216, 9217, 4000])
    for each in results:
        truths = [truth for truth in data["annotations"] if truth["image_id"] == each["image_id"]]
        reach = draw.pick([0, 1, 3, 8, 20])
        if truths and draw.chance(0.8):
            truth = draw.pick(truths)
            each["category_id"] = truth["category_id"]
            xs, ys = truth["keypoints"][0::3], truth["keypoints"][1::3]
            points = [(x + round((draw.random.random() - 0.5) * reach), y + round((draw.random.random() - 0.5) * reach)) for x, y in zip(xs, ys)]
        else:
            points = pose(draw, each["bbox"], 0)
        each["keypoints"] = [int(value) for x, y in points for value in (x, y, 1)]
        del each["bbox"]
    return data, results


def edge_keypoints():
    draw = Draw(99)
    data, results = keypoints(draw, detections=6, crowd=0)
    while sum(each["num_keypoints"] > 0 for each in data["annotations"]) < 2:
        data, results = keypoints(draw, detections=6, crowd=0)
    perfect = [{"image_id": each["image_id"], "category_id": each["category_id"], "keypoints": each["keypoints"], "score": 0.5} for each in data["annotations"]]
    yield "perfect poses", (data, perfect)
    yield "no labelled point", ({**data, "annotations": [{**each, "num_keypoints": 0} for each in data["annotations"]]}, perfect)
    yield "no visible point, but counted", ({**data, "annotations": [{**each, "keypoints": [v if i % 3 < 2 else 0 for i, v in enumerate(each["keypoints"])], "num_keypoints": 3} for each in data["annotations"]]}, perfect)
    yield "crowds alone", ({**data, "annotations": [{**each, "iscrowd": 1} for each in data["annotations"]]}, perfect)
    yield "no area", ({**data, "annotations": [{**each, "area": 0} for each in data["annotations"]]}, perfect)
    many = [{**perfect[0], "score": round(1 - index / 100, 2), "keypoints": [v + (200 if i % 3 == 0 else 0) for i, v in enumerate(perfect[0]["keypoints"])]} for index in range(20)]
    yield "the right one is beyond the limit of 20", (data, [*many, {**perfect[0], "score": 0.1}])
    yield "the right one is the twentieth", (data, [*many[1:], {**perfect[0], "score": 0.1}])
    half = [v if i // 3 < 8 or i % 3 == 2 else v + 10000 for i, v in enumerate(perfect[0]["keypoints"])]
    yield "half of the points are far away", (data, [{**perfect[0], "keypoints": half}])
    yield "boxes beside keypoints", (data, [{**each, "bbox": [0, 0, 96, 96]} for each in results])


def cases():
    for name, case in edge_boxes():
        yield name, "bbox", case
    for seed in range(40):
        yield f"boxes {seed}", "bbox", boxes(Draw(1000 + seed), truths=6 + seed % 7, detections=10 + seed % 11, size=(200, 400, 640)[seed % 3])
    for seed in range(20):
        yield f"boxes, scores of five levels {seed}", "bbox", boxes(Draw(2000 + seed), levels=4, digits=0, share=0.15)
    for seed in range(15):
        yield f"boxes, many crowds {seed}", "bbox", boxes(Draw(3000 + seed), crowd=0.5, levels=9, truths=8)
    for seed in range(10):
        yield f"boxes, whole pixels, crowded {seed}", "bbox", boxes(Draw(4000 + seed), images=2, categories=1, truths=14, detections=30, levels=3, size=40, digits=0)
    for seed in range(5):
        yield f"boxes, most images empty {seed}", "bbox", boxes(Draw(5000 + seed), images=6, empty=0.8, truths=4, detections=12)
    for name, case in edge_masks():
        yield name, "bbox" if name.startswith("boxes from masks") else "segm", case
    for seed in range(30):
        form = ("runs", "boxes and runs", "boxes and polygons", "boxes alone")[seed % 4 if seed % 2 else 0]
        yield f"masks, {form} {seed}", "segm", masks(Draw(6000 + seed), form=form, size=60 if seed % 3 else 130)
    for name, case in edge_keypoints():
        yield name, "keypoints", case
    for seed in range(30):
        yield f"keypoints {seed}", "keypoints", keypoints(Draw(7000 + seed), levels=(None, 4)[seed % 2])
    for seed in range(4):
        yield f"boxes from keypoints {seed}", "bbox", keypoints(Draw(8000 + seed))


here = os.path.dirname(os.path.abspath(__file__))
versions = {name: importlib.metadata.version(name) for name in ("pycocotools", "numpy")}
lines = []
for name, iou_type, (truths, results) in cases():
    case = {"name": name, "iou_type": iou_type, "truths": truths, "results": results, "stats": evaluate(truths, results, iou_type)}
    lines.append(json.dumps(case, separators=(",", ":")))
with open(os.path.join(here, "coco-statistics.json"), "w") as file:
    file.write('{"versions":' + json.dumps(versions) + ',\n"cases":[\n' + ",\n".join(lines) + "\n]}\n")
print(len(lines), "cases")
