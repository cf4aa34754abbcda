import { READ, hexTexts, type StoredKind } from "./hex.ts";
import { decimal, wrapped } from "./literal.ts";
import { INFIX, type Dialect } from "./print.ts";
import type { Cell, FunctionName, Kind } from "./program.ts";
import { quoted } from "./source-name.ts";

/** The types of numbers in Swift. */
export const SWIFT_TYPES: Record<StoredKind, string> = {
  float: "Float",
  double: "Double",
  int: "Int32",
  long: "Int64",
  bool: "Bool",
};

/** A text in Swift, by its characters: an escape is a character, not half of one. */
export const swiftText = (value: string): string =>
  `"${Array.from(value, (sign) =>
    sign.length === 2
      ? `\\u{${sign.codePointAt(0)!.toString(16)}}`
      : quoted(sign, (unit) => `\\u{${unit.toString(16)}}`).slice(1, -1),
  ).join("")}"`;

/**
 * The literal of a finite float64. Compilers round a decimal to 80 bits first, and then once more: one that is not exact
 * stands in hexadecimal.
 */
function doubleDigits(value: number): string {
  const isExact = Math.abs(value) < 1e5 && Number.isInteger(value * 1024);
  if (isExact) return decimal(value, false);
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const exponent = Number(bits >> 52n);
  const rest = (bits & 0xfffffffffffffn).toString(16).padStart(13, "0").replace(/0+$/, "") || "0";
  const power = exponent === 0 ? -1022 : exponent - 1023;
  return `${value < 0 ? "-" : ""}0x${exponent === 0 ? 0 : 1}.${rest}p${power}`;
}

/** A number of a kind in Swift. */
export function swiftNumber(value: number, kind: StoredKind): string {
  if (kind === "bool") return String(value !== 0);
  if (kind === "long" || kind === "int") return String(value);
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return `${value < 0 ? "-" : ""}.infinity`;
  return kind === "float" ? decimal(value, true) : doubleDigits(value);
}

/** A list of numbers: short ones as people read them, long ones as digits that `title` reads. */
export function swiftList(values: ArrayLike<number>, kind: StoredKind, title: string, pad: string): string {
  if (values.length <= READ) return `[${Array.from(values, (value) => swiftNumber(value, kind)).join(", ")}]`;
  const lower = SWIFT_TYPES[kind].toLowerCase();
  const texts = hexTexts(values, kind).map((text) => `"${text}"`);
  return `${title}.Digits.${lower}s(\n${wrapped(texts, `${pad}    `).slice(0, -1)}\n${pad})`;
}

/** Functions of numbers of which Swift's own have other names. */
const OWN: Partial<Record<FunctionName, (x: string) => string>> = {
  ceil: (x) => `${x}.rounded(.up)`,
  floor: (x) => `${x}.rounded(.down)`,
  isInfinite: (x) => `${x}.isInfinite`,
  isNan: (x) => `${x}.isNaN`,
  round: (x) => `${x}.rounded(.toNearestOrEven)`,
  sqrt: (x) => `${x}.squareRoot()`,
};

/** Functions that Swift has of the C library. */
export const SWIFT_LIBRARY: readonly FunctionName[] =
  "acos acosh asin asinh atan atanh cos cosh exp expm1 log log1p pow sin sinh tan tanh".split(
    " ",
  ) as FunctionName[];

/** The arrays of numbers that steps fill: one for each kind, as compilers take types of many arrays slowly. */
export const SWIFT_WORK: Record<Kind, string> = {
  float: "floats",
  double: "doubles",
  long: "longs",
  bool: "truths",
};

const WHOLE: Partial<Record<FunctionName, string>> = { add: "&+", mul: "&*", sub: "&-" };

/** How steps are written in Swift. */
export function swiftDialect(starts: ReadonlyMap<Cell, number>): Dialect {
  return {
    number: (value, kind) => {
      const text = swiftNumber(value, kind);
      return kind === "bool" || (kind === "double" && !text.startsWith("-") && !text.startsWith("."))
        ? text
        : text.startsWith(".") || text.startsWith("-.")
          ? `${text.startsWith("-") ? "-" : ""}${SWIFT_TYPES[kind]}${text.replace("-", "")}`
          : `${SWIFT_TYPES[kind]}(${text})`;
    },
    array: ({ id, kind, constant, signs }) =>
      signs === true ? `w.${id}` : constant === undefined ? `w.${SWIFT_WORK[kind]}` : id,
    start: (cell) => starts.get(cell) ?? 0,
    computed: (at, length) => `placed(${at}, ${length}, &w.stray)`,
    apply(name, kind, from, args) {
      const [a, b, c] = args as [string, string, string];
      if (kind === "long" && WHOLE[name] !== undefined) return `(${a} ${WHOLE[name]} ${b})`;
      const infix = INFIX[name];
      if (infix !== undefined) return `(${a} ${infix} ${b})`;
      if (OWN[name] !== undefined) return OWN[name](a);
      switch (name) {
        case "select":
          return `(${a} ? ${b} : ${c})`;
        case "not":
          return `!${a}`;
        case "neg":
          return kind === "long" ? `(0 &- ${a})` : `(-${a})`;
        case "abs":
          return kind === "long" ? `wholeSize(${a})` : `${a}.magnitude`;
        case "max":
        case "min":
          return `${name === "max" ? "larger" : "smaller"}(${a}, ${b})`;
        case "remainder":
          return kind === "long" ? `(${a} % ${b})` : `${a}.truncatingRemainder(dividingBy: ${b})`;
        case "pow":
          return `power(${a}, ${b})`;
        case "cast":
          if (kind === "bool") return `(${a} != 0)`;
          if (from === "bool") return `(${a} ? ${SWIFT_TYPES[kind]}(1) : 0)`;
          return kind === "long" ? `whole(Double(${a}))` : `${SWIFT_TYPES[kind]}(${a})`;
        default:
          return `${name}(${args.join(", ")})`;
      }
    },
    counted: (loop) => `Int64(${loop})`,
    for: (loop, count) => `for ${loop} in 0..<${count} {`,
    while: (test) => `while ${test} {`,
    if: (test) => `if ${test} {`,
    end: "}",
    let: (name, kind, value, isSet) => `${isSet ? "var" : "let"} ${name}: ${SWIFT_TYPES[kind]} = ${value}`,
    loaded: (element, { narrow }) => (narrow === true ? `Int64(${element})` : element),
    index: (at) => `Int(${at})`,
    length: ({ id }) => `Int64(w.${id}.count)`,
    stored: (value, { narrow }) => (narrow === true ? `Int32(${value})` : value),
    stop: "",
  };
}
