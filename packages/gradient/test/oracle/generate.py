"""Makes all stored cases again: python generate.py (with the packages of requirements.txt). The same bytes on a machine with AVX2."""
import os
import subprocess
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))


def make(instructions, *command):
    limits = {"ATEN_CPU_CAPABILITY": instructions, "MKL_ENABLE_INSTRUCTIONS": "AVX2", "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_CBWR": "AVX2"}
    subprocess.run([sys.executable, *command], cwd=FOLDER, check=True, env={**os.environ, **limits})


for script in ("operations.py", "networks.py", "curve.py"):
    make("avx2", script)
for instructions in ("default", "avx2"):
    make(instructions, "updates.py", f"updates-{instructions}")
