"""Makes texts.csv from four books of Project Gutenberg, whose plain texts lie in the working folder; see LICENSE.md.

    python3 make.py > texts.csv

No chance is involved: the same four files give the same bytes.
"""

import hashlib
import re
import sys

# Author, file, its SHA-256, and how the first sentence of the book begins behind the front matter.
BOOKS = [
    ("Austen", "1342.txt", "441e778a4297bfc944dc254810e8ded3134cfb0e36d73eef6bb312b4ffd74d6a", "It is a truth universally"),
    ("Carroll", "11.txt", "0f9ea0b148d553177962a25edd2f56d36342c22576a3253a127b4fbeffa5687d", "Alice was beginning to get"),
    ("Melville", "2701.txt", "f17ab08e0ad8c6e43d1e85e3cdae4e1b617ae35069cee7db8dcd457c87b1ec76", "Call me Ishmael."),
    ("Wells", "36.txt", "734b8a1d51077e36767c46578517fd4826c024a1cbd05ebf1aca92aadbb7ad56", "No one would have believed"),
]
PER_BOOK = 250
FEWEST, MOST = 24, 56  # words and punctuation marks of a passage

END = re.compile(r"^(End of (the )?Project Gutenberg|\*\*\* *END OF)", re.M)
# Quotation marks, dashes, underscores and the like: they tell how a book was typed and not who wrote it.
TYPOGRAPHY = re.compile(r"[^A-Za-z0-9'.,;:!?\s]|(?<![A-Za-z])'|'(?![A-Za-z])")
SENTENCE_END = re.compile(r"(?<=[.!?])(?<!Mr\.)(?<!Mrs\.)(?<!Dr\.)(?<!St\.)\s+(?=[A-Z])")
TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9']*|[.,;:!?]")


def passages(file, sha256, first):
    """Runs of whole sentences of one paragraph, long enough and not too long; none overlaps another."""
    with open(file, "rb") as opened:
        data = opened.read()
    if hashlib.sha256(data).hexdigest() != sha256:
        sys.exit(f"{file} is another edition: its SHA-256 is not {sha256}")
    text = data.decode("ascii").replace("\r\n", "\n")
    text = text[text.index(first) : END.search(text).start()]
    for paragraph in re.split(r"\n\s*\n", text):
        paragraph = TYPOGRAPHY.sub(" ", paragraph)
        if re.match(r"\s*(chapter|book)\b", paragraph, re.I) or not re.search("[a-z]", paragraph):
            continue
        run = []
        for sentence in SENTENCE_END.split(paragraph.strip()):
            run += TOKEN.findall(sentence)
            if len(run) > MOST:
                run = []
            elif len(run) >= FEWEST:
                yield " ".join(run)
                run = []


def main():
    sys.stdout.reconfigure(newline="\n")
    print("author,text")
    for author, file, sha256, first in BOOKS:
        found = list(passages(file, sha256, first))
        for at in range(PER_BOOK):  # evenly over the whole book
            print(f'{author},"{found[at * len(found) // PER_BOOK]}"')


main()
