"""
The answers of sacreBLEU, rouge-score and seqeval that the tests compare with. Needs sacrebleu 2.6.0, rouge-score 0.1.2, seqeval 1.2.2 and
scikit-learn 1.9.1, and three files of nltk_data, unpacked: models/wmt15_eval (100 sentences of WMT15, English to Russian, with the output
of a public translator), corpora/udhr2 and corpora/conll2000.

    python sequence.py FOLDER-OF-NLTK-FILES texts > texts.json
    python sequence.py FOLDER-OF-NLTK-FILES tags > tags.json

`texts.json` holds every text once; a case names its answers and references by their place. Sentences are real ones, and what a bad system
makes of them: words lost, doubled, replaced, moved as blocks, in other case. The cases `files` went through the command line of sacreBLEU.
"""

import json
import os
import random
import subprocess
import sys
import tempfile

FOLDER, PART = sys.argv[1], sys.argv[2]


def lines(name, encoding="utf-8"):
    with open(os.path.join(FOLDER, name), encoding=encoding, newline="\n") as file:
        return [line.rstrip() for line in file]


def damaged(text, draw, strength):
    """What a system of that weakness makes of a text."""
    words = text.split(" ")
    for _ in range(max(1, int(len(words) * strength))):
        if not words:
            break
        at = draw.randrange(len(words))
        kind = draw.randrange(7)
        if kind == 0:
            del words[at]
        elif kind == 1:
            words.insert(at, words[draw.randrange(len(words))])
        elif kind == 2:
            words[at] = draw.choice(["the", "of", "x", "1,000.5", "и", "«ja»", "don't", "U.S."])
        elif kind in (3, 4):
            size = draw.randrange(1, 6)
            block = words[at : at + size]
            del words[at : at + size]
            to = draw.randrange(len(words) + 1)
            words[to:to] = block
        elif kind == 5:
            words[at] = words[at].upper() if draw.random() < 0.5 else words[at].lower()
        else:
            words[at] = words[at].rstrip(".,") + draw.choice([".", ",", "!", ")", "-", ""])
    return " ".join(words)


EDGES = [
    "",
    " ",
    "\t",
    "a",
    ".",
    "I.",
    "the cat sat on the mat",
    "The cat sat on the mat.",
    "the the the the the the the",
    "  leading and trailing blanks   ",
    "tabs\tinside\tthe\tline",
    "a no-break\u00a0space and a\u3000wide one, \u2028 and \u0085 too",
    "feed\ufeffmark stays \ufeff here",
    "units\x1cof\x1dold\x1eterminals\x1f end",
    "&quot;Quoted&quot; &amp; escaped &lt;b&gt;, &amp;lt; twice &apos;no&apos;",
    "before <skipped> after, end-\nof line and\nnext",
    "Prices: $1,000.50, 3-4 %, 1.2.3.4, 5,6 and .7 or 8.",
    "e-mail: a.b@c.org/path?x=1&y=2 #tag [x] {y} ~z ^w `v` |u|",
    "It's John's; dogs' 'single' \"double\" “curly” ‘marks’ – dash — long … dots",
    "..54 and ..7, 's's 2's 3.,4",
    "(hi) (hi. \"so\" -- said; he: 'no!' ... !!",
    "Größe, ÄRGER, straße STRASSE İstanbul ΣΊΣΥΦΟΣ ǅ K",
    "中文句子,没有空格。第二句!",
    "中文 句子 , 没有 空格 。",
    "東京は日本の首都です。カタカナ・テスト「引用」",
    "ひらがな",
    "カタカナ",
    "ひらがなとカタカナと漢字",
    "한국어 문장은 띄어쓰기가 있습니다.",
    "emoji 😀😃 family 👨‍👩‍👧 flags 🇩🇪🇫🇷 and 𝒜𝓁𝑔 𠀀𠀁",
    "😀",
    "combining e\u0301 against \u00e9, ﬁ ligature, ½ ¾ ² ٣ ४",
    "math: ∑ x² ≤ ∞ → y ≠ z × 5 ÷ 2 € £ ¥ §",
    "Ａ full ｗｉｄｔｈ：（ｙｅｓ），！？；＂．",
    "㈱会社 ㍿ ㌔ ﹏ ⼀ ⺀ ㇀ 豈",
    "שלום עולם, مرحبا بالعالم؟ नमस्ते।",
    "first line\nsecond line\nthird",
    "second line\n\nfirst line\n   \nfourth third",
    "x " * 300,
    " ".join(str(n) for n in range(120)),
    " ".join(str(n) for n in reversed(range(120))),
    " ".join(str((n * 37) % 120) for n in range(120)),
    "a b c d e f g h i j k l m n o p",
    "i j k l m n o p a b c d e f g h",
    "a c b d f e g i h j l k m o n p",
    "word",
    " ".join(["word"] * 3 + ["other"] * 70 + ["word"] * 2),
    " ".join(chr(97 + n % 5) for n in range(80)),
    " ".join(chr(97 + (n * 3) % 7) for n in range(95)),
]


def texts():
    import sacrebleu
    from rouge_score import rouge_scorer
    from sacrebleu.metrics import BLEU, CHRF, TER

    draw = random.Random(20260101)
    source = lines("wmt15_eval/newstest-2015-100sents.en-ru.src.en")
    reference = lines("wmt15_eval/newstest-2015-100sents.en-ru.ref.ru")
    system = lines("wmt15_eval/newstest-2015-100sents.en-ru.google.ru")
    rights = {}
    for code in ["eng", "deu_1996", "fra", "spa", "cmn_hans", "jpn", "kor", "arb", "hin", "ell_monotonic", "tur", "vie", "tha"]:
        path = os.path.join(FOLDER, "udhr2", code + ".txt")
        if os.path.exists(path):
            rights[code] = [line for line in lines("udhr2/" + code + ".txt") if 20 < len(line) < 300]

    pool, places = [], {}

    def place(text):
        if text not in places:
            places[text] = len(pool)
            pool.append(text)
        return places[text]

    rouge = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL", "rougeLsum"], use_stemmer=False)
    cases = []

    def case(about, answers, references, options):
        """`references[i]` are those of segment i; the API of sacreBLEU wants them by stream, filled up with None."""
        most = max(len(own) for own in references)
        streams = [[own[k] if k < len(own) else None for own in references] for k in range(most)]
        bleu = BLEU(
            lowercase=options.get("lowercase", False),
            tokenize=options.get("tokenize", "13a"),
            smooth_method=options.get("smooth_method", "exp"),
            smooth_value=options.get("smooth_value"),
            effective_order=options.get("effective_order", False),
            force=True,
        )
        chrf = CHRF(**{key[5:]: value for key, value in options.items() if key.startswith("chrf_")})
        ter = TER(**{key[4:]: value for key, value in options.items() if key.startswith("ter_")})
        out = {
            "about": about,
            "options": options,
            "answers": [place(answer) for answer in answers],
            "references": [[place(each) for each in own] for own in references],
            "values": {},
            "signatures": {},
        }
        for name, metric in [("bleu", bleu), ("chrf", chrf), ("ter", ter)]:
            out["values"][name] = metric.corpus_score(answers, streams).score
            out["signatures"][name] = str(metric.get_signature())
        scores = [rouge.score_multi(own, answer) for answer, own in zip(answers, references)]
        for name in scores[0]:
            out["values"][name] = sum(score[name].fmeasure for score in scores) / len(scores)
        cases.append(out)

    def some_options(index):
        options = {}
        options["tokenize"] = ["13a", "13a", "none", "char", "intl", "zh"][index % 6]
        options["smooth_method"] = ["exp", "exp", "floor", "add-k", "none"][index % 5]
        if options["smooth_method"] in ("floor", "add-k") and draw.random() < 0.6:
            options["smooth_value"] = draw.choice([0.01, 0.125, 0.5, 0.375, 2, 1, 0, 0.105])
        for flag in ["lowercase", "effective_order", "chrf_whitespace", "chrf_lowercase", "chrf_eps_smoothing"]:
            if draw.random() < 0.3:
                options[flag] = True
        for flag in ["ter_normalized", "ter_no_punct", "ter_asian_support", "ter_case_sensitive"]:
            if draw.random() < 0.4:
                options[flag] = True
        if draw.random() < 0.5:
            options["chrf_word_order"] = draw.choice([1, 2, 2, 2, 4])
        if draw.random() < 0.25:
            options["chrf_char_order"] = draw.choice([1, 3, 8])
        if draw.random() < 0.25:
            options["chrf_beta"] = draw.choice([1, 3])
        return options

    case("100 sentences of WMT15", system, [[each] for each in reference], {})
    case("100 sentences of WMT15, chrF++ and intl", system, [[each] for each in reference], {"tokenize": "intl", "chrf_word_order": 2})
    case("100 sentences of WMT15, source as second reference", system, [list(both) for both in zip(reference, source)], {})
    case("100 sentences of WMT15, normalised", system, [[each] for each in reference], {"ter_normalized": True, "lowercase": True})
    case("everything right", reference[:5], [[each] for each in reference[:5]], {})
    case("everything empty", [""] * 3, [["some words"], ["and more ."], ["x"]], {})
    case("references empty", ["some words", "and more ."], [[""], [""]], {})
    case("both sides empty", ["", ""], [[""], [""]], {})
    case("nothing in common", ["a b c d e", "f g h"], [["v w x y z"], ["q r s t"]], {})
    case("one word", ["word"], [["word"]], {})
    case("three words", ["one two three"], [["one two three"]], {"effective_order": True})
    case("three words, no effective order", ["one two three"], [["one two three"]], {})
    for smooth in ["exp", "floor", "add-k", "none"]:
        case(f"no four-gram matches, {smooth}", ["a b c x d e f y"], [["a b c d e f g h"]], {"smooth_method": smooth})
    for text in ["..54 was the number", "it 's's 2.", "x,..7,..8"]:
        case(f"references are cut into words twice: {text}", [text], [[text]], {"ter_normalized": True})
    for index, edge in enumerate(EDGES):
        for turn in range(3):
            other = EDGES[draw.randrange(len(EDGES))] if turn == 0 else damaged(edge, draw, 0.3) if turn == 1 else edge
            own = [edge] if draw.random() < 0.6 else [edge, EDGES[draw.randrange(len(EDGES))]]
            case(f"edge {index}, {turn}", [other], [own], {} if turn == 0 else some_options(3 * index + turn))
    for index in range(24):
        answers = [draw.choice(EDGES) for _ in range(6)]
        case(f"edges together {index}", answers, [[draw.choice(EDGES) for _ in range(1 + index % 3)] for _ in answers], some_options(index))
    for index in range(60):
        chosen = [draw.randrange(len(source)) for _ in range(4)]
        wanted = [[source[k]] + ([damaged(source[k], draw, 0.2)] if index % 3 == 0 else []) for k in chosen]
        answers = [damaged(source[k], draw, draw.random()) for k in chosen]
        case(f"English, damaged {index}", answers, wanted, some_options(index) if index % 2 else {})
    for index in range(30):
        chosen = [draw.randrange(len(reference)) for _ in range(3)]
        case(f"Russian {index}", [system[k] for k in chosen], [[reference[k]] for k in chosen], some_options(index))
    for code, own in rights.items():
        for index in range(4):
            chosen = [draw.choice(own) for _ in range(3)]
            answers = [damaged(each, draw, 0.3) for each in chosen]
            case(f"{code} {index}", answers, [[each] for each in chosen], some_options(index) if index else {})
    for index in range(10):
        chosen = [draw.randrange(len(source)) for _ in range(4)]
        wanted = [[source[k]] + [damaged(source[k], draw, 0.3) for _ in range(at % 3)] for at, k in enumerate(chosen)]
        case(f"numbers of references differ {index}", [damaged(source[k], draw, 0.3) for k in chosen], wanted, {})
    for index in range(12):
        long = " ".join(source[draw.randrange(len(source))] for _ in range(8))
        case(f"long {index}", [damaged(long, draw, 0.4)], [[long]], {})
    for index in range(16):
        summary = [source[draw.randrange(len(source))] for _ in range(4)]
        answer = [damaged(each, draw, 0.3) for each in draw.sample(summary, 3)]
        case(f"summary of lines {index}", ["\n".join(answer)], [["\n".join(summary)]], {})

    signs = list(" \t\n\r\x0b\x1c\x85\xa0\u2028\u3000\ufeff.,-'\"&;:()[]{}0123456789abcXYZ中猫あカ、。") + [
        "&quot;", "&amp;", "&lt;", "&gt;", "'s ", "-\n", "<skipped>", "ΑΣ", "Σ ", "İ", "😀", "..", "'s",
    ]
    for index in range(60):
        text = "".join(draw.choice(signs) for _ in range(draw.randrange(1, 40)))
        answer = "".join(each if draw.random() < 0.8 else draw.choice(signs) for each in text)
        case(f"drawn signs {index}", [answer], [[text]], {**some_options(index), "effective_order": True})
    for index in range(60):
        known = draw.choice([2, 3, 5, 8, 15, 40])
        words = [f"w{draw.randrange(known)}" for _ in range(draw.randrange(90))]
        answer = list(words) if draw.random() < 0.7 else [f"w{draw.randrange(known)}" for _ in range(draw.randrange(90))]
        for _ in range(draw.randrange(6)):
            at, size = draw.randrange(len(answer) + 1), draw.randrange(1, 14)
            block = answer[at : at + size]
            del answer[at : at + size]
            to = draw.randrange(len(answer) + 1)
            answer[to:to] = block
        case(f"drawn words {index}", [" ".join(answer)], [[" ".join(words)]], {})

    files = []

    def file_case(about, prediction, targets):
        with tempfile.TemporaryDirectory() as folder:
            names = []
            for index, content in enumerate([prediction, *targets]):
                names.append(os.path.join(folder, str(index)))
                with open(names[-1], "w", encoding="utf-8", newline="") as file:
                    file.write(content)
            command = [sys.executable, "-m", "sacrebleu", *names[1:], "-i", names[0], "-m", "bleu", "chrf", "ter", "-w", "14", "-q"]
            printed = json.loads(subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout)
        files.append(
            {
                "about": about,
                "predictions": prediction,
                "targets": targets,
                "values": {key: score["score"] for key, score in zip(["bleu", "chrf", "ter"], printed)},
                "signatures": {key: score["signature"] for key, score in zip(["bleu", "chrf", "ter"], printed)},
            }
        )

    file_case("LF", "\n".join(system[:20]) + "\n", ["\n".join(reference[:20]) + "\n"])
    file_case("CR LF on one side, no line break at the end", "\r\n".join(system[:6]), ["\n".join(reference[:6]) + "\n"])
    file_case("two references, blanks at line ends", "a cat sat on it  \nb\t\n", ["a cat sat on a mat\n\n", "the cat sat on it .\n b\n"])
    file_case("lone CR, U+0085, U+2028, form feed inside of lines", "a\rb c\u2028d\ne\u0085f g\x0ch\n", ["a b c d\ne f g h\n"])
    file_case("empty lines", "\n\na b c d e\n\n", ["x\n\na b c d e\n\n"])
    file_case("one line", "the cat sat on the mat today", ["the cat sat on a mat today"])
    file_case("CJK and emoji", "中文句子,没有空格。\n😀 ok\n", ["中文句子没有空格。\n😀😃 ok\n"])
    return {
        "about": "written by sequence.py",
        "versions": {"sacrebleu": sacrebleu.__version__, "rouge_score": "0.1.2", "python": sys.version.split()[0]},
        "texts": pool,
        "cases": cases,
        "files": files,
    }


def tags():
    import seqeval.scheme
    import sklearn
    from seqeval.metrics.sequence_labeling import accuracy_score, precision_recall_fscore_support
    from seqeval.metrics.v1 import precision_recall_fscore_support as strict
    from sklearn.metrics import f1_score

    draw = random.Random(20260102)
    sentences, own = [], []
    for line in lines("conll2000/test.txt"):
        if line:
            own.append(line.split(" ")[2])
        elif own:
            sentences.append(own)
            own = []
    prefixes = {"conlleval": "BIES", "IOB1": "IB", "IOB2": "IB", "IOE1": "IE", "IOE2": "IE", "IOBES": "IBES", "BILOU": "BILU"}

    def wrong(sequence, rate, letters, types):
        def other(tag):
            if draw.random() >= rate:
                return tag
            return draw.choice(["O", draw.choice(letters) + draw.choice(["", *["-" + each for each in types]])])

        return [other(tag) for tag in sequence]

    cases = []

    def case(about, spans, truth, answers):
        out = {"about": about, "spans": spans, "truth": [" ".join(each) for each in truth], "answers": [" ".join(each) for each in answers]}
        flat = [[tag for each in side for tag in each] for side in (truth, answers)]
        values = {
            "exact_match": sum(a == b for a, b in zip(truth, answers)) / len(truth),
            "token_accuracy": accuracy_score(truth, answers) if flat[0] else None,
        }
        for average in ["micro", "macro", "weighted"]:
            values["f1/" + average] = f1_score(*flat, average=average, zero_division=0) if flat[0] else None
            if spans == "conlleval":
                got = precision_recall_fscore_support(truth, answers, average=average, zero_division=0)
            elif spans == "none":
                continue
            else:
                got = strict(truth, answers, average=average, zero_division=0, scheme=getattr(seqeval.scheme, spans))
            for name, value in zip(["span_precision", "span_recall", "span_f1"], got):
                values[f"{name}/{average}"] = None if value != value else float(value)
        out["values"] = values
        cases.append(out)

    def convert(sequence, scheme):
        """The spans of IOB2 tags in another scheme."""
        out = []
        for at, tag in enumerate(sequence):
            if tag == "O":
                out.append(tag)
                continue
            kind, name = tag.split("-", 1)
            following = sequence[at + 1] if at + 1 < len(sequence) else "O"
            last = following != "I-" + name
            first = kind == "B"
            before = sequence[at - 1] if at > 0 else "O"
            if scheme in ("IOB2", "conlleval"):
                letter = kind
            elif scheme == "IOB1":
                letter = "B" if first and before != "O" and before.split("-", 1)[1] == name else "I"
            elif scheme == "IOE1":
                letter = "E" if last and following == "B-" + name else "I"
            elif scheme == "IOE2":
                letter = "E" if last else "I"
            elif scheme == "IOBES":
                letter = "S" if first and last else "B" if first else "E" if last else "I"
            else:
                letter = "U" if first and last else "B" if first else "L" if last else "I"
            out.append(f"{letter}-{name}")
        return out

    for spans, letters in prefixes.items():
        for index in range(26):
            chosen = [convert(draw.choice(sentences)[:25], spans) for _ in range(1 + index % 4)]
            rate = [0, 0.02, 0.1, 0.3, 1][index % 5]
            answers = [wrong(each, rate, letters, ["NP", "VP", "X-Y"]) for each in chosen]
            case(f"CoNLL-2000, {spans} {index}", spans, chosen, answers)
        for index in range(14):
            make = lambda: [draw.choice(["O", draw.choice(letters), *[draw.choice(letters) + "-" + each for each in "AB"]]) for _ in range(size)]
            sizes = [draw.randrange(0, 9) for _ in range(5)] + [1]
            truth, answers = [], []
            for size in sizes:
                truth.append(make())
                answers.append(make() if draw.random() < 0.5 else wrong(truth[-1], 0.2, letters, "AB"))
            case(f"drawn, {spans} {index}", spans, truth, answers)
    for index in range(10):
        truth = [[draw.choice("NVDJ") for _ in range(draw.randrange(1, 9))] for _ in range(6)]
        case(f"no spans {index}", "none", truth, [[draw.choice(["N", "V", tag, tag]) for tag in each] for each in truth])
    return {
        "about": "written by sequence.py",
        "versions": {"seqeval": "1.2.2", "scikit_learn": sklearn.__version__},
        "cases": cases,
    }


json.dump({"texts": texts, "tags": tags}[PART](), sys.stdout, ensure_ascii=False, separators=(",", ":"))
sys.stdout.write("\n")
