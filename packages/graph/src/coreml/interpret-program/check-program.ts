import { isTidelineError } from "@tideline/spec";
import { PROGRAM_OPERATORS, runProgram, type ProgramFeed } from "./interpret-program.ts";
import { readProgram, type ProgramFeature, type ProgramValueType, type ReadProgram } from "./read-program.ts";
import { countOf } from "./tensor.ts";

/** Which set of operators a specification version means, and which operators it added. */
const OPSETS: Readonly<Record<number, string>> = { 6: "CoreML5", 7: "CoreML6", 8: "CoreML7", 9: "CoreML8" };

/** `ArrayDataType` of what a program takes and gives. */
const ARRAY_CODES: Readonly<Record<string, number>> = { fp32: 65_568, fp16: 65_552, int32: 131_104 };

type Files = readonly { readonly path: string; readonly bytes: Uint8Array }[];

/** Names that are read before they are there, or are there twice. */
function nameFaults({ inputs, operations, outputs }: ReadProgram): readonly string[] {
  const faults: string[] = [];
  const known = new Set<string>();
  const define = (name: string): void => {
    if (known.has(name)) faults.push(`"${name}" is defined twice`);
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) faults.push(`"${name}" is no identifier`);
    known.add(name);
  };
  for (const { name } of inputs) define(name);
  for (const { type, inputs: given, outputs: made } of operations) {
    for (const argument of Object.values(given))
      for (const name of "names" in argument ? argument.names : [])
        if (!known.has(name)) faults.push(`${type} reads "${name}", which is not there yet`);
    for (const { name } of made) define(name);
  }
  for (const name of outputs) if (!known.has(name)) faults.push(`output "${name}" is computed nowhere`);
  return faults;
}

/** Where the interface says otherwise than the program. */
function featureFaults({ inputs, outputs, operations, features }: ReadProgram): readonly string[] {
  const faults: string[] = [];
  const types = new Map<string, ProgramValueType>(
    [...inputs, ...operations.flatMap((operation) => operation.outputs)].map(({ name, type }) => [
      name,
      type,
    ]),
  );
  const compare = (role: string, names: readonly string[], list: readonly ProgramFeature[]): void => {
    const described = list.map(({ name }) => name);
    if (names.join() !== described.join())
      faults.push(`${role}s are ${names.join()}, described as ${described.join()}`);
    for (const { name, shape, ranges, code } of list) {
      const type = types.get(name);
      if (type?.kind !== "tensor" || type.type === "string" || type.type === "int64") {
        if (code !== 0) faults.push(`${role} "${name}" is described as an array`);
        continue;
      }
      if (ARRAY_CODES[type.type] !== code)
        faults.push(`${role} "${name}" is ${type.type}, described as ${code}`);
      if (shape.length === 0 && role === "output") continue;
      const fits =
        shape.length === type.dims.length &&
        type.dims.every((dim, axis) =>
          dim === undefined
            ? ranges[axis] !== undefined &&
              ranges[axis][0] <= shape[axis]! &&
              (ranges[axis][1] === -1 || ranges[axis][1] >= shape[axis]!)
            : dim === shape[axis],
        );
      if (!fits) faults.push(`${role} "${name}" has another shape than it is described with`);
    }
  };
  compare(
    "input",
    inputs.map(({ name }) => name),
    features.inputs,
  );
  compare("output", outputs, features.outputs);
  return faults;
}

/** Operators that the set does not have or nobody knows. */
function operatorFaults({ specificationVersion, opset, operations }: ReadProgram): readonly string[] {
  const faults: string[] = [];
  if (OPSETS[specificationVersion] !== opset)
    faults.push(`version ${specificationVersion} with the operators of ${opset}`);
  const known = new Set([...PROGRAM_OPERATORS, "const", "classify"]);
  for (const { type } of operations) {
    if (!known.has(type)) faults.push(`nobody knows ${type}`);
    if (type.startsWith("constexpr_") && specificationVersion < 7) faults.push(`${type} came with version 7`);
  }
  return [...new Set(faults)];
}

/** Entries of weight.bin that overlap or go beyond it. */
function weightFaults(files: Files): readonly string[] {
  const file = files.find(({ path }) => path.endsWith("/weight.bin"))?.bytes;
  if (file === undefined) return [];
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 64 || view.getUint32(4, true) !== 2) return ["weight.bin has no header of version 2"];
  let at = 64;
  for (let entry = 0; entry < view.getUint32(0, true); entry++) {
    if (at + 64 > file.length || view.getUint32(at, true) !== 0xdeadbeef)
      return [`weight.bin has no entry at ${at}`];
    const [size, from] = [Number(view.getBigUint64(at + 8, true)), Number(view.getBigUint64(at + 16, true))];
    if (from !== at + 64) return [`the numbers of the entry at ${at} begin at ${from}`];
    at = Math.ceil((from + size) / 64) * 64;
  }
  return at - 64 < file.length && at >= file.length
    ? []
    : [`weight.bin ends at ${file.length}, its entries at ${at}`];
}

interface Manifest {
  readonly rootModelIdentifier?: string;
  readonly itemInfoEntries?: Readonly<Record<string, { readonly path?: string } | null>> | null;
}

/** What the manifest names and is not there, or the other way around. */
function manifestFaults(files: Files): readonly string[] {
  const manifest = files.find(({ path }) => path === "Manifest.json");
  if (manifest === undefined) return ["there is no Manifest.json"];
  let read: Manifest | null;
  try {
    read = JSON.parse(new TextDecoder().decode(manifest.bytes)) as Manifest | null;
  } catch {
    return ["Manifest.json is no JSON"];
  }
  const items = read?.itemInfoEntries ?? {};
  const root = read?.rootModelIdentifier ?? "";
  const paths = Object.values(items).map((item) => `Data/${item?.path}`);
  const covered = (file: string): boolean =>
    paths.some((path) => file === path || file.startsWith(`${path}/`));
  return [
    ...(items[root]?.path === "com.apple.CoreML/model.mlmodel" ? [] : ["the manifest's root is no model"]),
    ...paths
      .filter((path) => !files.some((file) => file.path === path || file.path.startsWith(`${path}/`)))
      .map((path) => `${path} is missing`),
    ...files
      .filter(({ path }) => path !== "Manifest.json" && !covered(path))
      .map(({ path }) => `the manifest does not name ${path}`),
  ];
}

/** Zeros for every input, `rows` of them where an app may choose. */
function zeros({ inputs, features }: ReadProgram, rows: number): Readonly<Record<string, ProgramFeed>> {
  return Object.fromEntries(
    inputs.map(({ name, type }) => {
      const ranges = features.inputs.find((feature) => feature.name === name)?.ranges ?? [];
      const dims =
        type.kind === "tensor"
          ? type.dims.map(
              (dim, axis) =>
                dim ??
                Math.max(1, Math.min(rows, ranges[axis]?.[1] === -1 ? rows : (ranges[axis]?.[1] ?? 1))),
            )
          : [];
      return [name, { dims, values: new Float64Array(countOf(dims)) }];
    }),
  );
}

/**
 * What is wrong with the files of a `.mlpackage` that holds an ML Program, beyond what Apple's own reader checks: names,
 * interface, operators, weights and manifest; and every value's type and shape, by running it on zeros, one row and three.
 *
 * @returns sentences; none where all is well.
 *
 * @example
 * const faults = checkProgram(files); // []
 */
export function checkProgram(files: Files): readonly string[] {
  try {
    const program = readProgram(files);
    const faults = [
      ...manifestFaults(files),
      ...weightFaults(files),
      ...nameFaults(program),
      ...featureFaults(program),
      ...operatorFaults(program),
    ];
    if (faults.length > 0) return faults;
    for (const rows of [1, 3]) runProgram(program, zeros(program, rows));
    return [];
  } catch (error) {
    // A file may ask for more elements than an array has.
    if (error instanceof RangeError) return [`it needs more memory than there is: ${error.message}`];
    if (!isTidelineError(error, "MODEL_MALFORMED")) throw error;
    return [error.message];
  }
}
