import type { TABLE_OPERATORS } from "../format.ts";
import type { Operator } from "../program.ts";
import { argmax } from "./argmax.ts";
import { binary } from "./binary.ts";
import { conv } from "./conv.ts";
import { gather } from "./gather.ts";
import { matmul } from "./matmul.ts";
import { move } from "./move.ts";
import { pool } from "./pool.ts";
import { reduce } from "./reduce.ts";
import { softmax } from "./softmax.ts";
import { spectrum } from "./spectrum.ts";
import { trees } from "./trees.ts";
import { unary } from "./unary.ts";

/** The operators by code. By number rather than by name, since names cost an app bytes. */
export const OPERATORS: Readonly<Record<number, Operator | undefined>> = {
  1: unary,
  2: binary,
  3: move,
  4: gather,
  5: matmul,
  6: reduce,
  7: softmax,
  8: argmax,
  9: conv,
  10: pool,
  11: trees,
  12: spectrum,
} satisfies Record<(typeof TABLE_OPERATORS)[keyof typeof TABLE_OPERATORS], Operator>;
