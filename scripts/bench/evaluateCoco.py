"""Seconds from two COCO files to the twelve statistics of boxes, and the statistics, by pycocotools or faster-coco-eval."""

import contextlib
import importlib.metadata
import io
import json
import sys
import time

library, truths, results = sys.argv[1:4]
with contextlib.redirect_stdout(io.StringIO()):
    if library == "pycocotools":
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval
    else:
        from faster_coco_eval import COCO
        from faster_coco_eval import COCOeval_faster as COCOeval
    start = time.perf_counter()
    coco = COCO(truths)
    run = COCOeval(coco, coco.loadRes(results), "bbox")
    run.evaluate()
    run.accumulate()
    run.summarize()
    took = time.perf_counter() - start
stats = [float(each) for each in run.stats[:12]]
print(json.dumps({"seconds": took, "stats": stats, "python": sys.version.split()[0], "version": importlib.metadata.version(library)}))
