import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { main as compile } from "assemblyscript/asc";
import { unrolledHistogram } from "./tree-kernels/unrolled-histogram.ts";

const trees = new URL("../packages/learn/src/tree/", import.meta.url);

/**
 * The modules, each with the folder of its `source`: growing on memory that threads share, on memory of one thread, for places
 * without the former, the loops over a column's values that make bins of them, and the ends of a forest's branches.
 */
const MODULES = {
  shared: { folder: "kernel/", parameters: ["--sharedMemory", "--enable", "threads"] },
  single: { folder: "kernel/", parameters: [] },
  column: { folder: "bin/", parameters: [] },
  forest: { folder: "forest/", parameters: [] },
} satisfies Record<string, { folder: string; parameters: readonly string[] }>;

type ModuleName = keyof typeof MODULES;

/** Sources end in `.as`, as they are AssemblyScript and no TypeScript; the compiler asks for `.ts`. */
function sourcesOf(folder: string): (name: string) => string | null {
  return (name) => {
    const stem = name.replace(/^.*\//, "").replace(/\.ts$/, "");
    if (stem === "histogram") return unrolledHistogram();
    try {
      return readFileSync(new URL(`${folder}source/${stem}.as`, trees), "utf8");
    } catch {
      return null;
    }
  };
}

/**
 * A module's bytes, from source. The same compiler gives the same bytes.
 *
 * @throws Error with the compiler's messages.
 */
export async function treeKernels(name: ModuleName): Promise<Uint8Array> {
  const { folder, parameters } = MODULES[name];
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
  const features = ["--noExportMemory", "--enable", "simd", ...parameters];
  const { error, stderr } = await compile([...args, ...memory, ...features], {
    readFile: sourcesOf(folder),
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
    `// Made by \`npm run tree-kernels\` from \`source\` in the folder above; \`npm run check\` keeps it true. ${bytes.length} bytes.`,
    `export const ${name.toUpperCase()}_KERNELS: string =`,
    `  "${text}";`,
    "",
  ].join("\n");
}

if (import.meta.main) {
  for (const name of Object.keys(MODULES) as ModuleName[]) {
    const file = new URL(`${MODULES[name].folder}generated/${name}-kernels.ts`, trees);
    mkdirSync(new URL(".", file), { recursive: true });
    const text = treeKernelsText(name, await treeKernels(name));
    if (!process.argv.includes("--check")) writeFileSync(file, text);
    else if (readFileSync(file, "utf8") !== text) {
      console.error(`${file.pathname} is out of date: run \`npm run tree-kernels\``);
      process.exitCode = 1;
    }
  }
}
