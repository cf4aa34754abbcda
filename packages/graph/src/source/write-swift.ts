import { cellsOf } from "./cells-of.ts";
import { storedKind } from "./hex.ts";
import { wrapped } from "./literal.ts";
import { SWIFT_DIGITS, SWIFT_IMPORT, SWIFT_PARTS } from "./part-swift.ts";
import { printStatements } from "./print.ts";
import type { Cell, Kind } from "./program.ts";
import { HEAD, OTHER_TEXT, isText, otherCode, type SourceFile, type SourceUnit } from "./source-unit.ts";
import { SWIFT_LIBRARY, SWIFT_TYPES, SWIFT_WORK, swiftDialect, swiftList, swiftText } from "./swift.ts";
import { writeSwiftCheck } from "./write-swift-check.ts";

/** What a field of the input is. */
function typeOf({ kind, size }: Cell, isText: boolean): string {
  if (isText) return "String?";
  const type = SWIFT_TYPES[kind];
  if (size !== 1) return `[${type}]`;
  return kind === "float" || kind === "double" ? `${type}?` : type;
}

/** Where each cell begins among the numbers of its kind, and how many these are. */
function placesOf(
  cells: readonly Cell[],
): readonly [starts: ReadonlyMap<Cell, number>, sizes: ReadonlyMap<Kind, number>] {
  const [starts, sizes] = [new Map<Cell, number>(), new Map<Kind, number>()];
  for (const cell of cells) {
    const start = sizes.get(cell.kind) ?? 0;
    starts.set(cell, start);
    sizes.set(cell.kind, start + cell.size);
  }
  return [starts, sizes];
}

/** Texts by their codes; those that nobody looks up are empty. */
function textsOf(dictionary: readonly string[]): string {
  const texts = dictionary.map((text) => (text === OTHER_TEXT ? '""' : swiftText(text)));
  return `numbered([\n${wrapped(texts, "            ")}\n        ])`;
}

/** A program as Swift for Apple's systems, Linux, Android and Windows; nothing but the standard library and that of C. */
export function writeSwift(unit: SourceUnit): readonly SourceFile[] {
  const { program, title, inputs, outputs } = unit;
  const cells = [...program.inputs.map(({ cell }) => cell), ...program.work];
  const [starts, sizes] = placesOf(cells.filter(({ signs }) => signs !== true));
  const dialect = swiftDialect(starts);
  const own = (cell: Cell) => `w.${SWIFT_WORK[cell.kind]}[${starts.get(cell)!}]`;
  const all = (cell: Cell) => {
    const start = starts.get(cell)!;
    return `w.${SWIFT_WORK[cell.kind]}[${start}..<${start + cell.size}]`;
  };
  const steps = program.steps.map((step, at) => {
    const constants = [...cellsOf([step])].filter(({ constant }) => constant !== undefined);
    const lines = [
      ...constants.map(({ id }) => `        let ${id} = Constants.${id}`),
      ...printStatements(dialect, step.body, 2),
    ];
    return `    /// ${step.note}\n    private static func step${at}(_ w: inout Work) {\n${lines.join("\n")}\n    }\n`;
  });
  const takes = inputs.flatMap(({ cell, dictionary, text: read, name }) => {
    const { id, kind, size } = cell;
    if (read !== undefined) return [`w.${id} = signs(input.${name} ?? "", dotted: ${read.dotted})`];
    if (dictionary !== undefined)
      return [`${own(cell)} = code(Codes.${id}, input.${name}, other: ${otherCode(dictionary)})`];
    const missing = kind === "float" || kind === "double" ? " ?? .nan" : "";
    if (size === 1) return [`${own(cell)} = input.${name}${missing}`];
    return [
      `guard input.${name}.count == ${size} else {`,
      `    throw .count(of: "${name}", expected: ${size}, received: input.${name}.count)`,
      "}",
      `${all(cell)} = input.${name}[...]`,
    ];
  });
  const body = [...takes, ...steps].join("\n");
  const hasStray = body.includes("placed(");
  const runs = [
    "var w = Work()",
    ...takes,
    ...program.steps.map((_, at) => `step${at}(&w)`),
    ...(hasStray ? ["if let code = w.stray { throw .place(of: code) }"] : []),
  ];
  const given = outputs.map(
    ({ field, cell }) =>
      `${field}: ${cell.constant === undefined ? `Array(${all(cell)})` : `Constants.${cell.id}`}`,
  );
  const arrays = [...sizes].map(
    ([kind, size]) =>
      `        var ${SWIFT_WORK[kind]} = [${SWIFT_TYPES[kind]}](repeating: ${kind === "bool" ? "false" : "0"}, count: ${size})`,
  );
  const texts = cells.flatMap(({ id, signs }) => (signs === true ? [`        var ${id}: [Int32] = []`] : []));
  const constants = program.constants.map(
    (cell) =>
      `        static let ${cell.id}: [${SWIFT_TYPES[storedKind(cell)]}] = ${swiftList(cell.constant!, storedKind(cell), title, "        ")}`,
  );
  const codes = inputs.flatMap(({ cell: { id }, dictionary }) =>
    dictionary === undefined ? [] : [`        static let ${id}: [[UInt8]: Int64] = ${textsOf(dictionary)}`],
  );
  const parts = SWIFT_PARTS.filter(([name]) => body.includes(name)).map(([, part]) => `\n${part}`);
  const usesDigits = unit.vectors !== undefined || constants.some((one) => one.includes(".Digits."));
  const needsLibrary = SWIFT_LIBRARY.some((name) =>
    new RegExp(`\\b${name === "pow" ? "power" : name}\\(`).test(body),
  );
  const fields = inputs.map((input) => ({ name: input.name, type: typeOf(input.cell, isText(input)) }));
  const text = `// ${HEAD}
// One row at a time, Float where the graph is float32; functions such as exp and log are computed in Double and rounded once.
${needsLibrary ? `\n${SWIFT_IMPORT}` : ""}
/// What the graph makes of a row, one row at a time.
public enum ${title} {
    /// What the app gives; nil is missing, as NaN is.
    public struct Input: Sendable {
${inputs.map(({ note }, at) => `        /// ${note}\n        public var ${fields[at]!.name}: ${fields[at]!.type}`).join("\n")}

        /// A row. What is left out is missing.
        public init(
${fields.map(({ name, type }) => `            ${name}: ${type}${type.endsWith("?") ? " = nil" : ""}`).join(",\n")}
        ) {
${fields.map(({ name }) => `            self.${name} = ${name}`).join("\n")}
        }
    }

    /// What comes out.
    public struct Output: Sendable {
${outputs.map(({ field, note, cell }) => `        /// ${note}\n        public let ${field}: [${SWIFT_TYPES[cell.kind]}]`).join("\n")}
    }

    /// Why a row has no output.
    public enum Failure: Error, Hashable {
        /// A list of another length.
        case count(of: String, expected: Int, received: Int)
        /// A code that has no place.
        case place(of: Int64)
    }

    /// The output for a row.
    ///
    /// - Parameter input: What the app gives.
    /// - Returns: What comes out.
    /// - Throws: \`\`Failure\`\` for a list of another length, or a code that has no place.
    public static func output(for input: Input) throws(Failure) -> Output {
${runs.map((line) => `        ${line}`).join("\n")}
        return Output(${given.join(", ")})
    }

${steps.join("\n")}${parts.join("")}
    private struct Work {
${[...texts, ...arrays, ...(hasStray ? ["        var stray: Int64?"] : [])].join("\n")}
    }
${constants.length === 0 ? "" : `\n    private enum Constants {\n${constants.join("\n")}\n    }\n`}${codes.length === 0 ? "" : `\n    private enum Codes {\n${codes.join("\n")}\n    }\n`}${usesDigits ? `\n${SWIFT_DIGITS}` : ""}}
`;
  const files = [{ path: `${title}.swift`, text }];
  return unit.vectors === undefined ? files : [...files, writeSwiftCheck(unit)];
}
