import type { Frame } from "./column.ts";
import { columnNamed, frame } from "./frame.ts";

/**
 * The frame with columns renamed, in their places.
 *
 * @throws ARGUMENT_INVALID for a name that the frame lacks, and where two columns would have one name.
 * @example
 * renameColumns(rows, { ts: "time" });
 */
export function renameColumns(rows: Frame, names: Readonly<Record<string, string>>): Frame {
  for (const name of Object.keys(names)) columnNamed(rows, name, "renameColumns");
  if (rows.columns.length === 0) return rows;
  const renamed = (name: string) => (Object.hasOwn(names, name) ? names[name]! : name);
  return frame(rows.columns.map((column) => ({ ...column, name: renamed(column.name) })));
}
