import { tidelineError } from "@tideline/spec";
import type { Column, ColumnKind } from "../frame/column.ts";
import { castColumn, type CastKind } from "../frame/cast-column.ts";
import { parseFloatText, parseTimeText } from "../frame/parse-text.ts";
import { isMissing } from "../frame/validity.ts";
import { boundOf } from "./check-set.ts";
import { allBreak, numberTest, parseNumber, textTest, type RowTest } from "./cell-test.ts";
import { oneOfTest } from "./one-of-test.ts";
import type { PlainRowCheck } from "./check-def.ts";

/**
 * A check of one's own: [rows], other than 0 where a row breaks it. What is no such array ends the run with
 * DEFINITION_ILLEGAL, lest rows pass that nobody looked at.
 */
export type CustomTest = (column: Column, rows: number) => Uint8Array;

/** The test of a check that judges each row by itself. */
export function rowTest(check: PlainRowCheck, custom: Readonly<Record<string, CustomTest>>): RowTest {
  switch (check.check) {
    case "type":
      return (column, rows, out) => typeTest(check.kind, column, rows, out);
    case "range": {
      const [low, high] = [boundOf(check.atLeast ?? -Infinity), boundOf(check.atMost ?? Infinity)];
      const time = [check.atLeast, check.atMost].some((bound) => typeof bound === "string");
      return numberTest((value) => value < low || value > high, time ? parseTimeText : parseNumber);
    }
    case "finite":
      return numberTest((value) => value === Infinity || value === -Infinity, parseFloatText);
    case "notMissing":
      return (column, rows, out) => {
        for (let row = 0; row < rows; row++) if (isMissing(column, row)) out[row] = 1;
      };
    case "oneOf":
      return oneOfTest(check);
    case "pattern": {
      const expression = new RegExp(check.source, check.flags);
      return (column, rows, out) => {
        if (column.kind === "string") textTest(column, rows, out, (text) => !expression.test(text));
        else allBreak(column, rows, out);
      };
    }
    case "custom": {
      const test = custom[check.name]!;
      return (column, rows, out) => {
        const broken: unknown = test(column, rows);
        if (!(broken instanceof Uint8Array) || broken.length !== rows)
          throw tidelineError("DEFINITION_ILLEGAL", {
            who: "checkFrame",
            field: `custom.${check.name}`,
            expected: `a Uint8Array of ${rows}, other than 0 where a row breaks the check`,
            received: broken instanceof Uint8Array ? `one of ${broken.length}` : typeof broken,
          });
        for (let row = 0; row < rows; row++) if (broken[row] !== 0) out[row] = 1;
      };
    }
  }
}

function typeTest(kind: ColumnKind, column: Column, rows: number, out: Uint8Array): void {
  if (column.kind === kind) return;
  const castable = (one: ColumnKind): one is CastKind => !["vector", "series", "bytes"].includes(one);
  // A text may be any kind as it is written; a whole float is an integer, and every integer a float.
  const reads =
    column.kind === "string" ||
    (column.kind === "float" && kind === "integer") ||
    (column.kind === "integer" && kind === "float");
  if (!reads || !castable(kind)) return allBreak(column, rows, out);
  const cast = castColumn(column, kind);
  if (cast.failed === 0) return;
  for (let row = 0; row < rows; row++)
    if (!isMissing(column, row) && isMissing(cast.column, row)) out[row] = 1;
}
