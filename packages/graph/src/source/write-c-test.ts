import { wrapped } from "./literal.ts";
import { HEAD, isText, type SourceFile, type SourceUnit } from "./source-unit.ts";
import { C_TYPES, cNumber, cText } from "./literal-c.ts";

/** A program that holds the source against the vectors: it prints what differs, and ends with 1 then. */
export function writeCTest({ title, inputs, outputs, vectors }: SourceUnit, stem: string): SourceFile {
  const { count } = vectors!;
  const given = inputs.map((input) => {
    const { name, given: own, cell } = input;
    const items = vectors!.inputs[own]!.map((one) =>
      one === null ? "NULL" : typeof one === "string" ? cText(one) : cNumber(one, cell.kind),
    );
    const type = isText(input) ? "char *const" : C_TYPES[cell.kind];
    return `static const ${type} given_${name}[] = {\n${wrapped(items, "    ")}\n};\n`;
  });
  const wanted = outputs.map(({ field, name }) => {
    const items = vectors!.outputs[name]!.map((one) => cNumber(one, "double"));
    return `static const double wanted_${field}[] = {\n${wrapped(items, "    ")}\n};\n`;
  });
  const takes = inputs.map(({ name, cell: { size }, ...input }) =>
    size === 1 || isText(input)
      ? `        input.${name} = given_${name}[row];`
      : `        memcpy(input.${name}, given_${name} + row * ${size}, sizeof input.${name});`,
  );
  const checks = outputs.map(
    ({ field, cell: { size } }) => `        for (int at = 0; at < ${size}; at++)
            wrong += differs(row, "${field}", at, (double)output.${field}[at], wanted_${field}[row * ${size} + at]);`,
  );
  const text = `/* ${HEAD} Rows that were made up, and what the graph says of them. */
#include "${stem}.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

${[...given, ...wanted].map((part) => `${part}\n`).join("")}static int differs(int row, const char *name, int at, double made, double want) {
    double rounded = (double)(float)want;
    if (made == rounded || made == want || (isnan(made) && isnan(want))) return 0;
    if (fabs(made - want) <= ${vectors!.tolerance ?? 1e-5} * (fabs(want) > 1 ? fabs(want) : 1)) return 0;
    printf("row %d, %s[%d]: %.17g, not %.17g\\n", row, name, at, made, want);
    return 1;
}

int main(void) {
    static ${title}Input input;
    static ${title}Output output;
    static ${title}Work work;
    int wrong = 0;
    for (int row = 0; row < ${count}; row++) {
${takes.join("\n")}
        if (!${stem}_run(&input, &work, &output)) {
            printf("row %d: a code that has no place\\n", row);
            wrong++;
            continue;
        }
${checks.join("\n")}
    }
    printf("%d differ\\n", wrong);
    return wrong == 0 ? 0 : 1;
}
`;
  return { path: `${stem}_test.c`, text };
}
