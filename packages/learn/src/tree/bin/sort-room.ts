import { freeMemory } from "./free-memory.ts";

/** What a sort of numbers needs beside them. */
export type SortPlace = "sample" | "keys" | "movedKeys" | "numbers" | "movedNumbers" | "counts";

/** Memory that one column after the other is sorted in, so that a table of many leaves no garbage of each. */
export interface SortRoom {
  /** Memory of at least so many bytes, which holds whatever was last in this place. */
  take(place: SortPlace, bytes: number): ArrayBuffer;
  /** Gives all of it back; views of it are empty from now on. */
  free(): void;
}

/** Room that grows to what is asked. */
export function sortRoom(): SortRoom {
  const held = new Map<SortPlace, ArrayBuffer>();
  return {
    take(place, bytes) {
      const own = held.get(place);
      if (own !== undefined && own.byteLength >= bytes) return own;
      if (own !== undefined) freeMemory(own);
      const larger = new ArrayBuffer(bytes);
      held.set(place, larger);
      return larger;
    },
    free() {
      for (const buffer of held.values()) freeMemory(buffer);
      held.clear();
    },
  };
}
