import type { ColumnSchema, FrameSchema } from "./column.ts";

/** How a column of one schema differs from that of another. */
export interface SchemaDifference {
  readonly column: string;
  readonly change: "added" | "removed" | "kind" | "width" | "unit" | "moved";
  /** What stood before, in words; empty where nothing did. */
  readonly before: string;
  readonly after: string;
}

/**
 * What changed from a schema to another, by column; none where they are the same. Where columns were neither added
 * nor removed, those that stand elsewhere are "moved".
 */
export function compareSchema(before: FrameSchema, after: FrameSchema): readonly SchemaDifference[] {
  const [olds, news] = [byName(before), byName(after)];
  const found: SchemaDifference[] = [];
  for (const old of before) {
    const now = news.get(old.name);
    if (now === undefined) found.push({ column: old.name, change: "removed", before: words(old), after: "" });
    else {
      const change = (["kind", "width", "unit"] as const).find((part) => old[part] !== now[part]);
      if (change !== undefined)
        found.push({ column: old.name, change, before: words(old), after: words(now) });
    }
  }
  for (const now of after)
    if (!olds.has(now.name)) found.push({ column: now.name, change: "added", before: "", after: words(now) });
  if (found.some(({ change }) => change === "added" || change === "removed")) return found;
  for (const [at, { name }] of after.entries())
    if (before[at]!.name !== name)
      found.push({
        column: name,
        change: "moved",
        before: `place ${before.findIndex((old) => old.name === name)}`,
        after: `place ${at}`,
      });
  return found;
}

/** A column of a schema in words: `vector of width 3 in m/s2`. */
function words({ kind, width, unit }: ColumnSchema): string {
  return `${kind}${width === undefined ? "" : ` of width ${width}`}${unit === undefined ? "" : ` in ${unit}`}`;
}

function byName(schema: FrameSchema): ReadonlyMap<string, ColumnSchema> {
  return new Map(schema.map((column) => [column.name, column]));
}
