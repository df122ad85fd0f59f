"""
Writes src/unicodeTable.ts: the general category of every code point, as the regular expressions of HF tokenizers see it. The library is asked
about each code point, so that a later edition of it shows its own edition of Unicode.

    pip install tokenizers==0.23.3
    python scripts/unicodeTable.py > src/unicodeTable.ts
"""

import tokenizers
from tokenizers import Regex, pre_tokenizers

NAMES = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co Cn".split()
SURROGATES = range(0xD800, 0xE000)

category = [NAMES.index("Cn")] * 0x110000
for point in SURROGATES:
    category[point] = NAMES.index("Cs")

for index, name in enumerate(NAMES):
    remove = pre_tokenizers.Split(Regex(r"\p{%s}" % name), "removed")
    for start in range(0, 0x110000, 4096):
        points = [point for point in range(start, start + 4096) if point not in SURROGATES]
        kept = {ord(char) for text, _ in remove.pre_tokenize_str("".join(map(chr, points))) for char in text}
        for point in points:
            if point not in kept:
                category[point] = index

runs = []
for point, index in enumerate(category):
    if runs and runs[-1][0] == index:
        runs[-1][1] += 1
    else:
        runs.append([index, 1])


def digits(number):
    text = ""
    while True:
        text = "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36] + text
        number //= 36
        if number == 0:
            return text


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%"
text = "".join(LETTERS[index] + ("" if length == 1 else digits(length)) for index, length in runs)
lines = [text[at : at + 120] for at in range(0, len(text), 120)]
print(
    f"""/**
 * General categories of Unicode 16.0 as runs from U+0000 to U+10FFFF: a letter for the category and the length of the run in base 36, a length
 * of 1 left out. Written by scripts/unicodeTable.py from the answers of HF tokenizers {tokenizers.__version__}; edit that instead.
 */
export const unicodeVersion = "16.0"

/** In the order of the letters A-Z ! # $ %. */
export const categoryNames = [
  {", ".join(f'"{name}"' for name in NAMES)}
] as const

export const categoryRuns = `
{chr(10).join(lines)}
`"""
)
