import { slab } from "./slab.ts";

/** Memory that one list of numbers after the other is sorted in, so that many columns leave no garbage of each. */
export interface SortRoom {
  /** For up to so many numbers: arrays as long at least, which hold whatever was last there. */
  of(length: number): SortArrays;
  /** Gives all of it back; arrays of it are empty from now on. */
  free(): void;
}

/** What a sort needs. */
export interface SortArrays {
  readonly singles: Float32Array<ArrayBuffer>;
  readonly doubles: Float64Array<ArrayBuffer>;
  readonly keys: Uint32Array<ArrayBuffer>;
  readonly movedKeys: Uint32Array<ArrayBuffer>;
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly movedNumbers: Float64Array<ArrayBuffer>;
}

/** Room that grows to what is asked. */
export function sortRoom(): SortRoom {
  const memory = slab();
  let arrays: SortArrays | undefined;
  return {
    of(length) {
      if (arrays !== undefined && arrays.keys.length >= length) return arrays;
      memory.free();
      arrays = {
        singles: memory.singles(length),
        doubles: memory.doubles(length),
        keys: memory.words(length),
        movedKeys: memory.words(length),
        numbers: memory.doubles(length),
        movedNumbers: memory.doubles(length),
      };
      return arrays;
    },
    free() {
      memory.free();
      arrays = undefined;
    },
  };
}
