"""Physical values and annotations of the records in ../fixtures/wfdb, as the WFDB package of PhysioNet reads them.

python -m venv v && v/bin/pip install wfdb==4.3.1 && v/bin/python physical.py > physical.json
"""
import json
from pathlib import Path

import wfdb

folder = Path(__file__).parent.parent / "fixtures" / "wfdb"
answers = {}
for header in sorted(folder.glob("*.hea")):
    record = wfdb.rdrecord(str(header.with_suffix("")), physical=True)
    annotations = wfdb.rdann(str(header.with_suffix("")), "atr")
    answers[header.stem] = {
        "rate": record.fs,
        "signals": record.sig_name,
        "physical": record.p_signal.tolist(),
        "annotations": [[int(s), a] for s, a in zip(annotations.sample, annotations.symbol)],
    }
print(json.dumps({"wfdb": wfdb.__version__, "records": answers}, separators=(",", ":")))
