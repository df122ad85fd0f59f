"""
Reference answers for the interquartile mean. Needs scipy 1.17.1:

    python iqm.py > iqm.json

`rliable`, the library of the paper, aggregates with `scipy.stats.trim_mean(scores, proportiontocut=0.25, axis=None)`.
"""

import json
import random
import sys

import scipy
from scipy.stats import trim_mean

random.seed(2108)
lists = [[0.5], [0.1, 0.9], [1.0, 0.0, 0.5], [0.0, 1.0, 0.25, 0.5], [3, 1, 2, 5, 100], [-1e9, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 1e9]]
lists += [[random.random() for _ in range(n)] for n in range(1, 33)]
lists += [[random.gauss(0, 10 ** random.randint(-9, 9)) for _ in range(n)] for n in (4, 7, 8, 9, 15, 16, 17, 100, 101)]
cases = [{"values": values, "iqm": float(trim_mean(values, 0.25))} for values in lists]
json.dump({"about": "written by iqm.py", "scipy": scipy.__version__, "cases": cases}, sys.stdout, separators=(",", ":"))
