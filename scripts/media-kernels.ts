import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { main as compile } from "assemblyscript/asc";

const packages = new URL("../packages/", import.meta.url);

/** The modules: where each lies, its source and its constant. */
const MODULES = {
  image: { folder: "learn/src/transform/image/kernel/", source: "resize", constant: "IMAGE_KERNELS" },
  lane: { folder: "learn/src/transform/kernel/", source: "lane", constant: "LANE_KERNELS" },
  sensor: { folder: "learn/src/transform/sensor/kernel/", source: "signal", constant: "SIGNAL_KERNELS" },
  page: { folder: "pipeline/src/frame/parquet/kernel/", source: "page", constant: "PAGE_KERNELS" },
} as const;

/** A module's name. */
export type MediaModule = keyof typeof MODULES;

/**
 * A module's bytes, from source. The same compiler gives the same bytes.
 *
 * @throws Error with the compiler's messages.
 */
export async function mediaKernels(name: MediaModule): Promise<Uint8Array> {
  const { folder, source } = MODULES[name];
  let bytes: Uint8Array | undefined;
  const args = [`${source}.ts`, "--outFile", "kernels.wasm", "-O3", "--runtime", "stub", "--noAssert"];
  const memory = [
    "--importMemory",
    "--initialMemory",
    "1",
    "--maximumMemory",
    "65536",
    "--memoryBase",
    "1024",
  ];
  const { error, stderr } = await compile([...args, ...memory, "--noExportMemory", "--enable", "simd"], {
    // Sources end in `.as`, as they are AssemblyScript and no TypeScript; the compiler asks for `.ts`.
    readFile: (file) =>
      file.endsWith(`${source}.ts`)
        ? readFileSync(new URL(`${folder}source/${source}.as`, packages), "utf8")
        : null,
    writeFile(_, contents) {
      if (typeof contents !== "string") bytes = contents;
    },
    listFiles: () => null,
  });
  if (error !== null || bytes === undefined) throw new Error(`${name} kernels: ${stderr.toString()}`);
  return bytes;
}

/** The file that a module is kept in, and its text. */
export async function mediaKernelsFile(name: MediaModule): Promise<{ file: URL; text: string }> {
  const bytes = await mediaKernels(name);
  const { folder, constant } = MODULES[name];
  const text = [
    `// Made by \`node scripts/media-kernels.ts\` from \`kernel/source\`; \`--check\` keeps it true. ${bytes.length} bytes.`,
    `export const ${constant}: string =`,
    `  "${Buffer.from(bytes).toString("base64")}";`,
    "",
  ].join("\n");
  return { file: new URL(`${folder}generated/${name}-kernels.ts`, packages), text };
}

if (import.meta.main) {
  for (const name of ["image", "lane", "sensor", "page"] as const) {
    const { file, text } = await mediaKernelsFile(name);
    if (!process.argv.includes("--check")) {
      mkdirSync(new URL(".", file), { recursive: true });
      writeFileSync(file, text);
    } else if (readFileSync(file, "utf8") !== text) {
      console.error(`${file.pathname} is out of date: run \`node scripts/media-kernels.ts\``);
      process.exitCode = 1;
    }
  }
}
