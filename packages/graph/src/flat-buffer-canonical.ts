import { flatBuilder, type FlatField, type FlatPlace, type FlatType } from "./flat-buffer-write.ts";
import { elementOf, type FlatSchema, type FlatTable, type FlatValue } from "./flat-buffer-schema.ts";

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The text at a path of fields, such as `values.name`. */
function keyOf(value: FlatValue, path: string): string {
  const found = path
    .split(".")
    .reduce<FlatValue | undefined>((at, field) => (at as FlatTable)?.[field], value);
  return typeof found === "string" ? found : "";
}

const SCALARS: Readonly<Record<string, FlatType>> = {
  bool: "bool",
  i8: "i8",
  u8: "u8",
  i32: "i32",
  u32: "u32",
  i64: "i64",
  // Its bits.
  f32: "i32",
};

/**
 * Writes a FlatBuffer so that equal tables give equal bytes: fields in the order of the schema, sets by their names, vectors
 * of bytes at multiples of `schema.align`. A table that {@link readFlat} gave stays what it is, but for the order of sets.
 *
 * @param who the writer, for errors
 * @throws ARGUMENT_INVALID for more than 2 GiB.
 * @example
 * const same = writeFlat(readFlat(bytes, ORT_SCHEMA), ORT_SCHEMA, "canonicalOrt");
 */
export function writeFlat(root: FlatTable, schema: FlatSchema, who: string): Uint8Array {
  const builder = flatBuilder(who);

  function vector(element: string, content: FlatValue, set: string | undefined): FlatPlace {
    if (element === "u8") return builder.bytes(content as Uint8Array, schema.align);
    const struct = schema.structs[element];
    if (struct !== undefined) return builder.structs(content as Uint8Array, struct, 4);
    const list = content as readonly FlatValue[];
    if (element === "i64") return builder.longs(list as readonly bigint[]);
    if (SCALARS[element] !== undefined) return builder.ints(list as readonly number[]);
    const ordered = set === undefined ? list : list.toSorted((a, b) => compare(keyOf(a, set), keyOf(b, set)));
    return builder.refs(ordered.map((one) => reference(element, one, undefined)));
  }

  function reference(type: string, content: FlatValue, kind: FlatValue | undefined, set?: string): FlatPlace {
    if (type === "text") return builder.text(content as string);
    const element = elementOf(type);
    if (element !== undefined) return vector(element, content, set);
    return table(schema.unions[type]?.[Number(kind) - 1] ?? type, content as FlatTable);
  }

  function table(name: string, content: FlatTable): FlatPlace {
    const fields: FlatField[] = [];
    const slots = schema.tables[name]!;
    for (const [slot, [field, type, set]] of slots.entries()) {
      const value = field === "" ? undefined : content[field];
      if (value === undefined) continue;
      const scalar = SCALARS[type];
      if (scalar !== undefined) fields.push({ slot, type: scalar, value: value as number | bigint });
      else {
        const kind = slot === 0 ? undefined : content[slots[slot - 1]![0]];
        fields.push({ slot, type: "ref", value: reference(type, value, kind, set) });
      }
    }
    return builder.table(fields);
  }

  return builder.finish(table(schema.root, root), schema.identifier);
}
