"""What the fixtures hold, as Python's own codecs, csv and json read them. Writes read.json: python3 read.py (Python 3.9 or later)."""
import csv
import hashlib
import io
import json
import pathlib
import unicodedata

here = pathlib.Path(__file__).parent
root = here.parent / "fixtures"


def text_of(path, encoding):
    return (root / path).read_bytes().decode(encoding)


def described(text, **rest):
    return {
        "text": text,
        "length": len(text),
        "decoded_hash": hashlib.sha256(unicodedata.normalize("NFC", text).encode("utf-8")).hexdigest(),
        "near": hashlib.sha256(" ".join(unicodedata.normalize("NFC", text.lower()).split()).encode("utf-8")).hexdigest(),
        **rest,
    }


def folders(path):
    files = sorted((root / path).glob("*/**/*.txt"), key=lambda file: str(file.relative_to(root / path)).encode())
    return [
        described(text_of(file, "utf-8-sig"), label=file.relative_to(root / path).parts[0], id=str(file.relative_to(root / path)))
        for file in files
    ]


def lines(labels, encoding):
    out = []
    for path, label in labels.items():
        all_lines = text_of(path, encoding).split("\n")
        out += [described(line, label=label) for line in (all_lines[:-1] if all_lines[-1] == "" else all_lines)]
    return out


def chunks(path):
    out = []
    for block in text_of(path, "utf-8").replace("\r\n", "\n").split("\n\n"):
        rows = [line.split(" ") for line in block.strip("\n").split("\n") if line != ""]
        if rows:
            out.append(described(" ".join(row[0] for row in rows), tokens=[row[0] for row in rows], tags=[row[2] for row in rows]))
    return out


table = csv.DictReader(io.StringIO(text_of("tables/news.csv", "utf-16-be"), newline=""), delimiter=";")
records = [json.loads(line) for line in text_of("tables/news.jsonl", "utf-8").split("\n") if line]
answers = {
    "reviews": folders("reviews"),
    "sentences": lines({"sentences/plot.tok.gt9.5000": "objective", "sentences/quote.tok.gt9.5000": "subjective"}, "cp1252"),
    "chunks": chunks("chunks/test.txt") + chunks("chunks/train.txt"),
    "csv": [described(row["text"], label=row["label"], id=row["id"]) for row in table],
    "jsonl": [described(row["text"], label=str(row["label"]), id=str(row["id"]), time=int(row["at"])) for row in records],
}
(here / "read.json").write_text(json.dumps(answers, ensure_ascii=True, indent=1) + "\n")
