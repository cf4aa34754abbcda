import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { seededRandom, type Random } from "../../packages/learn/src/random.ts";
import { MARKS } from "../../packages/learn/src/transform/text/tokenizer/character-class.ts";
import { readTokenizer } from "../../packages/learn/src/transform/text/tokenizer/read-tokenizer.ts";

/**
 * Token ids and decoded texts of random texts against PyPI `tokenizers`: `node scripts/nightly/tokenizer.ts [rounds] [seed]`.
 * Files are those of the vectors with their normalisation and splitting swapped at random. Needs Python (`PYTHON`) with the
 * packages of scripts/requirements-prepare.txt. Ends with 1 at the first text that differs.
 */
const [rounds, seed] = [Number(process.argv[2] ?? 300), Number(process.argv[3] ?? 1)];
const random = seededRandom(seed);
const pick = <T>(list: readonly T[]): T => list[random.integer(list.length)]!;

const path = new URL("../../vectors/prepare/text/tokenizer.json", import.meta.url);
const { texts, tokenizers } = JSON.parse(readFileSync(path, "utf8")) as {
  readonly texts: readonly string[];
  readonly tokenizers: readonly { readonly file: string }[];
};

const NORMALIZERS: readonly unknown[] = [
  null,
  ...["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt", "ByteLevel"].map((type) => ({
    type,
  })),
  { type: "Strip", strip_left: true, strip_right: false },
  { type: "Strip", strip_left: false, strip_right: true },
  ...[true, false].map((on) => ({
    type: "BertNormalizer",
    clean_text: on,
    handle_chinese_chars: !on,
    strip_accents: on ? null : true,
    lowercase: on,
  })),
  { type: "Replace", pattern: { Regex: "[0-9]+|\\s" }, content: "_" },
  { type: "Replace", pattern: { String: " " }, content: "\u2581" },
  { type: "Prepend", prepend: "\u2581" },
];
const BEHAVIOURS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"];
const PATTERNS = [
  "\\s+",
  "\\w+|[^\\w\\s]+",
  "\\d",
  "(?i:'s|'t)|\\p{L}+",
  "[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}",
  "^.|.$",
  "\\bt",
];
const PRE_TOKENIZERS: readonly (() => unknown)[] = [
  () => null,
  ...["Whitespace", "WhitespaceSplit", "BertPreTokenizer"].map((type) => () => ({ type })),
  () => ({
    type: "ByteLevel",
    add_prefix_space: random.integer(2) === 1,
    trim_offsets: true,
    use_regex: random.integer(2) === 1,
  }),
  () => ({ type: "Digits", individual_digits: random.integer(2) === 1 }),
  () => ({ type: "Punctuation", behavior: pick(BEHAVIOURS) }),
  () => ({ type: "CharDelimiterSplit", delimiter: pick(["a", " ", "\u2581"]) }),
  () => ({
    type: "Split",
    pattern: { Regex: pick(PATTERNS) },
    behavior: pick(BEHAVIOURS),
    invert: random.integer(2) === 1,
  }),
  () => ({
    type: "Split",
    pattern: { String: pick(["a", "th", "."]) },
    behavior: pick(BEHAVIOURS),
    invert: random.integer(2) === 1,
  }),
  () => ({
    type: "Metaspace",
    replacement: "\u2581",
    prepend_scheme: pick(["first", "never", "always"]),
    split: random.integer(2) === 1,
  }),
  () => ({ type: "FixedLength", length: 1 + random.integer(5) }),
];

/** Characters of every kind: of the vectors' texts, of any assigned block, and such as trip tokenizers up. */
function randomText(by: Random): string {
  const length = by.integer(3) === 0 ? by.integer(400) : by.integer(40);
  let out = "";
  while (out.length < length) {
    const kind = by.integer(8);
    if (kind < 3) {
      const source = pick(texts);
      const from = by.integer(source.length + 1);
      out += source.slice(from, from + by.integer(8)).toWellFormed();
    } else if (kind < 5) out += String.fromCodePoint(by.integer(0x250));
    else if (kind < 6)
      out += pick([
        " ",
        "  ",
        "\t",
        "\n",
        "a",
        "th",
        "<mask>",
        "ab",
        "Added",
        "<added>",
        "'s",
        "\u0301",
        "\u2581",
      ]);
    else {
      const code = by.integer(by.integer(2) === 0 ? 0x3400 : 0x20000);
      if (code < 0xd800 || code > 0xdfff) out += String.fromCodePoint(code);
    }
  }
  return out;
}

const python = spawn(
  process.env["PYTHON"] ?? "python3",
  [new URL("tokenizer.py", import.meta.url).pathname],
  {
    stdio: ["pipe", "pipe", "inherit"],
  },
);
const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
/** Marks since Unicode 8, which only one of the two sides knows how to order. */
const NEW_MARK = new RegExp(`(?![${MARKS}])\\p{M}`, "u");
/** Other characters about which the Unicode versions of the two sides differ. */
const UNSETTLED = new RegExp(
  `[${[
    String.raw`\u{88f}\u{c5c}\u{cdc}\u{1acf}-\u{1add}\u{1ae0}-\u{1aeb}\u{20c1}\u{2b96}\u{32ff}`,
    String.raw`\u{a7ce}-\u{a7cf}\u{a7d2}\u{a7d4}\u{a7f1}-\u{a7f4}\u{ab69}\u{fbc3}-\u{fbd2}`,
    String.raw`\u{fd90}-\u{fd91}\u{fdc8}-\u{fdce}\u{105c9}\u{105e4}\u{10781}-\u{10785}\u{10787}-\u{107b0}`,
    String.raw`\u{107b2}-\u{107ba}\u{10940}-\u{10959}\u{10ec5}-\u{10ec7}\u{10ed0}-\u{10ed8}`,
    String.raw`\u{10efa}-\u{10efb}\u{11383}\u{11385}\u{1138e}\u{11391}\u{113c5}\u{113c7}-\u{113c8}`,
    String.raw`\u{11938}\u{11b60}-\u{11b67}\u{11db0}-\u{11ddb}\u{11de0}-\u{11de9}\u{16121}-\u{16128}`,
    String.raw`\u{16d68}-\u{16d6a}\u{16ea0}-\u{16eb8}\u{16ebb}-\u{16ed3}\u{16ff2}-\u{16ff6}`,
    String.raw`\u{187f8}-\u{187ff}\u{18d09}-\u{18d1e}\u{18d80}-\u{18df2}\u{1ccd6}-\u{1ccfc}`,
    String.raw`\u{1ceba}-\u{1ced0}\u{1cee0}-\u{1cef0}\u{1e030}-\u{1e06d}\u{1e6c0}-\u{1e6de}`,
    String.raw`\u{1e6e0}-\u{1e6f5}\u{1e6fe}-\u{1e6ff}\u{1f16c}\u{1f6d8}\u{1f777}-\u{1f77a}`,
    String.raw`\u{1f8d0}-\u{1f8d8}\u{1fa54}-\u{1fa57}\u{1fa8a}\u{1fa8e}\u{1fac8}\u{1facd}\u{1faea}`,
    String.raw`\u{1faef}\u{1fbf0}-\u{1fbfa}\u{2b73a}-\u{2b73f}\u{2cea2}-\u{2cead}`,
  ].join("")}]`,
  "u",
);
let compared = 0;
try {
  for (let round = 0; round < rounds; round++) {
    const file = JSON.parse(pick(tokenizers).file) as Record<string, unknown>;
    if (random.integer(3) > 0) {
      const count = random.integer(3);
      const list = Array.from({ length: count }, () => pick(NORMALIZERS)).filter((one) => one !== null);
      file["normalizer"] = list.length === 0 ? null : { type: "Sequence", normalizers: list };
    }
    if (random.integer(3) > 0) {
      const list = Array.from({ length: 1 + random.integer(2) }, () => pick(PRE_TOKENIZERS)()).filter(
        (one) => one !== null,
      );
      file["pre_tokenizer"] = list.length === 0 ? null : { type: "Sequence", pretokenizers: list };
    }
    const json = JSON.stringify(file);
    const given = Array.from({ length: 20 }, () => randomText(random)).filter(
      (text) => !UNSETTLED.test(text) && !NEW_MARK.test(text),
    );
    python.stdin.write(`${JSON.stringify({ file: json, texts: given })}\n`);
    const { value } = await answers.next();
    if (value === undefined) throw new Error("Python ended");
    const tokenizer = readTokenizer(json);
    for (const [at, [ids, decoded]] of (JSON.parse(value as string) as [number[], string][]).entries()) {
      const text = given[at]!;
      const own = [...tokenizer.encode(text).ids];
      compared++;
      if (String(own) === String(ids) && tokenizer.decode(ids) === decoded) continue;
      console.log(
        JSON.stringify({
          round,
          text,
          normalizer: file["normalizer"],
          pre: file["pre_tokenizer"],
          model: tokenizer.model,
        }),
      );
      console.log(
        `ours ${own.join(" ")}\nhis  ${ids.join(" ")}\n${JSON.stringify([tokenizer.decode(ids), decoded])}`,
      );
      process.exitCode = 1;
      break;
    }
    if (process.exitCode === 1) break;
  }
} finally {
  python.stdin.end();
}
if (process.exitCode !== 1) console.log(`${compared} texts have equal ids and decode equally`);
