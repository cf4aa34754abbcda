import { signRanges } from "./sign-range.ts";

/** Small letters: ranges of code points, each to be moved by `delta`, every one of them or every second. */
export interface LowerTable {
  readonly starts: readonly number[];
  readonly deltas: readonly number[];
  /** 1 or 2. */
  readonly steps: readonly number[];
}

/** Ranges of signs by what they are to a sigma beside them: 0 no letter, 1 a letter that has a case, 2 passed over. */
export interface CaseTable {
  readonly starts: readonly number[];
  readonly kinds: readonly number[];
}

let lower: LowerTable | undefined;
let cases: CaseTable | undefined;

/** How far a code point's small letter is away; 0 for what has none, and for the dotted capital I, which becomes two signs. */
function moved(code: number): number {
  const small = String.fromCodePoint(code).toLowerCase();
  const first = small.codePointAt(0)!;
  return small.length === (first > 0xffff ? 2 : 1) ? first - code : 0;
}

/** The small letters of the engine's Unicode. */
export function lowerTable(): LowerTable {
  if (lower !== undefined) return lower;
  const rows: { start: number; delta: number; step: number }[] = [{ start: 0, delta: 0, step: 1 }];
  const add = (start: number, delta: number, step: number): void => {
    if (rows.at(-1)!.start === start) rows.pop();
    rows.push({ start, delta, step });
  };
  // A sigma alone is a final one to no engine, so its small letter is the usual one.
  const deltas = new Map(
    signRanges("\\p{Changes_When_Lowercased}").flatMap(([from, to]) =>
      Array.from({ length: to - from + 1 }, (_, at) => [from + at, moved(from + at)] as const),
    ),
  );
  const deltaOf = (code: number): number => deltas.get(code) ?? 0;
  let end = 0;
  for (const code of deltas.keys()) {
    if (code < end) continue;
    if (code > end) add(end, 0, 1);
    const delta = deltaOf(code);
    let to = code + 1;
    if (deltaOf(to) === 0 && deltaOf(code + 2) === delta && delta !== 0) {
      while (deltaOf(to) === 0 && deltaOf(to + 1) === delta) to += 2;
      add(code, delta, 2);
      to += deltaOf(to) === 0 ? 1 : 0;
    } else {
      while (deltaOf(to) === delta && deltas.has(to)) to++;
      add(code, delta, 1);
    }
    end = to;
  }
  add(end, 0, 1);
  lower = {
    starts: rows.map(({ start }) => start),
    deltas: rows.map(({ delta }) => delta),
    steps: rows.map(({ step }) => step),
  };
  return lower;
}

/** What signs are to a sigma, of which the last in a word has a form of its own (Unicode, section 3.13, Final_Sigma). */
export function caseTable(): CaseTable {
  if (cases !== undefined) return cases;
  const marks = [
    ...signRanges("\\p{Cased}").map((range) => [range, 1] as const),
    ...signRanges("\\p{Case_Ignorable}").map((range) => [range, 2] as const),
  ];
  const kinds = new Map<number, number>();
  for (const [[from, to], kind] of marks) for (let code = from; code <= to; code++) kinds.set(code, kind);
  const [starts, list]: [number[], number[]] = [[0], [0]];
  let last = -1;
  for (const code of [...kinds.keys()].sort((a, b) => a - b)) {
    if (code > last + 1 && list.at(-1) !== 0) {
      starts.push(last + 1);
      list.push(0);
    }
    if (list.at(-1) !== kinds.get(code)) {
      if (starts.at(-1) === code) {
        starts.pop();
        list.pop();
      }
      starts.push(code);
      list.push(kinds.get(code)!);
    }
    last = code;
  }
  starts.push(last + 1);
  list.push(0);
  cases = { starts, kinds: list };
  return cases;
}
