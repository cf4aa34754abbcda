import { expect, test } from "vitest";
import { slab } from "./slab.ts";

test("pieces lie side by side, are 0 and aligned, and are empty once all is given back", () => {
  const memory = slab();
  for (let round = 0; round < 2; round++) {
    const pieces = [1, 2 ** 17, 3, 2 ** 18, 2 ** 18, 2 ** 24, 5].flatMap((length) => [
      memory.singles(length),
      memory.doubles(length),
      memory.words(length),
    ]);
    // Filled each with its own number, none has written into another.
    for (const [at, piece] of pieces.entries()) {
      expect(piece.at(0)).toBe(0);
      piece.set([at + 1]);
      piece.set([at + 1], piece.length - 1);
    }
    for (const [at, piece] of pieces.entries()) expect([piece[0], piece.at(-1)]).toEqual([at + 1, at + 1]);
    // Large ones share what was taken for several.
    expect(new Set(pieces.map(({ buffer }) => buffer)).size).toBeLessThan(pieces.length - 4);
    memory.free();
    expect(pieces.every(({ length }) => length === 0)).toBe(true);
  }
});
