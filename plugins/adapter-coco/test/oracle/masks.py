"""
Decodes every annotation of a COCO file with pycocotools and writes one line per annotation:

    <annotation id> <SHA-256 of the mask, one byte per pixel, column by column> <area> <x> <y> <width> <height>

    python masks.py instances_val2014_100.json > instances_val2014_100.txt
    python masks.py shapes.json > shapes.txt

Made with pycocotools 2.0.11 and numpy 2.4.6.
"""
import hashlib
import json
import sys

from pycocotools import mask

with open(sys.argv[1], encoding="utf-8") as file:
    document = json.load(file)
sizes = {image["id"]: (image["height"], image["width"]) for image in document["images"]}
for annotation in document["annotations"]:
    height, width = sizes[annotation["image_id"]]
    segmentation = annotation["segmentation"]
    if isinstance(segmentation, list):
        runs = mask.merge(mask.frPyObjects(segmentation, height, width))
    elif isinstance(segmentation["counts"], list):
        runs = mask.frPyObjects(segmentation, height, width)
    else:
        runs = segmentation
    pixels = mask.decode(runs)
    digest = hashlib.sha256(pixels.tobytes(order="F")).hexdigest()
    box = " ".join(str(int(each)) for each in mask.toBbox(runs))
    print(annotation["id"], digest, int(mask.area(runs)), box)
