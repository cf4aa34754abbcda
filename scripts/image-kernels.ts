import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { main as compile } from "assemblyscript/asc";

const kernels = new URL("../packages/learn/src/transform/image/kernel/", import.meta.url);

/**
 * The bytes of the module that resizes images, from source. The same compiler gives the same bytes.
 *
 * @throws Error with the compiler's messages.
 */
export async function imageKernels(): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  const args = ["resize.ts", "--outFile", "kernels.wasm", "-O3", "--runtime", "stub", "--noAssert"];
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
    // The source ends in `.as`, as it is AssemblyScript and no TypeScript; the compiler asks for `.ts`.
    readFile: (name) =>
      name.endsWith("resize.ts") ? readFileSync(new URL("source/resize.as", kernels), "utf8") : null,
    writeFile(_, contents) {
      if (typeof contents !== "string") bytes = contents;
    },
    listFiles: () => null,
  });
  if (error !== null || bytes === undefined) throw new Error(`image kernels: ${stderr.toString()}`);
  return bytes;
}

/** The file that the module is kept in. */
export function imageKernelsText(bytes: Uint8Array): string {
  return [
    `// Made by \`node scripts/image-kernels.ts\` from \`kernel/source\`; \`--check\` keeps it true. ${bytes.length} bytes.`,
    "export const IMAGE_KERNELS: string =",
    `  "${Buffer.from(bytes).toString("base64")}";`,
    "",
  ].join("\n");
}

if (import.meta.main) {
  const file = new URL("generated/image-kernels.ts", kernels);
  const text = imageKernelsText(await imageKernels());
  if (!process.argv.includes("--check")) {
    mkdirSync(new URL("generated/", kernels), { recursive: true });
    writeFileSync(file, text);
  } else if (readFileSync(file, "utf8") !== text) {
    console.error(`${file.pathname} is out of date: run \`node scripts/image-kernels.ts\``);
    process.exitCode = 1;
  }
}
