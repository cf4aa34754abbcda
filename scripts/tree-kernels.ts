import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { main as compile } from "assemblyscript/asc";
import { unrolledHistogram } from "./tree-kernels/unrolled-histogram.ts";

const kernels = new URL("../packages/learn/src/tree/kernel/", import.meta.url);

/** The two modules: on memory that threads share, and on memory of one thread, for places without the former. */
const MODULES = {
  shared: ["--sharedMemory", "--enable", "threads"],
  single: [],
} satisfies Record<string, readonly string[]>;

type ModuleName = keyof typeof MODULES;

/** Sources end in `.as`, as they are AssemblyScript and no TypeScript; the compiler asks for `.ts`. */
function source(name: string): string | null {
  const stem = name.replace(/^.*\//, "").replace(/\.ts$/, "");
  if (stem === "histogram") return unrolledHistogram();
  try {
    return readFileSync(new URL(`source/${stem}.as`, kernels), "utf8");
  } catch {
    return null;
  }
}

/**
 * A module's bytes, from source. The same compiler gives the same bytes.
 *
 * @throws Error with the compiler's messages.
 */
export async function treeKernels(name: ModuleName): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  const args = ["index.ts", "--outFile", "kernels.wasm", "-O3", "--runtime", "stub", "--noAssert"];
  const memory = [
    "--importMemory",
    "--initialMemory",
    "1",
    "--maximumMemory",
    "65536",
    "--memoryBase",
    "1024",
  ];
  const features = ["--noExportMemory", "--enable", "simd", ...MODULES[name]];
  const { error, stderr } = await compile([...args, ...memory, ...features], {
    readFile: source,
    writeFile(_, contents) {
      if (typeof contents !== "string") bytes = contents;
    },
    listFiles: () => null,
  });
  if (error !== null || bytes === undefined) throw new Error(`tree kernels: ${stderr.toString()}`);
  return bytes;
}

/** The file that a module is kept in. */
export function treeKernelsText(name: ModuleName, bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("base64");
  return [
    `// Made by \`npm run tree-kernels\` from \`kernel/source\`; \`npm run check\` keeps it true. ${bytes.length} bytes.`,
    `export const ${name.toUpperCase()}_KERNELS: string =`,
    `  "${text}";`,
    "",
  ].join("\n");
}

if (import.meta.main) {
  mkdirSync(new URL("generated/", kernels), { recursive: true });
  for (const name of ["shared", "single"] as const) {
    const file = new URL(`generated/${name}-kernels.ts`, kernels);
    const text = treeKernelsText(name, await treeKernels(name));
    if (!process.argv.includes("--check")) writeFileSync(file, text);
    else if (readFileSync(file, "utf8") !== text) {
      console.error(`${file.pathname} is out of date: run \`npm run tree-kernels\``);
      process.exitCode = 1;
    }
  }
}
