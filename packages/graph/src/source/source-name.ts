/** Words that one of the languages keeps for itself, and names that the generated source uses. */
const KEPT = new Set(
  (
    "Any Protocol Self Type abstract and any arguments as asm associatedtype async auto await bool boolean break case catch char class " +
    "const constructor continue data debugger declare default defer deinit delete do double dynamic each else enum eval export extends " +
    "extension external extern fallthrough false fileprivate final finally fixed float for fun func function get global goto guard if " +
    "implements import in indirect infix init inline inout int interface internal is isolated lateinit lazy let long module mutating namespace " +
    "native never new nil nonisolated null number object of open operator out override package postfix precedencegroup prefix private " +
    "protected protocol public register repeat required restrict rethrows return sealed self set short signed sizeof some static strictfp " +
    "string struct subscript super suspend switch symbol synchronized tailrec this throw throws transient true try type typealias typeof " +
    "errno i386 linux unix undefined union unknown unowned unsigned value val var vararg void volatile weak when where while with yield"
  ).split(" "),
);

/** A text as a name in every language: letters, digits and low lines; `taken` keeps names apart. */
export function sourceName(text: string, taken: Set<string>): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const joined = words.map((word, at) => (at === 0 ? word : word[0]!.toUpperCase() + word.slice(1))).join("");
  const lower = joined === "" ? "field" : joined[0]!.toLowerCase() + joined.slice(1);
  const plain = (/^\d/.test(lower) ? `n${lower}` : lower).slice(0, 60);
  const first = KEPT.has(plain) ? `${plain}Field` : plain;
  let name = first;
  for (let count = 2; taken.has(name); count++) name = `${first}${count}`;
  taken.add(name);
  return name;
}

/** A text in a comment of one line: nothing in it ends the comment or the line. */
export function commentText(text: string): string {
  return text
    .replaceAll(/[^\x20-\x7E\u00A0-\u1FFF\u3000-\uD7FF]/g, "?")
    .replaceAll("*/", "* /")
    .replaceAll("/*", "/ *")
    .replaceAll("\\", "/")
    .replaceAll("??", "? ?")
    .slice(0, 200);
}

/** A text as a literal, with everything escaped that is not a plain letter of ASCII; `escape` writes a UTF-16 unit. */
export function quoted(text: string, escape: (unit: number) => string): string {
  let out = "";
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const isPlain = unit >= 0x20 && unit < 0x7f && !['"', "\\", "$", "?"].includes(text[at]!);
    out += isPlain ? text[at] : escape(unit);
  }
  return `"${out}"`;
}

/** What generated source names, and types of the languages that it uses. */
const TITLES = new Set(
  (
    "array booleanArray code codes constants count digits double doubleArray equatable error even f failure float floatArray " +
    "floatingPoint hashMap hashable illegalStateException indexOutOfBoundsException input int32 int64 larger longArray map math near " +
    "number numbered output place placed power rangeError sendable smaller uInt8 uInt32 uInt64 whole wholeSize work"
  ).split(" "),
);

/** Whether source may be called so in every language: a capital, then letters and digits, at most 40, no word of a language. */
export function isSourceName(title: string): boolean {
  if (!/^[A-Z][A-Za-z0-9]{0,39}$/.test(title)) return false;
  const lower = title[0]!.toLowerCase() + title.slice(1);
  const known = [title, lower, title.toLowerCase()];
  return !known.some((name) => KEPT.has(name) || TITLES.has(name)) && !/^[cvx]\d+$/.test(lower);
}
