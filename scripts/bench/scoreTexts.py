"""Seconds that sacreBLEU takes to score texts, files read before, and what it finds: scoreTexts.py METRIC ANSWERS REFERENCES."""

import json
import sys
import time

import sacrebleu
from sacrebleu.metrics import BLEU, CHRF, TER

name, *paths = sys.argv[1:]
answers, references = [open(path, encoding="utf-8", newline="\n").read().rstrip("\n").split("\n") for path in paths]
start = time.perf_counter()
score = {"bleu": BLEU, "chrf": CHRF, "ter": TER}[name]().corpus_score(answers, [references]).score
took = time.perf_counter() - start
print(json.dumps({"seconds": took, "score": score, "python": sys.version.split()[0], "sacrebleu": sacrebleu.__version__}))
