"""Seconds that pycocotools takes to load an annotation file and to index it, and how many annotations it has then."""

import contextlib
import importlib.metadata
import io
import json
import sys
import time

from pycocotools.coco import COCO

with contextlib.redirect_stdout(io.StringIO()):
    start = time.perf_counter()
    coco = COCO(sys.argv[1])
    took = time.perf_counter() - start
boxes = sum(len(each["bbox"]) == 4 for each in coco.anns.values())
answer = {"seconds": took, "annotations": len(coco.anns), "images": len(coco.imgs), "boxes": boxes}
print(json.dumps({**answer, "python": sys.version.split()[0], "pycocotools": importlib.metadata.version("pycocotools")}))
