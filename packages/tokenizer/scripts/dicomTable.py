"""
Writes src/dicomTable.ts: tag, value representation and keyword of every data element of DICOM PS3.6 (with those of PS3.7 in group 0000), read
from the dictionary of pydicom.

    pip install pydicom==3.0.2
    python scripts/dicomTable.py > src/dicomTable.ts
"""

import pydicom
from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary

rows = sorted((f"{tag:08x}", entry) for tag, entry in DicomDictionary.items())
rows += sorted((mask.lower(), entry) for mask, entry in RepeatersDictionary.items())
lines, group = [], None
for tag, (vr, _, _, _, keyword) in rows:
    if tag[:4] != group:
        group = tag[:4]
        lines.append(f"#{group}")
    representations = "" if vr == "NONE" else vr.replace(" or ", "/")
    lines.append(f"{tag[4:]} {representations} {keyword}".rstrip())
print(
    f"""/**
 * The data elements of the DICOM data dictionary: `#gggg` starts a group, then a line for each element: its number, its value representations,
 * its keyword. An `x` is any hex digit of a repeating group. The numbers, names and representations are facts of DICOM PS3.6 and PS3.7, written by
 * scripts/dicomTable.py from the dictionary of pydicom {pydicom.__version__} (MIT licence, Copyright (c) 2008-2020 Darcy Mason and pydicom
 * contributors); edit that instead.
 */
export const dicomEdition = "pydicom {pydicom.__version__}"

export const dicomTable = `
{chr(10).join(lines)}
`"""
)
