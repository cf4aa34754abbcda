import type { DuckDBVector } from "@duckdb/node-api";
import type { Column, ColumnSchema } from "@tideline/learn/frame";
import { isValid, noneValid, setValid } from "@tideline/learn/frame";
import type { ColumnFill } from "./fill-column.ts";
import { entriesOf, validityOf } from "./vector-access.ts";

type Values = Float32Array | Float64Array | Int32Array | Uint8Array;

/**
 * A fill of rows of uneven length. `valuesOf` gives the elements of a whole list vector, or the bytes of a row of a
 * vector of blobs.
 */
export function ragged(
  schema: ColumnSchema,
  capacity: number,
  valuesOf: (vector: DuckDBVector, row: number) => Values | null,
): ColumnFill {
  let offsets = new Int32Array(capacity + 1);
  let validity = noneValid(capacity);
  let parts: Values[] = [];
  let [rows, total, absent] = [0, 0, 0];
  let kind: (new (length: number) => Values) | undefined;
  const push = (values: Values | null): void => {
    if (values !== null && values.length > 0) {
      parts.push(values);
      total += values.length;
    }
    if (total > 0x7fff_ffff)
      throw new RangeError(`column "${schema.name}": a piece of more than 2^31 elements`);
  };
  return {
    add(vector, count) {
      const bits = validityOf(vector);
      const list = schema.kind === "series";
      const entries = list ? entriesOf(vector) : undefined;
      const items = list ? valuesOf(vector, 0)! : undefined;
      // Of the vector, not of a list: a piece whose lists are all empty is of the same type as the others.
      if (items !== undefined) kind ??= items.constructor as new (length: number) => Values;
      for (let row = 0; row < count; row++, rows++) {
        if (bits !== undefined && !isValid(bits, row)) absent++;
        else {
          setValid(validity, rows);
          if (items === undefined) push(valuesOf(vector, row)!.slice());
          else push(items.subarray(entries![row * 4], entries![row * 4]! + entries![row * 4 + 2]!) as Values);
        }
        offsets[rows + 1] = total;
      }
    },
    piece() {
      const values = new (kind ?? (schema.kind === "bytes" ? Uint8Array : Float64Array))(total);
      let at = 0;
      for (const part of parts) {
        values.set(part, at);
        at += part.length;
      }
      const bits = absent === 0 ? {} : { validity: validity.slice(0, Math.ceil(rows / 8)) };
      const made = { ...schema, offsets: offsets.slice(0, rows + 1), values, ...bits } as Column;
      [offsets, validity, parts] = [new Int32Array(capacity + 1), noneValid(capacity), []];
      [rows, total, absent] = [0, 0, 0];
      return made;
    },
  };
}
