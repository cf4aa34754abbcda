import { kotlinList, kotlinText } from "./kotlin.ts";
import { HEAD, isText, type SourceFile, type SourceUnit } from "./source-unit.ts";

/** A program that holds the source against the vectors: it prints what differs, and ends with 1 then. */
export function writeKotlinCheck(
  { title, inputs, outputs, vectors }: SourceUnit,
  packaged: string,
): readonly SourceFile[] {
  const { count } = vectors!;
  const given = inputs.map(({ name, given: own, cell, ...input }) => {
    const values = vectors!.inputs[own]!;
    const list = !isText(input)
      ? kotlinList(values as readonly number[], cell.kind, title, "    ")
      : `arrayOf<String?>(${values.map((one) => (one === null ? "null" : kotlinText(String(one)))).join(", ")})`;
    return `private object ${title}Given_${name} {\n    @JvmField val rows = ${list}\n}\n`;
  });
  const wanted = outputs.map(
    ({ field, name }) =>
      `private object ${title}Wanted_${field} {\n    @JvmField val rows = ${kotlinList(vectors!.outputs[name]!, "double", title, "    ")}\n}\n`,
  );
  const takes = inputs.map(({ name, cell, ...input }) => {
    const rows = `${title}Given_${name}.rows`;
    return cell.size === 1 || isText(input)
      ? `        ${name} = ${rows}[row],`
      : `        ${name} = ${rows}.copyOfRange(row * ${cell.size}, (row + 1) * ${cell.size}),`;
  });
  const checks = outputs.map(({ field, cell: { kind, size } }) => {
    const made = `made.${field}[at]`;
    const double =
      kind === "bool" ? `(if (${made}) 1.0 else 0.0)` : kind === "double" ? made : `${made}.toDouble()`;
    return `private fun check_${title}_${field}(row: Int, made: ${title}Output): Int =
    (0 until ${size}).count { at -> differs("row $row, ${field}[$at]", ${double}, ${title}Wanted_${field}.rows[row * ${size} + at]) }
`;
  });
  const text = `// ${HEAD} Rows that were made up, and what the graph says of them.
${packaged}public object ${title}Check {
    /** How many numbers of source and graph differ by more than ${vectors!.tolerance ?? 1e-5} of the number; each is printed. */
    public fun run(): Int {
        var wrong = 0
        for (row in 0 until ${count}) {
            val made = ${title}.run(${title.toLowerCase()}Row(row))
${outputs.map(({ field }) => `            wrong += check_${title}_${field}(row, made)`).join("\n")}
        }
        return wrong
    }

    @JvmStatic
    public fun main(args: Array<String>) {
        val wrong = run()
        println("$wrong differ")
        if (wrong > 0) throw IllegalStateException("source and graph differ")
    }
}

private fun ${title.toLowerCase()}Row(row: Int): ${title}Input =
    ${title}Input(
${takes.join("\n")}
    )

private fun differs(what: String, made: Double, want: Double): Boolean {
    val rounded = want.toFloat().toDouble()
    if (made == rounded || made == want || (made.isNaN() && want.isNaN())) return false
    if (Math.abs(made - want) <= ${vectors!.tolerance ?? 1e-5} * Math.max(1.0, Math.abs(want))) return false
    println("$what: $made, not $want")
    return true
}

${[...checks, ...given, ...wanted].join("\n")}`;
  return [{ path: `${title}Check.kt`, text }];
}
