import { decimal, wrapped } from "./literal.ts";
import { HEX_DIGITS, READ, hexTexts, type StoredKind } from "./hex.ts";
import { INFIX, type Dialect } from "./print.ts";
import type { FunctionName } from "./program.ts";
import { quoted } from "./source-name.ts";

/** The types of numbers in Kotlin. */
export const KOTLIN_TYPES: Record<StoredKind, string> = {
  float: "Float",
  double: "Double",
  int: "Int",
  long: "Long",
  bool: "Boolean",
};

/** A text in Kotlin. */
export const kotlinText = (value: string): string =>
  quoted(value, (unit) => `\\u${unit.toString(16).padStart(4, "0")}`);

/** A number of a kind in Kotlin. */
export function kotlinNumber(value: number, kind: StoredKind): string {
  if (kind === "bool") return String(value !== 0);
  if (kind === "int") return String(value);
  if (kind === "long") return `${value}L`;
  const type = KOTLIN_TYPES[kind];
  if (Number.isNaN(value)) return `${type}.NaN`;
  if (!Number.isFinite(value)) return `${type}.${value < 0 ? "NEGATIVE" : "POSITIVE"}_INFINITY`;
  return `${decimal(value, kind === "float")}${kind === "float" ? "f" : ""}`;
}

/** A list of numbers: short ones as people read them, long ones as digits that `title` reads. */
export function kotlinList(values: ArrayLike<number>, kind: StoredKind, title: string, pad: string): string {
  const lower = KOTLIN_TYPES[kind].toLowerCase();
  if (values.length <= READ)
    return `${lower}ArrayOf(${Array.from(values, (value) => kotlinNumber(value, kind)).join(", ")})`;
  const texts = hexTexts(values, kind).map((text) => `"${text}"`);
  return `${title}Digits.${lower}s(\n${wrapped(texts, `${pad}    `)}\n${pad})`;
}

/** Reads lists of digits. */
export const kotlinDigits = (
  title: string,
): string => `/** Long lists stand as hexadecimal digits of their bits: a class of the JVM holds no long ones as numbers. */
internal object ${title}Digits {
    fun floats(vararg parts: String): FloatArray =
        read(parts, ${HEX_DIGITS.float}).let { bits -> FloatArray(bits.size) { Float.fromBits(bits[it].toInt()) } }

    fun doubles(vararg parts: String): DoubleArray =
        read(parts, ${HEX_DIGITS.double}).let { bits -> DoubleArray(bits.size) { Double.fromBits(bits[it]) } }

    fun ints(vararg parts: String): IntArray =
        read(parts, ${HEX_DIGITS.int}).let { bits -> IntArray(bits.size) { bits[it].toInt() } }

    fun longs(vararg parts: String): LongArray = read(parts, ${HEX_DIGITS.long})

    fun booleans(vararg parts: String): BooleanArray =
        read(parts, ${HEX_DIGITS.bool}).let { bits -> BooleanArray(bits.size) { bits[it] != 0L } }

    private fun read(parts: Array<out String>, digits: Int): LongArray {
        val bits = LongArray(parts.sumOf { it.length } / digits)
        var at = 0
        for (part in parts) for (start in part.indices step digits) {
            bits[at] = part.substring(start, start + digits).toULong(16).toLong()
            at += 1
        }
        return bits
    }
}
`;

const OWN: Partial<Record<FunctionName, string>> = { isInfinite: "isInfinite()", isNan: "isNaN()" };

/** How steps are written in Kotlin. */
export function kotlinDialect(arrayOf: Dialect["array"]): Dialect {
  return {
    number: (value, kind) => {
      const text = kotlinNumber(value, kind);
      return text.startsWith("-") ? `(${text})` : text;
    },
    array: arrayOf,
    computed: (at, length) => `placed(${at}, ${length})`,
    apply(name, kind, from, args) {
      const [a, b, c] = args as [string, string, string];
      const infix = INFIX[name];
      if (infix !== undefined) return `(${a} ${infix} ${b})`;
      if (OWN[name] !== undefined) return `${a}.${OWN[name]}`;
      switch (name) {
        case "select":
          return `(if (${a}) ${b} else ${c})`;
        case "not":
          return `!${a}`;
        case "neg":
          return `(-${a})`;
        case "remainder":
          return `(${a} % ${b})`;
        case "pow":
          return `Math.pow(${a}, ${b})`;
        case "log":
          return `kotlin.math.ln(${a})`;
        case "log1p":
          return `kotlin.math.ln1p(${a})`;
        case "cast":
          if (kind === "bool") return from === "long" ? `(${a} != 0L)` : `(${a}.toDouble() != 0.0)`;
          if (from === "bool") return `(if (${a}) ${kotlinNumber(1, kind)} else ${kotlinNumber(0, kind)})`;
          return kind === "long" ? `whole(${a}.toDouble())` : `${a}.to${KOTLIN_TYPES[kind]}()`;
        default:
          return `kotlin.math.${name}(${args.join(", ")})`;
      }
    },
    counted: (loop) => `${loop}.toLong()`,
    for: (loop, count) => `for (${loop} in 0 until ${count}) {`,
    while: (test) => `while (${test}) {`,
    if: (test) => `if (${test}) {`,
    end: "}",
    let: (name, _, value, isSet) => `${isSet ? "var" : "val"} ${name} = ${value}`,
    loaded: (element, { narrow }) => (narrow === true ? `${element}.toLong()` : element),
    index: (at) => `(${at}).toInt()`,
    length: (cell) => `${arrayOf(cell)}.size.toLong()`,
    stored: (value, { narrow }) => (narrow === true ? `(${value}).toInt()` : value),
    stop: "",
  };
}
