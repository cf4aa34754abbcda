import { C_TYPES, cNumber, cText } from "./literal-c.ts";
import { storedKind } from "./hex.ts";
import { wrapped } from "./literal.ts";
import { INFIX, printStatements, type Dialect } from "./print.ts";
import type { Cell } from "./program.ts";
import { C_PARTS } from "./part-c.ts";
import { HEAD, OTHER_TEXT, isText, otherCode, type SourceFile, type SourceUnit } from "./source-unit.ts";
import { writeCTest } from "./write-c-test.ts";

const EXACT_FUNCTIONS = {
  abs: "fabs",
  ceil: "ceil",
  floor: "floor",
  round: "rint",
  sqrt: "sqrt",
};

const C: Dialect = {
  number: cNumber,
  array: ({ id, constant }) => (constant === undefined ? `w->${id}` : id),
  computed: (at, length) => `placed(${at}, ${length}, &bad)`,
  apply(name, kind, from, args) {
    const [a, b, c] = args as [string, string, string];
    const infix = INFIX[name];
    if (kind === "long" && (name === "add" || name === "sub" || name === "mul"))
      return `(int64_t)((uint64_t)${a} ${infix} (uint64_t)${b})`;
    if (infix !== undefined) return `(${a} ${infix} ${b})`;
    switch (name) {
      case "select":
        return `(${a} ? ${b} : ${c})`;
      case "not":
        return `!${a}`;
      case "remainder":
        return kind === "long" ? `(${a} % ${b})` : `fmod${kind === "float" ? "f" : ""}(${a}, ${b})`;
      case "neg":
        return kind === "long" ? `(int64_t)(0 - (uint64_t)${a})` : `(-${a})`;
      case "isNan":
        return `(isnan(${a}) != 0)`;
      case "isInfinite":
        return `(isinf(${a}) != 0)`;
      case "max":
      case "min":
        return `${name}_${kind}(${a}, ${b})`;
      case "pow":
        return `power(${a}, ${b})`;
      case "cast":
        if (kind === "bool") return `(${a} != 0)`;
        return kind === "long" && from !== "bool" ? `whole(${a})` : `(${C_TYPES[kind]})${a}`;
      default: {
        if (kind === "long") return `(${a} < 0 ? (int64_t)(0 - (uint64_t)${a}) : ${a})`;
        const own = Object.hasOwn(EXACT_FUNCTIONS, name)
          ? EXACT_FUNCTIONS[name as keyof typeof EXACT_FUNCTIONS]
          : name;
        return `${own}${kind === "float" ? "f" : ""}(${args.join(", ")})`;
      }
    }
  },
  counted: (loop) => `(int64_t)${loop}`,
  for: (loop, count) => `for (int ${loop} = 0; ${loop} < ${count}; ${loop}++) {`,
  while: (test) => `while (${test}) {`,
  if: (test) => `if (${test}) {`,
  end: "}",
  let: (name, kind, value) => `${C_TYPES[kind]} ${name} = ${value};`,
  loaded: (element, { narrow }) => (narrow === true ? `(int64_t)${element}` : element),
  index: (at) => at,
  length: ({ id }) => `w->${id}_length`,
  stored: (value, { narrow }) => (narrow === true ? `(int32_t)(${value})` : value),
  stop: ";",
};

function constantText(cell: Cell): string {
  const { id, size, constant } = cell;
  const kind = storedKind(cell);
  const items = size === 0 ? ["0"] : Array.from(constant!, (value) => cNumber(value, kind));
  return `static const ${C_TYPES[kind]} ${id}[${Math.max(1, size)}] = {\n${wrapped(items, "    ")}\n};\n`;
}

/** Memory for an array. */
function workText({ kind, id, size, signs }: Cell): string {
  if (signs === true) return `    int32_t *${id};\n    int64_t ${id}_length;`;
  return `    ${C_TYPES[kind]} ${id}[${Math.max(1, size)}];`;
}

/** A dictionary in the order of `strcmp`. */
function codesText(id: string, dictionary: readonly string[]): string {
  const encoder = new TextEncoder();
  const texts = new Map<string, number>();
  for (const [code, text] of dictionary.entries())
    if (text !== "" && text !== OTHER_TEXT && !texts.has(text)) texts.set(text, code);
  const rows = [...texts]
    .map(([text, code]) => ({ text, code, bytes: encoder.encode(text) }))
    .sort((a, b) => compareBytes(a.bytes, b.bytes));
  const list =
    rows.length === 0
      ? `    {"", -1},`
      : wrapped(
          rows.map(({ text, code }) => `{${cText(text)}, ${code}}`),
          "    ",
        );
  return `static const Code ${id}_codes[] = {\n${list}\n};\n`;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) if (a[at] !== b[at]) return a[at]! - b[at]!;
  return a.length - b.length;
}

/** A program as C99: a header, a source and, with vectors, a test. */
export function writeC(unit: SourceUnit): readonly SourceFile[] {
  const { program, title, inputs, outputs } = unit;
  const stem = title.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase();
  const field = ({ kind, size }: Cell, name: string) =>
    `${C_TYPES[kind]} ${name}${size === 1 ? "" : `[${Math.max(1, size)}]`};`;
  const hasText = inputs.some(({ text }) => text !== undefined);
  const header = `/* ${HEAD}
 * One row at a time; float where the graph is float32. Functions such as exp are computed in double and rounded once.
 * Compile with -ffp-contract=off, and without -ffast-math: missing numbers are NaN.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/** What the app gives. Texts are UTF-8. */
typedef struct {
${inputs.map((input) => `    /** ${input.note} */\n    ${isText(input) ? `const char *${input.name};` : field(input.cell, input.name)}`).join("\n")}
} ${title}Input;

/** What comes out. */
typedef struct {
${outputs.map(({ cell, field: name, note }) => `    /** ${note} */\n    ${C_TYPES[cell.kind]} ${name}[${Math.max(1, cell.size)}];`).join("\n")}
} ${title}Output;

/** Memory for one row; the caller's, one for each thread. */
typedef struct {
${[...inputs.map(({ cell }) => cell), ...program.work].map(workText).join("\n")}
} ${title}Work;

/** True where it went well; false for a code that has no place${hasText ? ", or where no memory is left for the characters of a text" : ""}, and then the output says nothing. */
bool ${stem}_run(const ${title}Input *input, ${title}Work *w, ${title}Output *output);
`;
  const taken = inputs.map(({ cell: { id, size }, dictionary, text, name }) => {
    if (text !== undefined)
      return `    bad |= !signs_of(input->${name}, ${text.dotted}, &w->${id}, &w->${id}_length);`;
    if (dictionary !== undefined)
      return `    w->${id}[0] = code_of(${id}_codes, sizeof ${id}_codes / sizeof *${id}_codes, input->${name}, ${otherCode(dictionary)});`;
    if (size === 1) return `    w->${id}[0] = input->${name};`;
    return `    memcpy(w->${id}, input->${name}, sizeof w->${id});`;
  });
  const steps = program.steps.flatMap(({ note, body }) => [
    `    /* ${note} */`,
    "    {",
    ...printStatements(C, body, 2),
    "    }",
  ]);
  const given = outputs.map(
    ({ field: name, cell }) => `    memcpy(output->${name}, ${C.array(cell)}, sizeof output->${name});`,
  );
  const freed = inputs.flatMap(({ cell: { id }, text }) =>
    text === undefined ? [] : [`    free(w->${id});`],
  );
  const body = [...taken, ...steps, ...given, ...freed].join("\n");
  const codes = inputs.flatMap(({ cell, dictionary }) =>
    dictionary === undefined ? [] : [codesText(cell.id, dictionary)],
  );
  const parts = C_PARTS.filter(([name]) => body.includes(name)).map(([, part]) => part);
  const source = `/* ${HEAD} */
#include "${stem}.h"

#include <math.h>
#include <stddef.h>
${freed.length === 0 ? "" : "#include <stdlib.h>\n"}#include <string.h>

${[...parts, ...codes, ...program.constants.map(constantText)].map((part) => `${part}\n`).join("")}bool ${stem}_run(const ${title}Input *input, ${title}Work *w, ${title}Output *output) {
    bool bad = false;
    (void)input;
${body}
    return !bad;
}
`;
  const files = [
    { path: `${stem}.h`, text: header },
    { path: `${stem}.c`, text: source },
  ];
  return unit.vectors === undefined ? files : [...files, writeCTest(unit, stem)];
}
