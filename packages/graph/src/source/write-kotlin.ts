import { KOTLIN_TYPES, kotlinDialect, kotlinDigits, kotlinList, kotlinNumber, kotlinText } from "./kotlin.ts";
import { storedKind } from "./hex.ts";
import { printStatements } from "./print.ts";
import type { Cell } from "./program.ts";
import { HEAD, OTHER_TEXT, isText, otherCode, type SourceFile, type SourceUnit } from "./source-unit.ts";
import { writeKotlinCheck } from "./write-kotlin-check.ts";

/** Arrays, steps and texts go into classes and methods of so many: the JVM limits a method to 64 KB. */
const [ARRAYS, STEPS, TEXTS, FIELDS] = [200, 1000, 500, 200];

/** A list in pieces. */
function pieces<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, at) =>
    list.slice(at * size, (at + 1) * size),
  );
}

/** A program as Kotlin for any JVM or Android; nothing but the standard library. */
export function writeKotlin(unit: SourceUnit): readonly SourceFile[] | { readonly unsupported: string } {
  const { program, title, inputs, outputs } = unit;
  if (Math.max(inputs.length, outputs.length) > FIELDS)
    return { unsupported: `more than ${FIELDS} inputs or outputs, which no constructor of the JVM takes` };
  const packaged = unit.packageName === undefined ? "" : `package ${unit.packageName}\n\n`;
  const buffers = pieces([...program.inputs.map(({ cell }) => cell), ...program.work], ARRAYS);
  const constants = pieces(program.constants, ARRAYS);
  const homes = new Map<Cell, string>();
  for (const [at, cells] of buffers.entries())
    for (const cell of cells) homes.set(cell, `w.part${at}.${cell.id}`);
  for (const [at, cells] of constants.entries())
    for (const cell of cells) homes.set(cell, `${title}Constants${at}.${cell.id}`);
  const dialect = kotlinDialect((cell) => homes.get(cell)!);
  const steps = program.steps.map(
    ({ note, body }, at) =>
      `    /** ${note} */\n    private fun step${at}(w: ${title}Work) {\n${printStatements(dialect, body, 2).join("\n")}\n    }\n`,
  );
  const stages = pieces(program.steps, STEPS).map(
    (stage, at) =>
      `    private fun stage${at}(w: ${title}Work) {\n${stage.map((_, own) => `        step${at * STEPS + own}(w)`).join("\n")}\n    }\n`,
  );
  const takes = inputs.flatMap(({ cell, dictionary, text: read, name }) => {
    const to = homes.get(cell)!;
    if (read !== undefined) return [`        ${to} = signs(input.${name} ?: "", ${read.dotted})`];
    if (dictionary !== undefined)
      return [`        ${to}[0] = code(${title}Codes.${cell.id}, input.${name}, ${otherCode(dictionary)}L)`];
    const missing =
      cell.kind === "float" || cell.kind === "double" ? ` ?: ${KOTLIN_TYPES[cell.kind]}.NaN` : "";
    if (cell.size === 1) return [`        ${to}[0] = input.${name}${missing}`];
    return [
      `        require(input.${name}.size == ${cell.size}) { "${name}: expected ${cell.size} numbers" }`,
      `        input.${name}.copyInto(${to})`,
    ];
  });
  const looked = inputs.filter(({ dictionary }) => dictionary !== undefined);
  const tables = looked.map(({ cell: { id }, dictionary }) => codesText(id, dictionary!));
  const typeOf = ({ kind, size }: Cell, isText: boolean) => {
    if (isText) return "String? = null";
    const type = KOTLIN_TYPES[kind];
    if (size !== 1) return `${type}Array`;
    return kind === "float" || kind === "double" ? `${type}? = null` : type;
  };
  const groups = constants.map(
    (cells, at) =>
      `private object ${title}Constants${at} {\n${cells.map((cell) => `    @JvmField val ${cell.id} = ${kotlinList(cell.constant!, storedKind(cell), title, "    ")}`).join("\n")}\n}\n`,
  );
  const works = buffers.map(
    (cells, at) => `private class ${title}Work${at} {\n${cells.map(workText).join("\n")}\n}\n`,
  );
  const text = `// ${HEAD}
// One row at a time, Float where the graph is float32; functions such as exp and ln are computed in Double and rounded once.
${packaged}/** What the app gives; null is missing, as NaN is. */
public class ${title}Input(
${inputs.map((input) => `    /** ${input.note} */\n    @JvmField public val ${input.name}: ${typeOf(input.cell, isText(input))},`).join("\n")}
)

/** What comes out. */
public class ${title}Output(
${outputs.map(({ field, note, cell }) => `    /** ${note} */\n    @JvmField public val ${field}: ${KOTLIN_TYPES[cell.kind]}Array,`).join("\n")}
)

public object ${title} {
    /** One row. Throws IllegalArgumentException for a vector of another length. */
    public fun run(input: ${title}Input): ${title}Output {
        val w = ${title}Work()
${[...takes, ...stages.map((_, at) => `        stage${at}(w)`)].join("\n")}
        return ${title}Output(${outputs.map(({ cell }) => (cell.constant === undefined ? homes.get(cell)! : `${homes.get(cell)!}.copyOf()`)).join(", ")})
    }

    private fun code(codes: Map<String, Long>, text: String?, other: Long): Long =
        if (text.isNullOrEmpty()) -1L else codes[text] ?: other

    /** A place counted from the front. */
    private fun placed(at: Long, length: Int): Int {
        val place = if (at < 0) at + length else at
        if (place < 0 || place >= length) throw IndexOutOfBoundsException("a place within $length, not $at")
        return place.toInt()
    }

${inputs.some(({ text: read }) => read !== undefined) ? SIGNS : ""}    /** The whole number towards 0; 0 where there is none. */
    private fun whole(x: Double): Long = if (Math.abs(x) < 9223372036854775808.0) x.toLong() else 0L

${[...stages, ...steps].join("\n")}}

private class ${title}Work {
${works.map((_, at) => `    @JvmField val part${at} = ${title}Work${at}()`).join("\n")}
}

${[...works, ...groups].join("\n")}
private object ${title}Codes {
${tables.join("\n")}
}

${kotlinDigits(title)}`;
  const files = [{ path: `${title}.kt`, text }];
  return unit.vectors === undefined ? files : [...files, ...writeKotlinCheck(unit, packaged)];
}

/** The characters of a text. */
const SIGNS = `    /** The characters of a text; half of a pair is U+FFFD. */
    private fun signs(text: String, dotted: Boolean): IntArray {
        val signs = IntArray(2 * text.length)
        var count = 0
        var at = 0
        while (at < text.length) {
            val sign = text.codePointAt(at)
            at += Character.charCount(sign)
            if (dotted && sign == 0x130) {
                signs[count] = 0x69
                signs[count + 1] = 0x307
                count += 2
                continue
            }
            signs[count] = if (sign in 0xd800..0xdfff) 0xfffd else sign
            count += 1
        }
        return signs.copyOf(count)
    }

`;

/** Memory for an array. */
function workText({ id, kind, size, signs }: Cell): string {
  if (signs === true) return `    @JvmField var ${id} = IntArray(0)`;
  return `    @JvmField val ${id} = ${KOTLIN_TYPES[kind]}Array(${size})`;
}

function codesText(id: string, dictionary: readonly string[]): string {
  const texts = new Map<string, number>();
  for (const [code, text] of dictionary.entries())
    if (text !== "" && text !== OTHER_TEXT && !texts.has(text)) texts.set(text, code);
  const parts = pieces([...texts], TEXTS);
  const fills = parts.map(
    (part, at) =>
      `    private fun ${id}Part${at}(codes: HashMap<String, Long>) {\n${part.map(([text, code]) => `        codes[${kotlinText(text)}] = ${kotlinNumber(code, "long")}`).join("\n")}\n    }`,
  );
  const calls = parts.map((_, at) => `        ${id}Part${at}(codes)`);
  return [
    `    @JvmField val ${id}: Map<String, Long> = ${id}Codes()\n`,
    `    private fun ${id}Codes(): Map<String, Long> {\n        val codes = HashMap<String, Long>()`,
    ...calls,
    "        return codes\n    }",
    ...fills,
  ].join("\n");
}
