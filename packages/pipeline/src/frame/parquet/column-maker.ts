import { noneValid, noteFacts, setValid, type Column, type ColumnSchema } from "@tideline/learn/frame";
import type { ColumnPart } from "./column-part.ts";

/** Makes columns of the parts of one column, in their order. Pieces share a dictionary while nothing new comes. */
export function columnMaker(schema: ColumnSchema): (part: ColumnPart) => Column {
  let texts: readonly string[] = [];
  return (part) => {
    if (!("codes" in part)) {
      const { values, present, facts } = part;
      if (facts !== undefined) noteFacts(values as Float64Array, facts);
      return { ...schema, values, ...(present === undefined ? {} : { validity: bitsOf(present) }) } as Column;
    }
    if (part.anew) texts = part.fresh;
    else if (part.fresh.length > 0) texts = [...texts, ...part.fresh];
    return { kind: "string", name: schema.name, codes: part.codes, dictionary: texts };
  };
}

function bitsOf(present: Uint8Array): Uint8Array {
  const bits = noneValid(present.length);
  for (let row = 0; row < present.length; row++) if (present[row] === 1) setValid(bits, row);
  return bits;
}
