import type { RenamedColumn } from "@tideline/learn/frame";

/** Whether some names differ in their case alone, which the engine takes for the same. */
export function differInCase(names: readonly string[]): boolean {
  return new Set(names.map((name) => name.toLowerCase())).size < names.length;
}

/** How the names begin that stand for others in the engine. */
export const STOOD = "\u0001tideline.";

/** What the engine calls a column whose name it would take for another's. */
export const stoodFor = (at: number): string => `${STOOD}${at}`;

/**
 * Names for the columns of a file, each once: those that it gives, and in place of an equal one `name_1`, of an empty one
 * `column0`, by its place.
 */
export function distinctNames(written: readonly string[]): readonly string[] {
  const taken = new Set(written);
  const seen = new Set<string>();
  return written.map((name, at) => {
    if (name !== "" && !seen.has(name)) {
      seen.add(name);
      return name;
    }
    const stem = name === "" ? `column${at}` : name;
    let own = name === "" ? stem : `${stem}_1`;
    for (let count = 2; taken.has(own); count++) own = `${stem}_${count}`;
    taken.add(own);
    return own;
  });
}

/** The columns whose names are not those of their file. */
export function renamedOf(names: readonly string[], written: readonly string[]): readonly RenamedColumn[] {
  return names.flatMap((name, at) =>
    written[at] === undefined || written[at] === name ? [] : [Object.freeze({ name, written: written[at] })],
  );
}
