/** Whether some names differ in their case alone, which the engine takes for the same. */
export function differInCase(names: readonly string[]): boolean {
  return new Set(names.map((name) => name.toLowerCase())).size < names.length;
}

/** What the engine calls a column whose name it would take for another's. */
export const stoodFor = (at: number): string => `\u0001tideline.${at}`;
