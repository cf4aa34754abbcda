import { OPSET } from "./onnx.ts";
import type { OpCall, OpDefinition } from "./op/op-definition.ts";
import { unsupported } from "./unsupported.ts";

/**
 * The newest opset whose meanings were compared with ours: that of ONNX 1.23, whose published test cases the operators of
 * the registry pass. From 18 to it no operator of ours changed its meaning; new element types came (19 to 25, 28),
 * attributes and modes that are refused by name where we lack them (`vectors/graph/backend-excluded.json` lists what the
 * published cases hold of these), and texts that say more exactly what was meant (windows of a pool that start in the
 * padding, 22).
 */
export const NEWEST_OPSET = 28;

/** The oldest and newest version of `ai.onnx.ml` whose tree ensembles are ours; version 5 succeeded them by one operator. */
export const ML_OPSETS = { oldest: 1, newest: 4 } as const;

/** The oldest opset at which an operator has the form and the meaning of its definition. */
export function sinceOf(definition: OpDefinition): number {
  return definition.since ?? 1;
}

/** The opsets in which an application has its meaning: from when on, and until when where a later one forbids it. */
export function opsetsOf(
  definition: OpDefinition,
  call: OpCall,
): { readonly since: number; readonly until: number } {
  return {
    since: Math.max(sinceOf(definition), definition.sinceFor?.(call) ?? 0),
    until: definition.untilFor?.(call) ?? NEWEST_OPSET,
  };
}

/** Runtimes that read ONNX files. */
export type OnnxRuntimeName = "onnxruntime" | "onnxruntime-web" | "onnxruntime-react-native";

/**
 * From which version (as 1000 major + minor) ONNX Runtime reads which opset. 1.14, 1.17 and 1.18 as their release notes say
 * (ONNX 1.13, 1.15 and 1.16); the others were tried: the newest opset under which the released package loaded a model.
 */
const RUNTIMES: readonly (readonly [least: number, opset: number])[] = [
  [1014, 18],
  [1015, 19],
  [1017, 20],
  [1018, 21],
  [1021, 22],
  [1023, 23],
  [1024, 25],
  [1025, 26],
];

/**
 * The newest opset that a version of ONNX Runtime reads, for `build({ opset })`: the oldest runtime that a release is for
 * says how new its operators may be. The packages for servers (`onnxruntime`, also as `onnxruntime-node`), browsers and
 * React Native are builds of one source and share its version. LiteRT and Core ML read other formats and have no opset.
 *
 * @param version `1.20` or `1.20.1`; what is newer than the table counts as its newest row, which it reads too.
 * @throws MODEL_UNSUPPORTED for a version before 1.14, which reads no opset 18.
 *
 * @example
 * const opset = opsetOf("onnxruntime-web", "1.17.3"); // 20
 * const model = g.build({ opset: Math.min(opset, NEWEST_OPSET) });
 */
export function opsetOf(runtime: OnnxRuntimeName, version: string): number {
  const [, major, minor] = /^(\d+)\.(\d+)(?:\.|$)/.exec(version) ?? [];
  const given = major === undefined ? undefined : Number(major) * 1000 + Number(minor);
  const row = RUNTIMES.findLast(([least]) => given !== undefined && given >= least);
  if (row !== undefined) return row[1];
  throw unsupported(`runtime ${runtime}`, `version 1.14 or newer, which read opset ${OPSET}`, `"${version}"`);
}
