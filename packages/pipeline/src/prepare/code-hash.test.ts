import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { moduleCode } from "./code-hash.ts";

const PATH = "./b.ts";
const FORMS = [
  `import { a } from "./a.ts"; import { b } from "${PATH}";`,
  `import{b}from"${PATH}";`,
  `const glob = "src/*";\nimport { b } from "${PATH}"; /* said */`,
  `const { b } = await import(\`${PATH}\`);`,
  `const { b } = await import(/* why */ "${PATH}");`,
  `const { b } = require("${PATH}");`,
  `export*from'${PATH}'`,
];

test("however a module names another file, a change there is seen; an import that is no file is told, in a comment it is not", () => {
  const root = mkdtempSync(join(tmpdir(), "tideline-code-"));
  try {
    writeFileSync(join(root, "a.ts"), "");
    const own = join(root, "own.ts");
    const hashOf = (code: string, b: string): string => {
      writeFileSync(own, code);
      writeFileSync(join(root, "b.ts"), b);
      return moduleCode(pathToFileURL(own).href);
    };
    for (const code of [...FORMS, `import "${pathToFileURL(join(root, "b.ts")).href}";`])
      expect(hashOf(code, "1"), code).not.toBe(hashOf(code, "2"));
    for (const code of [
      '// import "./gone.ts"',
      '/*\nimport "./gone.ts" */',
      "const text = 'import(\"./gone.ts\")';",
    ])
      expect(hashOf(code, "1")).toBe(hashOf(code, "2"));
    expect(() => hashOf('import { x } from "./gone.ts";', "1")).toThrow(/no file/u);
  } finally {
    rmSync(root, { recursive: true });
  }
});
