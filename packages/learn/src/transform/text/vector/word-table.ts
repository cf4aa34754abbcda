import { tidelineError } from "@tideline/spec/error";

/** Distinct words by numbers in the order of their arrival. Code units lie in one array; a word becomes a string when asked for. */
export interface WordTable {
  readonly size: () => number;
  /** The number of the word between two places of a text, made when new; -1 where a closed table lacks it. */
  intern(text: string, from: number, to: number, hash: number): number;
  word(id: number): string;
  /** From now on what is not in it has the number -1. */
  close(): void;
}

/** Code units that a table holds at most: 1 GiB. */
const UNITS = 2 ** 29;

/** An empty table of words. Open addressing with linear steps, at most half full. */
export function wordTable(who: string): WordTable {
  let slots = new Int32Array(1024).fill(-1);
  let hashes = new Int32Array(512);
  let starts = new Int32Array(513);
  let units = new Uint16Array(4096);
  let size = 0;
  let open = true;

  const grow = (): void => {
    hashes = widened(hashes, 2 * hashes.length);
    starts = widened(starts, 2 * starts.length);
    slots = new Int32Array(2 * slots.length).fill(-1);
    const mask = slots.length - 1;
    for (let id = 0; id < size; id++) {
      let slot = spread(hashes[id]!) & mask;
      while (slots[slot]! >= 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
  };

  return Object.freeze({
    size: () => size,
    close() {
      open = false;
    },
    intern(text: string, from: number, to: number, hash: number): number {
      const length = to - from;
      let mask = slots.length - 1;
      let slot = spread(hash) & mask;
      for (let id = slots[slot]!; id >= 0; slot = (slot + 1) & mask, id = slots[slot]!) {
        if (hashes[id] !== hash) continue;
        const start = starts[id]!;
        if (starts[id + 1]! - start !== length) continue;
        let at = 0;
        while (at < length && units[start + at] === text.charCodeAt(from + at)) at++;
        if (at === length) return id;
      }
      if (!open) return -1;
      if (2 * (size + 1) > slots.length) {
        grow();
        mask = slots.length - 1;
        slot = spread(hash) & mask;
        while (slots[slot]! >= 0) slot = (slot + 1) & mask;
      }
      const start = starts[size]!;
      if (start + length > UNITS) throw tooMany(who, `${UNITS} code units of distinct words`);
      if (start + length > units.length) {
        const wider = new Uint16Array(Math.max(2 * units.length, start + length));
        wider.set(units);
        units = wider;
      }
      for (let at = 0; at < length; at++) units[start + at] = text.charCodeAt(from + at);
      hashes[size] = hash;
      starts[size + 1] = start + length;
      slots[slot] = size;
      return size++;
    },
    word(id: number): string {
      let out = "";
      // A call takes so many arguments on every engine.
      for (let at = starts[id]!; at < starts[id + 1]!; at += 4096)
        out += String.fromCharCode(...units.subarray(at, Math.min(at + 4096, starts[id + 1]!)));
      return out;
    },
  });
}

/** The error for more distinct terms than a vocabulary holds. */
export function tooMany(who: string, expected: string): Error {
  return tidelineError("ARGUMENT_INVALID", {
    who,
    field: "texts",
    expected: `at most ${expected}`,
    received: "more",
    remedy: "Use hashingVectorizer, which keeps no vocabulary.",
  });
}

function spread(hash: number): number {
  return hash ^ (hash >>> 15);
}

function widened(source: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const out = new Int32Array(length);
  out.set(source);
  return out;
}
