import { storedKind, type StoredKind } from "./hex.ts";
import { decimal, wrapped } from "./literal.ts";
import { INFIX, printStatements, type Dialect } from "./print.ts";
import type { Cell, Kind } from "./program.ts";
import { commentText, quoted } from "./source-name.ts";
import { HEAD, OTHER_TEXT, isText, otherCode, type SourceFile, type SourceUnit } from "./source-unit.ts";

const ARRAYS: Record<StoredKind, string> = {
  float: "Float32Array",
  double: "Float64Array",
  int: "Int32Array",
  long: "Float64Array",
  bool: "Uint8Array",
};

const text = (value: string): string => quoted(value, (unit) => `\\u${unit.toString(16).padStart(4, "0")}`);

/** A number in an array, which rounds it. */
function item(value: number, kind: Kind): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value < 0 ? "-Infinity" : "Infinity";
  return kind === "long" || kind === "bool" ? String(value) : decimal(value, kind === "float");
}

const TYPESCRIPT: Dialect = {
  number: (value, kind) => {
    if (kind === "bool") return String(value !== 0);
    return item(value, kind === "float" ? "double" : kind);
  },
  array: ({ id }) => id,
  computed: (at, length) => `placed(${at}, ${length})`,
  apply(name, kind, from, args) {
    const [a, b, c] = args as [string, string, string];
    const infix = name === "equal" ? "===" : INFIX[name];
    const isRounded = kind === "float" && ["add", "sub", "mul", "div", "sqrt"].includes(name);
    if (infix !== undefined) return isRounded ? `f(${a} ${infix} ${b})` : `(${a} ${infix} ${b})`;
    switch (name) {
      case "select":
        return `(${a} ? ${b} : ${c})`;
      case "not":
        return `!${a}`;
      case "neg":
        return `(-${a})`;
      case "isNan":
        return `Number.isNaN(${a})`;
      case "isInfinite":
        return `(Math.abs(${a}) === Infinity)`;
      case "remainder":
        return `(${a} % ${b})`;
      case "round":
        return `even(${a})`;
      case "cast":
        if (kind === "bool") return `(${a} !== 0)`;
        if (from === "bool") return `Number(${a})`;
        if (kind === "long") return `whole(${a})`;
        return kind === "float" ? `f(${a})` : a;
      default:
        return isRounded ? `f(Math.${name}(${args.join(", ")}))` : `Math.${name}(${args.join(", ")})`;
    }
  },
  counted: (loop) => loop,
  for: (loop, count) => `for (let ${loop} = 0; ${loop} < ${count}; ${loop}++) {`,
  while: (test) => `while (${test}) {`,
  if: (test) => `if (${test}) {`,
  end: "}",
  let: (name, _, value, isSet) => `${isSet ? "let" : "const"} ${name} = ${value};`,
  index: (at) => at,
  loaded: (element, { kind }) => (kind === "bool" ? `(${element} !== 0)` : `${element}!`),
  length: ({ id }) => `${id}.length`,
  stored: (value, { kind }) => (kind === "bool" ? `Number(${value})` : value),
  stop: ";",
};

/** What source may need, by the name with which it is called. */
const PARTS: readonly (readonly [name: string, text: string])[] = [
  ["f(", "/** Rounds to float32. */\nconst f = Math.fround;\n"],
  [
    "signsOf(",
    `/** The characters of a text; half of a pair is U+FFFD. */
function signsOf(text: string, dotted: boolean): Int32Array {
    const signs: number[] = [];
    for (const one of text) {
        const sign = one.codePointAt(0)!;
        if (dotted && sign === 0x130) signs.push(0x69, 0x307);
        else signs.push(sign >= 0xd800 && sign < 0xe000 ? 0xfffd : sign);
    }
    return Int32Array.from(signs);
}
`,
  ],
  [
    "placed(",
    `/** A place counted from the front. */
function placed(at: number, length: number): number {
    const place = at < 0 ? at + length : at;
    if (!(place >= 0 && place < length)) throw new RangeError(\`a place within \${length}, not \${at}\`);
    return place;
}
`,
  ],
  [
    "even(",
    `/** The nearest whole number; of two, the even one. */
function even(x: number): number {
    const low = Math.floor(x);
    if (x - low !== 0.5) return Math.round(x);
    return low % 2 === 0 ? low : low + 1;
}
`,
  ],
  [
    "whole(",
    `/** The whole number towards 0; 0 where there is none. */
function whole(x: number): number {
    return Math.abs(x) < 2 ** 63 ? Math.trunc(x) + 0 : 0;
}
`,
  ],
];

function constantText(cell: Cell): string {
  const items = Array.from(cell.constant!, (value) => item(value, cell.kind));
  return `const ${cell.id} = new ${ARRAYS[storedKind(cell)]}([\n${wrapped(items, "    ")}\n]);`;
}

/** A program as a module of TypeScript without imports. */
export function writeTypeScript(unit: SourceUnit): readonly SourceFile[] {
  const { program, title, inputs, outputs } = unit;
  const run = title[0]!.toLowerCase() + title.slice(1);
  const looked = inputs.flatMap(({ cell, dictionary }) => {
    if (dictionary === undefined) return [];
    const seen = new Set(["", OTHER_TEXT]);
    const pairs = dictionary.flatMap((one, code) => {
      if (seen.has(one)) return [];
      seen.add(one);
      return [`[${text(one)}, ${code}]`];
    });
    return [`const ${cell.id}Codes = new Map<string, number>([\n${wrapped(pairs, "    ")}\n]);`];
  });
  const taken = inputs.map(({ cell, dictionary, text: read, name }) => {
    const { id, kind, size } = cell;
    const given = `input.${name}`;
    if (read !== undefined) return `    const ${id} = signsOf(${given} ?? "", ${read.dotted});`;
    if (dictionary !== undefined) {
      const code = `${given} === null || ${given} === "" ? -1 : (${id}Codes.get(${given}) ?? ${otherCode(dictionary)})`;
      return `    const ${id} = Float64Array.of(${code});`;
    }
    const missing = kind === "float" || kind === "double" ? "NaN" : "0";
    if (size === 1) return `    const ${id} = ${ARRAYS[kind]}.of(${given} ?? ${missing});`;
    return `    if (${given}.length !== ${size}) throw new RangeError("${name}: expected ${size} numbers");
    const ${id} = ${ARRAYS[kind]}.from(${given});`;
  });
  const steps = program.steps.flatMap(({ note, body }) => [
    `    // ${note}`,
    "    {",
    ...printStatements(TYPESCRIPT, body, 2),
    "    }",
  ]);
  const body = steps.join("\n");
  const typeOf = (size: number, isText: boolean) =>
    isText ? "string | null" : size === 1 ? "number | null" : "ArrayLike<number>";
  const source = `// ${HEAD}
// One row at a time, float32 where the graph is float32; functions such as exp and log are computed in float64 and rounded once.

/** What the app gives. */
export interface ${title}Input {
${inputs.map((input) => `    /** ${input.note} */\n    readonly ${input.name}: ${typeOf(input.cell.size, isText(input))};`).join("\n")}
}

/** What comes out. */
export interface ${title}Output {
${outputs.map(({ field, note, cell }) => `    /** ${note} */\n    readonly ${field}: ${ARRAYS[cell.kind]};`).join("\n")}
}

${PARTS.filter(([name]) => `${body}${taken.join("")}`.includes(name))
  .map(([, part]) => `${part}\n`)
  .join(
    "",
  )}${[...looked, ...program.constants.map(constantText)].map((part) => `${part}\n\n`).join("")}/** ${commentText(title)} of one row. @throws RangeError for a vector of another length. */
export function ${run}(input: ${title}Input): ${title}Output {
${[
  ...taken,
  ...program.work.map(({ id, kind, size }) => `    const ${id} = new ${ARRAYS[kind]}(${size});`),
  ...steps,
  `    return { ${outputs.map(({ field, cell }) => `${field}: ${cell.id}`).join(", ")} };`,
].join("\n")}
}
`;
  const file = `${run}.ts`;
  return unit.vectors === undefined
    ? [{ path: file, text: source }]
    : [{ path: file, text: source }, testFile(unit, run)];
}

function testFile({ title, inputs, outputs, vectors }: SourceUnit, run: string): SourceFile {
  const { count } = vectors!;
  const rows = Array.from({ length: count }, (_, row) => {
    const given = inputs.map((input) => {
      const { name, given: own, cell } = input;
      const size = isText(input) ? 1 : cell.size;
      const part = vectors!.inputs[own]!.slice(row * size, (row + 1) * size);
      const items = part.map((one) =>
        one === null ? "null" : typeof one === "string" ? text(one) : item(one, cell.kind),
      );
      return `${name}: ${isText(input) || cell.size === 1 ? items[0] : `[${items.join(", ")}]`}`;
    });
    const wanted = outputs.map(({ field, name, cell }) => {
      const part = vectors!.outputs[name]!.slice(row * cell.size, (row + 1) * cell.size);
      return `${field}: [${part.map((one) => item(one, "double")).join(", ")}]`;
    });
    return `    [{ ${given.join(", ")} }, { ${wanted.join(", ")} }],`;
  });
  const source = `// ${HEAD}
// Rows that were made up, and what the graph says of them.
import { ${run}, type ${title}Input } from "./${run}.ts";

const ROWS: readonly [${title}Input, { ${outputs.map(({ field }) => `readonly ${field}: readonly number[]`).join("; ")} }][] = [
${rows.join("\n")}
];

/** The places where source and graph differ by more than ${vectors!.tolerance ?? 1e-5} of the number; none where all is well. */
export function check${title}(): readonly string[] {
    const wrong: string[] = [];
    for (const [row, [input, wanted]] of ROWS.entries()) {
        const made = ${run}(input);
${outputs
  .map(
    ({ field }) => `        for (const [at, want] of wanted.${field}.entries())
            if (!near(made.${field}[at]!, want)) wrong.push(\`row \${row}, ${field}[\${at}]: \${made.${field}[at]}, not \${want}\`);`,
  )
  .join("\n")}
    }
    return wrong;
}

function near(made: number, want: number): boolean {
    const rounded = Math.fround(want);
    if (Object.is(made, rounded) || made === rounded || made === want) return true;
    return Math.abs(made - want) <= ${vectors!.tolerance ?? 1e-5} * Math.max(1, Math.abs(want));
}
`;
  return { path: `${run}-check.ts`, text: source };
}
