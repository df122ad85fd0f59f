"""
DICOM data sets as pydicom reads them, for the tests to carry through tokens and back. Needs pydicom 3.0.2.

    python dicom.py > dicom.json

`files` are the data sets of small files that pydicom brings for its own tests (MIT licence), each element as [tag, VR, value] with the bytes of
the value in base64, or a list of items; `dictionary` is the SHA-256 of the whole dictionary, one line "tag VR keyword" each, and `tags` says of
drawn tags what pydicom knows of them.
"""

import base64
import glob
import hashlib
import json
import os
import random
import warnings

import pydicom
from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary
from pydicom.datadict import get_entry
from pydicom.dataelem import RawDataElement
from pydicom.sequence import Sequence
from pydicom.tag import Tag

warnings.simplefilter("ignore")
NAMES = """nested_priv_SQ priv_SQ UN_sequence chrSQEncoding SC_rgb_small_odd chrH31 chrX1 chrKoreanMulti rtplan reportsi badVR
rtdose_1frame ExplVR_BigEndNoMeta fall SC_rgb_rle_2frame""".split()
FOLDER = os.path.join(os.path.dirname(pydicom.__file__), "data")


def elements(data_set):
    found = []
    for tag in sorted(data_set.keys()):
        raw = data_set.get_item(tag)
        if isinstance(raw, RawDataElement) and raw.VR not in (None, "SQ", "UN"):
            found.append([int(tag), raw.VR, base64.b64encode(raw.value or b"").decode()])
            continue
        element = data_set[tag]
        if isinstance(element.value, Sequence):
            found.append([int(tag), element.VR, [elements(item) for item in element.value]])
        else:
            value = raw.value if isinstance(raw, RawDataElement) else b""
            found.append([int(tag), str(element.VR).split(" ")[0], base64.b64encode(value or b"").decode()])
    return found


files = []
for name in NAMES:
    (path,) = glob.glob(os.path.join(FOLDER, "**", name + ".dcm"), recursive=True)
    data_set = pydicom.dcmread(path, force=True)
    files.append({"name": name, "elements": elements(data_set.file_meta) + elements(data_set)})

rows = sorted((f"{tag:08x}", entry) for tag, entry in DicomDictionary.items())
rows += sorted((mask.lower(), entry) for mask, entry in RepeatersDictionary.items())
text = "\n".join(f"{tag} {entry[0]} {entry[4]}" for tag, entry in rows)

draw = random.Random(3)
tags = []
for _ in range(700):
    kind = draw.randrange(3)
    if kind == 0:
        number = draw.choice(list(DicomDictionary))
    elif kind == 1:
        mask = draw.choice(list(RepeatersDictionary))
        number = int("".join(draw.choice("0123456789abcdef") if digit == "x" else digit for digit in mask), 16)
    else:
        number = draw.randrange(1 << 32)
    tag = Tag(number)
    try:
        # An odd group is private, whatever a mask may say.
        entry = None if tag.is_private and number not in DicomDictionary else get_entry(tag)
    except KeyError:
        entry = None
    tags.append([number, entry and entry[0], entry and entry[4]])

print(
    json.dumps(
        {
            "version": pydicom.__version__,
            "count": len(rows),
            "dictionary": hashlib.sha256(text.encode()).hexdigest(),
            "tags": tags,
            "files": files,
        },
        separators=(",", ":"),
    ).replace("]],", "]],\n")
)
