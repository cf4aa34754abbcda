/** Words that MIL keeps for itself. Source: the grammar of MIL's text form, as coremltools sanitises names against it. */
const RESERVED: ReadonlySet<string> = new Set([
  ..."any bool bf16 dict false fp16 fp32 fp64 func int16 int32 int4 int64 int8 list program state string tensor true tuple".split(
    " ",
  ),
  ..."uint16 uint32 uint4 uint64 uint8".split(" "),
]);

/** A name as MIL and Swift take it: letters, digits and underscores, no digit first. */
function identifierOf(text: string): string {
  const plain = text.replace(/[^A-Za-z0-9_]/g, "_");
  return /^[0-9]/.test(plain) || plain === "" || RESERVED.has(plain) ? `_${plain}` : plain;
}

/** Gives out identifiers, each once: a second one like it gets a number. */
export interface Identifiers {
  one(text: string): string;
  /** Names of several at once: what is an identifier already stays what it is. */
  all(texts: readonly string[]): readonly string[];
}

/** A giver of identifiers that has given none; see {@link Identifiers}. */
export function identifiers(): Identifiers {
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  const one = (text: string): string => {
    const wanted = identifierOf(text);
    let name = wanted;
    for (let count = counts.get(wanted) ?? 0; taken.has(name); count++) {
      counts.set(wanted, count + 1);
      name = `${wanted}_${count}`;
    }
    taken.add(name);
    return name;
  };
  return {
    one,
    all: (texts) => {
      const names = new Map<string, string>();
      for (const text of texts) if (identifierOf(text) === text) names.set(text, one(text));
      return texts.map((text) => names.get(text) ?? one(text));
    },
  };
}
