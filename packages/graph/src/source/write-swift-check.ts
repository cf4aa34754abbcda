import { wrapped } from "./literal.ts";
import { HEAD, isText, type SourceFile, type SourceUnit } from "./source-unit.ts";
import { SWIFT_TYPES, swiftList, swiftText } from "./swift.ts";

/** A type that holds the source against the vectors: it tells what differs. */
export function writeSwiftCheck({ title, inputs, outputs, vectors }: SourceUnit): SourceFile {
  const { count } = vectors!;
  const given = inputs.map(({ name, given: own, cell, ...input }) => {
    const values = vectors!.inputs[own]!;
    if (!isText(input))
      return `        static let ${name}: [${SWIFT_TYPES[cell.kind]}] = ${swiftList(values as readonly number[], cell.kind, title, "        ")}`;
    const texts = values.map((one) => (one === null ? "nil" : swiftText(String(one))));
    return `        static let ${name}: [String?] = [\n${wrapped(texts, "            ")}\n        ]`;
  });
  const wanted = outputs.map(
    ({ field, name }) =>
      `        static let ${field}: [Double] = ${swiftList(vectors!.outputs[name]!, "double", title, "        ")}`,
  );
  const takes = inputs.map(({ name, cell: { size }, ...input }) => {
    const one = size === 1 || isText(input);
    return `                ${name}: ${one ? `Given.${name}[row]` : `Array(Given.${name}[row * ${size}..<(row + 1) * ${size}])`}`;
  });
  const checks = outputs.map(({ field, cell: { kind, size } }) => {
    const made = kind === "bool" ? `made.${field}.map { $0 ? 1 : 0 }` : `made.${field}.map { Double($0) }`;
    return `                compare(${made}, Wanted.${field}, from: row * ${size}, "row \\(row), ${field}", &found)`;
  });
  const text = `// ${HEAD} Rows that were made up, and what the graph says of them.

/// Holds \`\`${title}\`\` against the graph that it was generated from.
public enum ${title}Check {
    /// The places where source and graph differ by more than ${vectors!.tolerance ?? 1e-5} of the number; none where all is well.
    public static func differences() -> [String] {
        var found: [String] = []
        for row in 0..<${count} {
            let input = ${title}.Input(
${takes.join(",\n")}
            )
            do {
                let made = try ${title}.output(for: input)
${checks.join("\n")}
            } catch {
                found.append("row \\(row): \\(error)")
            }
        }
        return found
    }

    private static func compare(
        _ made: [Double], _ wanted: [Double], from start: Int, _ name: String, _ found: inout [String]
    ) {
        for (at, one) in made.enumerated() {
            let want = wanted[start + at]
            if one == Double(Float(want)) || one == want || (one.isNaN && want.isNaN) { continue }
            if (one - want).magnitude <= ${vectors!.tolerance ?? 1e-5} * (want.magnitude > 1 ? want.magnitude : 1) { continue }
            found.append("\\(name)[\\(at)]: \\(one), not \\(want)")
        }
    }

    private enum Given {
${given.join("\n")}
    }

    private enum Wanted {
${wanted.join("\n")}
    }
}
`;
  return { path: `${title}Check.swift`, text };
}
