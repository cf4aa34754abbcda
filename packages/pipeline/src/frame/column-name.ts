import type { RenamedColumn } from "@tideline/learn/frame";

/** Whether some names differ in their case alone, which the engine takes for the same. */
export function differInCase(names: readonly string[]): boolean {
  return new Set(names.map((name) => name.toLowerCase())).size < names.length;
}

/** Signs that nobody sees and no word needs: soft hyphens, spaces and joiners of no width, marks of byte order, bytes of zero. */
const UNSEEN = /[\0\u00ad\u200b\u2060\ufeff]/gu;

/** Signs that mean nothing at the ends of a name: white space, control signs, and those that only direct or join letters. */
const AT_ENDS =
  /^[\s\p{Cc}\u061c\u200c-\u200f\u202a-\u202e\u2061-\u206f]+|[\s\p{Cc}\u061c\u200c-\u200f\u202a-\u202e\u2061-\u206f]+$/gu;

/**
 * The name of a column that a header of CSV writes: without white space and signs that nobody sees at its ends, with blanks of one
 * kind within, so that what is read on a screen is what is typed.
 *
 * @example
 * readableName("\ufefffirst\u00a0name "); // "first name"
 */
export const readableName = (written: string): string =>
  written
    .replace(UNSEEN, "")
    .replace(/\p{Zs}/gu, " ")
    .replace(AT_ENDS, "");

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

/** The columns whose names are not those of their file; blanks around a name, which every reader drops, are no difference. */
export function renamedOf(names: readonly string[], written: readonly string[]): readonly RenamedColumn[] {
  return names.flatMap((name, at) =>
    written[at] === undefined || written[at].replace(/^[ \t]+|[ \t]+$/gu, "") === name
      ? []
      : [Object.freeze({ name, written: written[at] })],
  );
}
