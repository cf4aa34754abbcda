import type { Profile } from "../../profile/profile-report.ts";
import type { ColumnFacts } from "./column-facts.ts";
import { identityOf } from "./identity.ts";

/** What a profile knows of its columns: no more than ten texts of each, no forms, and nothing of who is like whom. */
export function factsOfProfile({ columns, warnings }: Profile): readonly ColumnFacts[] {
  return columns.map(({ name, kind, rows, missing, numbers, top, distinct }) => {
    const all = kind === "string" && top !== null && top.length === distinct ? top : undefined;
    const told = warnings.some((one) => one.kind === "personal" && one.column === name);
    const texts = all?.map(({ value }) => value) ?? [];
    return {
      name,
      kind,
      rows,
      missing,
      min: numbers?.min ?? null,
      max: numbers?.max ?? null,
      infinite: numbers?.infinite ?? 0,
      whole: kind === "integer",
      unique: undefined,
      values: all,
      text: undefined,
      shared: undefined,
      identity: identityOf(name, texts) ?? (told ? "its profile" : undefined),
      sample: undefined,
    };
  });
}
