/** Words that MIL keeps for itself. Source: the grammar of MIL's text form, as coremltools sanitises names against it. */
const RESERVED: ReadonlySet<string> = new Set([
  ..."any bool bf16 dict false fp16 fp32 fp64 func int16 int32 int4 int64 int8 list program state string tensor true tuple".split(
    " ",
  ),
  ..."uint16 uint32 uint4 uint64 uint8".split(" "),
]);

/** A name as MIL and Swift take it: letters, digits and underscores, no digit first. */
export function identifierOf(text: string): string {
  const plain = text.replace(/[^A-Za-z0-9_]/g, "_");
  return /^[0-9]/.test(plain) || plain === "" || RESERVED.has(plain) ? `_${plain}` : plain;
}

/** Gives out identifiers, each once: a second one like it gets a number. */
export function identifiers(): (text: string) => string {
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return (text) => {
    const wanted = identifierOf(text);
    let name = wanted;
    for (let count = counts.get(wanted) ?? 0; taken.has(name); count++) {
      counts.set(wanted, count + 1);
      name = `${wanted}_${count}`;
    }
    taken.add(name);
    return name;
  };
}
