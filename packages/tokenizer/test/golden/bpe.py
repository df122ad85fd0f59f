"""
What HF tokenizers does with a tokenizer that it trained itself, for the tests to compare with. Needs tokenizers 0.23.3.

    python bpe.py FOLDER

writes into FOLDER `corpus.json` (texts to train on, drawn here), `tokenizer.json` (2000 tokens, trained on them by the library) and `cases.json`:
texts in many scripts with their ids, changes to `tokenizer.json` with a hash of the ids of every text, a hash of the ids of every stretch of
4096 code points, and hashes of the merges that the library learns with other settings.

A hash is the first 8 hex digits of the SHA-256 of the numbers, written with one space between.
"""

import copy
import hashlib
import json
import os
import random
import sys

os.environ["TOKENIZERS_PARALLELISM"] = "false"
import tokenizers as library
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

FOLDER = sys.argv[1]
draw = random.Random(5)

SENTENCES = [
    "The brain of a mouse has about seventy million neurons, and it's learning; we'll see what they've done.",
    "A spike is short: 1 ms. Don't count it twice! I'm sure you'd agree, she's right and we're late.",
    "Ein Neuron feuert, wenn genug Strom fließt; die Größe der Schwelle hängt vom Alter ab.",
    "Le cerveau apprend sans cesse, même la nuit : l’été, à l’hôtel, où ça coûte 12,50 €.",
    "El niño aprendió rápido: ¿cuántas señales recibió? ¡Más de 1.000.000 en un año!",
    "Мозг учится каждый день, и сигнал идёт по нервам со скоростью до 120 м/с.",
    "Нейрони працюють разом; їхня мова — це ритм.",
    "Ο εγκέφαλος μαθαίνει αργά, αλλά δεν ξεχνά εύκολα.",
    "المخ يتعلم كل يوم، والإشارة تسير في العصب بسرعة ١٢٠ مترًا.",
    "המוח לומד בכל יום, והאות עובר במהירות.",
    "दिमाग हर दिन सीखता है, और संकेत १२० मीटर प्रति सेकंड चलता है।",
    "মস্তিষ্ক প্রতিদিন শেখে।",
    "மூளை ஒவ்வொரு நாளும் கற்றுக்கொள்கிறது.",
    "สมองเรียนรู้ทุกวันและสัญญาณเดินทางเร็วมาก",
    "大脑每天都在学习,信号以每秒120米的速度传播。",
    "脳は毎日学習する。シナプスが強くなると、記憶が残ります。",
    "뇌는 매일 배우고, 신호는 초속 120미터로 움직인다.",
    "Não é fácil: o cérebro não pára, e há mais de 86 mil milhões de células.",
    "Mózg uczy się każdego dnia; żółć, źdźbło i gęś to trudne słowa.",
    "Beyin her gün öğrenir; İstanbul'da ışık ılık.",
    "Bộ não học mỗi ngày và tín hiệu chạy rất nhanh.",
    "Ubongo hujifunza kila siku, na ishara husafiri haraka.",
    "ჟანგბადი ტვინს სჭირდება ყოველდღე.",
    "Ուղեղը սովորում է ամեն օր։",
    "አንጎል በየቀኑ ይማራል።",
    "🧠 learns ⚡ fast 👩🏽‍🔬👨‍👩‍👧‍👦 🇫🇷🇯🇵 ❤️‍🔥 ok 👍🏿!",
    "const spikes = neurons.filter(({ v }) => v > 30).map((n, i) => [i, n.id] as const)",
    "def step(self, dt: float = 0.1) -> None:\n    self.v += dt * (self.i - self.v) / 20\n\tif self.v >= -55.0:\n\t\tself.fire()\n",
    "for (int i = 0; i < N; i++) { w[i] += 0.01f * (x[i] * y - w[i]); } // Oja's rule",
    "SELECT id, sum(reward) FROM runs WHERE seed = 42 GROUP BY 1 ORDER BY 2 DESC;",
    "{\"name\": \"LIF\", \"tau_ms\": 20, \"rest\": -65.5e0, \"on\": true}",
    "https://example.org/a/b?x=1&y=%20#top or mail to one@example.org, v2.0.1-beta",
    "Line one\r\nline two\n\n\n   three   spaces\t\ttabs \u00a0nbsp\u2003em\u3000wide\u0085next",
    "1 22 333 4444 55555 666666 7777777 ½ ² Ⅷ ٣٤ ४५ 𝟘𝟙",
    "THEY'LL SAY IT'S OK, WE'VE WON; it'ſ odd, I'D K.",
    "x = a**2 + b//3 != c <= d; y &&= !z || w >>> 1; $_[0] =~ s/^\\s+//;",
]


def word():
    return "".join(draw.choice("bdfgklmnprstvz") + draw.choice("aeiou") for _ in range(draw.randint(1, 4)))


WORDS = [word() for _ in range(400)]
TEXTS = []
for _ in range(260):
    kind = draw.random()
    if kind < 0.5:
        TEXTS.append(" ".join(draw.choice(WORDS[: draw.choice([20, 100, 400])]) for _ in range(draw.randint(4, 20))) + draw.choice(".!?"))
    else:
        TEXTS.append(draw.choice([" ", "\n", "  "]).join(draw.choice(SENTENCES) for _ in range(draw.randint(1, 2))))
CORPUS = SENTENCES + TEXTS

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
CL100K = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
POSSESSIVE = r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s*[\r\n]|\s+(?!\S)|\s"
QWEN = CL100K.replace(r"\p{N}{1,3}", r"\p{N}")
CASED = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
O200K = "|".join(
    [
        r"[^\r\n\p{L}\p{N}]?" + CASED,
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    ]
)
LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}


def split(regex):
    return {"type": "Split", "pattern": {"Regex": regex}, "behavior": "Isolated", "invert": False}


def sequence(*parts):
    return {"type": "Sequence", "pretokenizers": [*parts, LEVEL]}


def learn(pre_tokenizer, size, frequency, special=()):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        min_frequency=frequency,
        special_tokens=list(special),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


def by(regex):
    parts = [pre_tokenizers.Split(Regex(regex), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    return pre_tokenizers.Sequence(parts)


def hash_of(text):
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def hash_of_ids(ids):
    return hash_of(" ".join(map(str, ids)))


def dump(name, value):
    with open(os.path.join(FOLDER, name), "w", encoding="utf-8", newline="\n") as file:
        file.write(value if isinstance(value, str) else json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace("],", "],\n") + "\n")


base = learn(pre_tokenizers.ByteLevel(add_prefix_space=False), 2000, 2, ["<|endoftext|>", "<pad>"])
base.add_tokens([AddedToken("neuron", normalized=True), AddedToken("neurons", normalized=True), AddedToken("été", normalized=True)])
base.add_special_tokens([AddedToken("<|im_start|>"), AddedToken("<|im|>"), AddedToken("<|im_start|>user"), AddedToken("  ", normalized=False)])
document = json.loads(base.to_str())

changes = {
    "cl100k": {"pre_tokenizer": sequence(split(CL100K))},
    "cl100k, whole words first": {"pre_tokenizer": sequence(split(CL100K)), "model.ignore_merges": True},
    "possessive": {"pre_tokenizer": sequence(split(POSSESSIVE))},
    "one digit": {"pre_tokenizer": sequence(split(QWEN)), "normalizer": {"type": "NFC"}},
    "o200k": {"pre_tokenizer": sequence(split(O200K))},
    "no split": {"pre_tokenizer": LEVEL},
    "three splits": {
        "pre_tokenizer": sequence(
            split(r"\p{N}{1,3}"),
            {"type": "Split", "pattern": {"String": "e."}, "behavior": "Isolated", "invert": True},
            split(r"[一-龥\u3040-ゟ゠-ヿ]+|[!-/:-~]+[A-Za-z]{2,}|\P{Lu}|(?:\S\s){2}|[^\x00-\x{2FF}]"),
        )
    },
    "template": {
        "post_processor": {
            "type": "Sequence",
            "processors": [
                {**LEVEL, "use_regex": True},
                {
                    "type": "TemplateProcessing",
                    "single": [
                        {"SpecialToken": {"id": "<pad>", "type_id": 0}},
                        {"SpecialToken": {"id": "<|im|>", "type_id": 0}},
                        {"Sequence": {"id": "A", "type_id": 0}},
                        {"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}},
                    ],
                    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
                    "special_tokens": {
                        token: {"id": token, "ids": [base.token_to_id(token)], "tokens": [token]}
                        for token in ("<pad>", "<|im|>", "<|endoftext|>")
                    },
                },
            ],
        }
    },
}
changes["three splits"]["pre_tokenizer"]["pretokenizers"][-1] = {**LEVEL, "use_regex": True}

SPECIAL = [token["content"] for token in document["added_tokens"]]
SPACES = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2003\u2028\u202f\u3000"
ODD = "\x00\x01\x1b\x7f\ufeff\u200b\u200d\u2060\ufffd\uffff\u0301\u0327\u1e9b\u0323ſKÅẛ̣Ⅷ½²٣𝟘ǅʰªßﬁ\u0e33\U000e0001\U0010ffff\ue000\u0378\U0002ebf0\U00010d40\u1c89"


def any_scalar():
    while True:
        point = draw.randrange(draw.choice([0x80, 0x800, 0x3000, 0x10000, 0x20000, 0x110000]))
        if not 0xD800 <= point < 0xE000:
            return chr(point)


def any_text():
    kind = draw.randrange(8)
    if kind == 0:
        return "".join(any_scalar() for _ in range(draw.randint(1, 24)))
    if kind == 1:
        sentence = draw.choice(SENTENCES)
        start = draw.randrange(len(sentence))
        return sentence[start : start + draw.randint(1, 50)]
    if kind == 2:
        return "".join(draw.choice(SPACES + "a1.'") for _ in range(draw.randint(1, 20)))
    if kind == 3:
        return "".join(draw.choice(ODD + " a1") for _ in range(draw.randint(1, 16)))
    if kind == 4:
        return "".join(draw.choice([draw.choice(SPECIAL), draw.choice(WORDS), " ", "<|", "s", "\u0301"]) for _ in range(draw.randint(1, 8)))
    if kind == 5:
        return draw.choice("ab ♥é\n") * draw.randint(1, 130)
    if kind == 6:
        return "".join(draw.choice([*"'’ſsStTdDmMlLrRvVeEkK 1a,", "'ll", "'RE", "'Ve"]) for _ in range(draw.randint(1, 16)))
    return " ".join(draw.choice(WORDS) for _ in range(draw.randint(1, 8)))


texts = ["", *SENTENCES, *(any_text() for _ in range(480))]


def encode(tokenizer, text, special=False):
    return tokenizer.encode(text, add_special_tokens=special).ids


def changed(change):
    whole = copy.deepcopy(document)
    for path, value in change.items():
        *owners, key = path.split(".")
        place = whole
        for owner in owners:
            place = place[owner]
        place[key] = value
    return Tokenizer.from_str(json.dumps(whole))


def stretch(start):
    """Every scalar value among 4096, each between letters, digits and spaces."""
    return "".join(f"a{chr(p)}1 {chr(p)}" for p in range(start, start + 4096) if not 0xD800 <= p < 0xE000)


by_name = {name: changed(change) for name, change in changes.items()}
planes = {"as it is": base, **{name: by_name[name] for name in ("cl100k", "o200k")}}
settings = [
    {"preTokenizer": "gpt2", "vocabularySize": 2000, "minFrequency": 2, "specialTokens": ["<|endoftext|>", "<pad>"]},
    {"preTokenizer": "gpt2", "vocabularySize": 4000, "minFrequency": 1, "specialTokens": []},
    {"preTokenizer": "cl100k", "vocabularySize": 1500, "minFrequency": 1, "specialTokens": ["<s>"]},
    {"preTokenizer": "o200k", "vocabularySize": 1500, "minFrequency": 3, "specialTokens": []},
    {"preTokenizer": "none", "vocabularySize": 700, "minFrequency": 2, "specialTokens": []},
]
makers = {"gpt2": by(GPT2), "cl100k": by(CL100K), "o200k": by(O200K), "none": pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)}
trained = []
for setting in settings:
    tokenizer = learn(makers[setting["preTokenizer"]], setting["vocabularySize"], setting["minFrequency"], setting["specialTokens"])
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    trained.append({"options": setting, "count": len(merges), "merges": hash_of("\n".join(" ".join(pair) for pair in merges))})

ordinary = Tokenizer.from_str(base.to_str())
ordinary.encode_special_tokens = True
dump("corpus.json", CORPUS)
dump("tokenizer.json", json.dumps(document, ensure_ascii=True, separators=(",", ":")) + "\n")
dump(
    "cases.json",
    {
        "version": library.__version__,
        "texts": texts,
        "ids": [encode(base, text) for text in texts],
        "ordinary": "".join(hash_of_ids(encode(ordinary, text)) for text in texts),
        "changes": [
            {"name": name, "change": change, "ids": "".join(hash_of_ids(encode(by_name[name], text)) for text in texts)}
            for name, change in changes.items()
        ],
        "template": "".join(hash_of_ids(encode(by_name["template"], text, True)) for text in texts),
        "codePoints": {name: "".join(hash_of_ids(encode(t, stretch(start))) for start in range(0, 0x110000, 4096)) for name, t in planes.items()},
        "trained": trained,
    },
)
