/** A run of digits or letters, or a character between runs. */
interface Run {
  readonly kind: "digits" | "letters" | "mark";
  readonly least: number;
  readonly most: number;
  readonly upper: boolean;
  readonly lower: boolean;
  /** What all texts have there; undefined where they differ. */
  readonly text: string | undefined;
}

/** What texts of the same build have in common: runs of digits and letters with marks between them. */
export type TextShape = readonly Run[];

const RUNS = /\d+|[A-Za-z]+|[!-/:-@[-`{-~]/gu;
/** Runs and letters of a shape at most: what is longer is prose, or a token. */
const MOST_RUNS = 12;
const MOST_LENGTH = 64;

/** The shape of one text; undefined for one with other characters than visible ASCII ones, or that is too long. */
export function shapeOf(text: string): TextShape | undefined {
  if (text.length === 0 || text.length > MOST_LENGTH) return undefined;
  const runs: Run[] = [];
  let length = 0;
  for (const [own] of text.matchAll(RUNS)) {
    length += own.length;
    const kind = /\d/u.test(own) ? "digits" : /[A-Za-z]/u.test(own) ? "letters" : "mark";
    const [upper, lower] = [/[A-Z]/u.test(own), /[a-z]/u.test(own)];
    runs.push({ kind, least: own.length, most: own.length, upper, lower, text: own });
  }
  return length === text.length && runs.length <= MOST_RUNS ? runs : undefined;
}

/** What two shapes have in common, whichever comes first; undefined where they are of another build. */
export function joinShapes(one: TextShape, other: TextShape): TextShape | undefined {
  if (one.length !== other.length) return undefined;
  const joined: Run[] = [];
  for (const [at, a] of one.entries()) {
    const b = other[at]!;
    if (a.kind !== b.kind || (a.kind === "mark" && a.text !== b.text)) return undefined;
    joined.push({
      kind: a.kind,
      least: Math.min(a.least, b.least),
      most: Math.max(a.most, b.most),
      upper: a.upper || b.upper,
      lower: a.lower || b.lower,
      text: a.text === b.text ? a.text : undefined,
    });
  }
  return joined;
}

/**
 * A regular expression for a shape; undefined where it has no digit, as words have the same shape by chance.
 *
 * @param literal whether letters that all texts share are told; without them only their kind and number is.
 */
export function patternOfShape(shape: TextShape, literal: boolean): string | undefined {
  if (!shape.some(({ kind }) => kind === "digits")) return undefined;
  const parts = shape.map(({ kind, least, most, upper, lower, text }) => {
    if (kind === "mark") return escaped(text!);
    if (kind === "letters" && literal && text !== undefined) return text;
    const letters = `[${upper ? "A-Z" : ""}${lower ? "a-z" : ""}]`;
    return `${kind === "digits" ? String.raw`\d` : letters}${times(least, most)}`;
  });
  return `^${parts.join("")}$`;
}

/** Numbers may grow a digit that the sample did not have yet, where they differ in length. */
function times(least: number, most: number): string {
  if (least === most) return most === 1 ? "" : `{${most}}`;
  return least === 1 ? "+" : `{${least},}`;
}

/** A mark as a regular expression has it; with flag u no others may be escaped. */
function escaped(mark: string): string {
  return /[$()*+./?[\\\]^{|}]/u.test(mark) ? `\\${mark}` : mark;
}
