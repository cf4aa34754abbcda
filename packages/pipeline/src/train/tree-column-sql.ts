import { tidelineError } from "@tideline/spec";
import type { TreeCategory } from "@tideline/learn/tree";
import { identifier } from "../lake/index.ts";

/** How a column of a relation becomes one that trees take. */
export type TreeColumnSql =
  | {
      readonly kind: "numeric";
      readonly name: string;
      /** A FLOAT or DOUBLE; NaN where the column is NULL. */
      readonly sql: string;
    }
  | {
      readonly kind: "categorical";
      readonly name: string;
      /** A VARCHAR that stands for the category, NULL where there is none. */
      readonly key: string;
      /** The category of a key. */
      readonly category: (key: string) => TreeCategory;
    };

/** Types whose numbers float32 holds: half the bytes on the way. */
const SINGLE = new Set(["FLOAT", "BOOLEAN", "TINYINT", "SMALLINT", "UTINYINT", "USMALLINT"]);
const WHOLE = new Set(["INTEGER", "UINTEGER", "BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT"]);
const REAL = new Set(["DOUBLE", "DECIMAL"]);

/**
 * How to read a column of a type as DuckDB's `describe` names it. Texts and enums are categories, as are columns that
 * are `named` so; integers beyond 2^53 are rounded to float64.
 *
 * @throws ARGUMENT_INVALID for times, lists and other types that are neither numbers nor categories.
 */
export function treeColumnSql(who: string, name: string, type: string, named: boolean): TreeColumnSql {
  const column = identifier(name);
  const base = type.replace(/\(.*/su, "");
  const number = SINGLE.has(base) || WHOLE.has(base) || REAL.has(base);
  const kind = "categorical";
  if (base === "VARCHAR" || base === "ENUM")
    return { kind, name, key: `${column}::varchar`, category: (key) => key };
  if (named && base === "BOOLEAN")
    return { kind, name, key: `${column}::varchar`, category: (key) => key === "true" };
  if (named && number) {
    // As numbers, so that 1 and 1.0 are one category; 0 is added as -0 prints otherwise.
    const value = `(${column}::double + 0)`;
    return { kind, name, key: `case when not isnan(${value}) then ${value}::varchar end`, category: Number };
  }
  if (number) {
    const float = SINGLE.has(base) ? "float" : "double";
    return { kind: "numeric", name, sql: `coalesce(${column}::${float}, 'nan'::${float})` };
  }
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: `column ${JSON.stringify(name)}`,
    expected: "numbers, booleans, texts or an enum",
    received: type,
    remedy: "Leave it out, or make it one of these in the relation: epoch_ms(time), day::varchar.",
  });
}
