"""Vectors of text preparation: tokenizers trained and run by Hugging Face's `tokenizers`, matrices of scikit-learn's
vectorizers, stems of NLTK, hashes. Rerunnable; writes vectors/prepare/text/.

  python3 scripts/vectors-prepare-text.py [--train] [DIRECTORY]     with the packages of scripts/requirements-prepare.txt

Training breaks ties at random: without --train the tokenizers are those of the committed file.
"""

import json
import random
import struct
import sys
from pathlib import Path

from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from tokenizers import (AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers)

OUT = Path(__file__).resolve().parent.parent / "vectors" / "prepare" / "text"

ENGLISH = """the a to call now free please text reply your you phone mobile win prize urgent meeting tomorrow
tonight home later sorry thanks running runner runs ran stops stopped stopping nation national nationality relation
relational conditional rational happy happier happiness unhappy generously general generalise organisation organise
connect connected connection connecting connections train training trained sky skies dying lying tying news inning
early only singly idly gently ugly hoping hopping hoped fall falling failed failing filing sized agreed plastered
bled motoring sing conflated troubled tanned hissing fizzed cats ponies caress caresses ties feed""".split()
GERMAN = """der die das und ich nicht Straße Straßen Häuser Haus Mädchen laufen läuft gelaufen Überraschung
überraschend Fußball größer größte kategorisch Kategorie aufeinander aufeinanderfolgenden aufenthalt jugendlich
jugendlichen bekannt bekannten bekannter Freundschaft freundlich freundlicher Wissenschaft""".split()
NASTY = [
    "", " ", "  two  spaces ", "\t\n\r mixed\u00a0white\u2003space\u3000", "Call 85555 NOW!!! it's free, isn't it?",
    "naïve café résumé ÅNGSTRÖM Straße ẞ", "e\u0301 a\u0308\u0323 \u0301leading mark", "東京タワー 日本語 한국어 中文字",
    "😀😃 family: 👨‍👩‍👧‍👦 flag: 🇩🇪 tone: 👍🏽", "nul\u0000inside and \u0001\u0002 controls \u007f\u0085\u009f",
    "soft\u00adhyphen zero\u200bwidth\u200djoin\ufeffbom \ufffd", "a" * 150, "longword" * 40, "١٢٣ ½ Ⅷ ① ² 12,345.67 1e-9",
    "[MASK] <s> [CLS]x<mask> [SEP]", "x_y __init__ camelCase snake_case", "don't DON'T we'll I'm you've 'S 'Re",
    "...,,,!?--—…«»„“”‚‘’", "Σας ΑΣ ΣΑΣ İstanbul ıI ǅ ﬁ ﬀ ℌ ½", "\u2581already\u2581there \u2581\u2581", "\u1e9b\u0323 ﷺ ①② ㍿ Å Ω",
    "مرحبا بالعالم שלום עולם", "हिन्दी தமிழ் ภาษาไทย", "\U0001d54f\U0001d7d9 \U00020000\U0002a6d6 \U0010ffff \ue000", "tabs\tand\nlines\r\nand\u2028more",
    "  <mask>  between  <mask>", "word<added>word <added> , Added ADDED", "-" * 70, "http://x.example/a?b=c&d=%20#e", "0" * 80 + "1",
    "the happy runner runs home", "Die Straßen und Häuser", "'", "ab ab ab  ab\u00a0ab", "\u0900\u093f\u0301", "k\u0307\u0323", "\ud7ff\ue001",
]


def sentences(count, seed):
    draw = random.Random(seed)
    words = ENGLISH + GERMAN + [w.capitalize() for w in ENGLISH[:40]] + ["85555", "2026", "12", "!", "?", ",", "."]
    return [" ".join(draw.choice(words) for _ in range(draw.randint(3, 12))) for _ in range(count)]


def trained(model, trainer, **parts):
    tokenizer = Tokenizer(model)
    for name, part in parts.items():
        if part is not None:
            setattr(tokenizer, name, part)
    tokenizer.train_from_iterator(sentences(400, 7), trainer)
    return tokenizer


def tokenizers():
    bert = trained(
        models.WordPiece(unk_token="[UNK]"),
        trainers.WordPieceTrainer(vocab_size=260, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False),
        normalizer=normalizers.BertNormalizer(lowercase=True),
        pre_tokenizer=pre_tokenizers.BertPreTokenizer(),
        decoder=decoders.WordPiece(),
    )
    bert.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", bert.token_to_id("[CLS]")), ("[SEP]", bert.token_to_id("[SEP]"))])
    yield "bert", bert

    cased = trained(
        models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=30),
        trainers.WordPieceTrainer(vocab_size=240, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]"], show_progress=False),
        normalizer=normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=False),
        pre_tokenizer=pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation(), pre_tokenizers.Digits(True)]),
        decoder=decoders.WordPiece(cleanup=False),
    )
    cased.add_tokens([AddedToken("<added>", single_word=False, lstrip=True, rstrip=False, normalized=False), AddedToken("Added", single_word=True, normalized=True),
                      AddedToken("ab", single_word=True, rstrip=True, normalized=False)])
    cased.add_special_tokens([AddedToken("<mask>", lstrip=True, rstrip=True)])
    cased.post_processor = processors.BertProcessing(("[SEP]", cased.token_to_id("[SEP]")), ("[CLS]", cased.token_to_id("[CLS]")))
    cased.enable_truncation(12)
    cased.enable_padding(pad_to_multiple_of=4, pad_id=0, pad_token="[PAD]")
    yield "cased", cased

    byte_level = trained(
        models.BPE(), trainers.BpeTrainer(vocab_size=420, special_tokens=["<|end|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False),
        pre_tokenizer=pre_tokenizers.ByteLevel(add_prefix_space=False), decoder=decoders.ByteLevel(), post_processor=processors.ByteLevel(trim_offsets=False),
    )
    yield "byte-level", byte_level

    split = ("(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+")
    pattern = trained(
        models.BPE(ignore_merges=True), trainers.BpeTrainer(vocab_size=420, special_tokens=["<s>", "</s>", "<pad>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False),
        normalizer=normalizers.NFC(),
        pre_tokenizer=pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(split), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]),
        decoder=decoders.ByteLevel(),
    )
    pattern.post_processor = processors.RobertaProcessing(("</s>", 1), ("<s>", 0))
    pattern.enable_padding(direction="left", length=24, pad_id=2, pad_token="<pad>")
    pattern.enable_truncation(20, strategy="longest_first", direction="left")
    yield "pattern", pattern

    fallback = trained(
        models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True),
        trainers.BpeTrainer(vocab_size=500, special_tokens=["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)], show_progress=False),
        normalizer=normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")]),
        pre_tokenizer=pre_tokenizers.Split("\u2581", "merged_with_next"),
        decoder=decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]),
        post_processor=processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B:1", special_tokens=[("<s>", 1)]),
    )
    yield "byte-fallback", fallback

    suffix = trained(
        models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"),
        trainers.BpeTrainer(vocab_size=300, special_tokens=["<unk>", "<mask>"], end_of_word_suffix="</w>", show_progress=False),
        normalizer=normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace(Regex("\\s+"), " "), normalizers.Strip()]),
        pre_tokenizer=pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Digits(False)]), decoder=decoders.BPEDecoder(suffix="</w>"),
    )
    yield "suffix", suffix

    unigram = trained(
        models.Unigram(), trainers.UnigramTrainer(vocab_size=260, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False),
        normalizer=normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]),
        pre_tokenizer=pre_tokenizers.Metaspace(prepend_scheme="first"), decoder=decoders.Metaspace(prepend_scheme="first"),
        post_processor=processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)]),
    )
    unigram.add_special_tokens([AddedToken("<mask>", lstrip=True)])
    yield "unigram", unigram

    pieces = json.loads(unigram.to_str())["model"]["vocab"]
    bytes_too = [tuple(p) for p in pieces] + [(f"<0x{b:02X}>", -20.0) for b in range(256)]
    unigram_bytes = Tokenizer(models.Unigram(bytes_too, unk_id=2, byte_fallback=True))
    unigram_bytes.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()])
    unigram_bytes.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    unigram_bytes.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace(prepend_scheme="always")])
    yield "unigram-bytes", unigram_bytes

    words = trained(
        models.WordLevel(unk_token="[UNK]"), trainers.WordLevelTrainer(vocab_size=160, special_tokens=["[UNK]", "[PAD]"], show_progress=False),
        normalizer=normalizers.NFKD(),
        pre_tokenizer=pre_tokenizers.Sequence([pre_tokenizers.Split(Regex("[^\\w\\s]"), "merged_with_previous"), pre_tokenizers.CharDelimiterSplit(" "), pre_tokenizers.Split(Regex("\\d+"), "contiguous", invert=True)]),
    )
    words.enable_padding(pad_id=1, pad_token="[PAD]")
    yield "words", words


def charsmap(replacements):
    """A table of replacements as SentencePiece packs it: a double-array trie over UTF-8, then the texts, each ended by a zero."""
    texts, values = b"", {}
    for key, text in sorted(replacements.items()):
        values[key.encode()] = len(texts)
        texts += text.encode() + b"\0"
    units, taken = {0: 0}, {0}
    def place(prefix, at):
        children = sorted({k[len(prefix)] for k in values if k.startswith(prefix) and len(k) > len(prefix)})
        slots = children + ([0] if prefix in values else [])
        offset = 1
        while any((at ^ offset ^ c) in taken for c in slots):
            offset += 1
        units[at] |= offset << 10 | (1 << 8 if prefix in values else 0)
        base = at ^ offset
        taken.update(base ^ c for c in slots)
        if prefix in values:
            units[base] = values[prefix] | 1 << 31
        for c in children:
            units[base ^ c] = c
        for c in children:
            place(prefix + bytes([c]), base ^ c)
    place(b"", 0)
    size = (max(units) | 255) + 1
    return struct.pack("<I", 4 * size) + b"".join(struct.pack("<I", units.get(n, 0)) for n in range(size)) + texts


def precompiled():
    table = {"\u00a0": " ", "\ufb01": "fi", "A": "a", "e\u0301": "\u00e9", "\u0301": "", "\u3000": " ", "\u338f": "kg", "\u1e9e": "SS", "x": "y", "xa": "z"}
    tokenizer = Tokenizer(models.WordLevel({"?": 0}, unk_token="?"))
    tokenizer.normalizer = normalizers.Precompiled(charsmap(table))
    texts = NASTY + ["xa x xab \u338f\u1e9e A\u0301e\u0301e\u0301\u0301 \U0001f468\u200d\U0001f469x"]
    return {"file": tokenizer.to_str(), "texts": texts, "normalised": [tokenizer.normalizer.normalize_str(t) for t in texts]}


def committed():
    """The committed tokenizers, or new ones."""
    path = OUT / "tokenizer.json"
    if "--train" in sys.argv or not path.exists():
        yield from tokenizers()
    else:
        for row in json.loads(path.read_text())["tokenizers"]:
            yield row["name"], Tokenizer.from_str(row["file"])


def tokenizer_vectors():
    draw = random.Random(3)
    texts = NASTY + sentences(12, 11)
    pairs = [[draw.choice(texts), draw.choice(texts)] for _ in range(16)]
    out = {"texts": texts, "pairs": pairs, "precompiled": precompiled(), "tokenizers": []}
    for name, tokenizer in committed():
        tokenizer = Tokenizer.from_str(tokenizer.to_str())
        row = {"name": name, "file": tokenizer.to_str(), "ids": [tokenizer.encode(t).ids for t in texts],
               "plain": [tokenizer.encode(t, add_special_tokens=False).ids for t in texts[:20]], "decoded": [], "pairs": []}
        row["decoded"] = [tokenizer.decode(ids) for ids in row["ids"]]
        row["types"] = [tokenizer.encode(t).type_ids for t in texts[-6:]]
        batch = tokenizer.encode_batch(texts[-6:])
        row["batch"] = [e.ids for e in batch]
        row["masks"] = [[e.attention_mask, e.special_tokens_mask] for e in batch]
        for a, b in pairs:
            try:
                e = tokenizer.encode(a, b)
                row["pairs"].append({"ids": e.ids, "types": e.type_ids})
            except Exception:
                row["pairs"].append(None)
        out["tokenizers"].append(row)
    return out


VECTORIZERS = [
    (CountVectorizer, {}),
    (CountVectorizer, {"ngram_range": (1, 3), "min_df": 2, "stop_words": ["the", "is", "und"]}),
    (CountVectorizer, {"ngram_range": (2, 2), "max_df": 0.2, "lowercase": False}),
    (CountVectorizer, {"binary": True, "max_features": 12, "strip_accents": "unicode"}),
    (CountVectorizer, {"analyzer": "char", "ngram_range": (2, 3), "min_df": 3, "max_features": 60}),
    (CountVectorizer, {"analyzer": "char_wb", "ngram_range": (3, 5), "min_df": 2, "max_features": 60, "strip_accents": "ascii"}),
    (CountVectorizer, {"token_pattern": r"[\w']+|[^\w\s]", "max_df": 8}),
    (TfidfVectorizer, {}),
    (TfidfVectorizer, {"sublinear_tf": True, "norm": "l1", "ngram_range": (1, 2), "min_df": 2}),
    (TfidfVectorizer, {"smooth_idf": False, "norm": None, "max_features": 30}),
    (TfidfVectorizer, {"use_idf": False, "binary": True}),
    (HashingVectorizer, {"n_features": 64}),
    (HashingVectorizer, {"n_features": 1000, "alternate_sign": False, "norm": "l1", "ngram_range": (1, 2)}),
    (HashingVectorizer, {"n_features": 97, "analyzer": "char_wb", "ngram_range": (2, 4), "norm": None, "binary": True}),
]


def vectorizer_vectors():
    texts = NASTY[:13] + NASTY[13:22] + [NASTY[30], NASTY[31], NASTY[33]] + sentences(8, 5)
    cases = []
    for kind, options in VECTORIZERS:
        if "max_features" in options:
            # Which of equally frequent terms are kept depends on how numpy sorts: the cut falls where counts differ.
            plain = {name: value for name, value in options.items() if name not in ("max_features", "binary")}
            counts = sorted(CountVectorizer(**{k: v for k, v in plain.items() if k != "smooth_idf" and k != "norm"}, binary=options.get("binary", False))
                            .fit_transform(texts).sum(axis=0).A1.tolist() + [0], reverse=True)
            cut = options["max_features"]
            while counts[cut - 1] == counts[cut]:
                cut += 1
            options = {**options, "max_features": cut}
        fitted = kind(**options)
        X = fitted.fit_transform(texts)
        X.sort_indices()
        case = {"kind": kind.__name__, "options": options, "columns": X.shape[1], "indptr": X.indptr.tolist(), "indices": X.indices.tolist(),
                "values": [float(f"{v:.12g}") for v in X.data]}
        if kind is not HashingVectorizer:
            case["terms"] = fitted.get_feature_names_out().tolist()
        cases.append(case)
    return {"texts": texts, "cases": cases}


STEMMED = """consign consigned consigning consignment consist consistency consistent consolingly conspicuous knack knackeries
knaves knights knock knots universities university universally communication community arsenal arsenic generate general genus
skis sky news howe atlas cosmos bias andes inning outing canning herring earring proceed exceed succeed proceeds yes youth boy boys
employ employed say sayings dry dryness flying fly cry cries crying by bypass toyed abilities ability usability hopefulness
formalize formality rationalization predication operator feudalism decisiveness callousness sensitivity sensibility triplicate
formative electricity electrical goodness revival allowance inference airliner gyroscopic adjustable defensible irritant
replacement adjustment dependent adoption homologous communism activate angularity effective bowdlerize probate rate cease
controll roll it's dogs' apologies logology biology geologic oppression decision eyed beed bleed agreedly proceedingly hurriedly
tied ties died gas this kiwis gaps misses was bus useless uselessly fully wholly sadly badly weekly holly try tryst 'tis don't
y yy aye eye oeuvre aa b ab abb luxuriating hop hopped fluffed added egging bidding ebbed purring sitting buzzed falling missed""".split()
STEMMED_GERMAN = """kategorie kategorien kategorisch kategorische kategorischen aufeinander aufeinanderbiss aufeinanderfolge
aufeinanderfolgenden aufeinanderschlügen aufenthalt aufenthalten aufenthaltsorte jäger jägern jungen jugendliche häufig häufigkeit
heimlichkeit freiheit gleichheit bildung bildungen beleidigung verständnis verständnissen ergebnisse ärztlich physik
physikalisch musik steinig freudig ewig fähigkeiten süßigkeiten sauer bauen neue treue bayern yacht größe straße äußerst
kleinsten längst dienst erst fürst abend abende spielend folgend eigend steigend neigung übung ordentlich wissenschaftlichen
eis es er des der ins bäume haus quelle aquarium lauern klaviers autos tags hunds messers""".split()


def stem_vectors():
    from nltk.stem import PorterStemmer
    from nltk.stem.snowball import EnglishStemmer, GermanStemmer

    porter, english, german = PorterStemmer(mode=PorterStemmer.ORIGINAL_ALGORITHM), EnglishStemmer(), GermanStemmer()
    words = sorted({w.lower() for w in STEMMED + ENGLISH})
    deutsch = sorted({w.lower() for w in STEMMED_GERMAN + GERMAN})
    return {"porter": {w: porter.stem(w) for w in words}, "english": {w: english.stem(w) for w in words}, "german": {w: german.stem(w) for w in deutsch}}


def write(name, value):
    folder = Path(next((a for a in sys.argv[1:] if not a.startswith("--")), OUT))
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    (folder / name).write_text(text + "\n")
    print(name, len(text))


if __name__ == "__main__":
    write("tokenizer.json", tokenizer_vectors())
    write("vectorizer.json", vectorizer_vectors())
    write("stem.json", stem_vectors())
