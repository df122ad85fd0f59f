"""Seconds that HF tokenizers takes to encode texts on one thread, and a hash of the ids: encodeTexts.py TOKENIZER.JSON TEXTS.JSON."""

import array
import hashlib
import json
import os
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
import tokenizers

tokenizer = tokenizers.Tokenizer.from_file(sys.argv[1])
with open(sys.argv[2], encoding="utf-8") as file:
    texts = json.load(file)
start = time.perf_counter()
# The quickest call that the library has: all texts at once, without offsets.
encoded = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
took = time.perf_counter() - start
digest = hashlib.sha256()
for each in encoded:
    digest.update(array.array("I", each.ids).tobytes())
start = time.perf_counter()
decoded = tokenizer.decode_batch([each.ids for each in encoded], skip_special_tokens=False)
back = time.perf_counter() - start
print(
    json.dumps({"encode": took, "decode": back, "same": decoded == texts, "ids": digest.hexdigest(), "python": sys.version.split()[0]})
)
