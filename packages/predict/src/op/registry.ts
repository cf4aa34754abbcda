import { TABLE_OPERATORS } from "../format.ts";
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

const OPERATORS = {
  unary,
  binary,
  move,
  gather,
  matmul,
  reduce,
  softmax,
  argmax,
  conv,
  pool,
  trees,
  spectrum,
} satisfies Record<keyof typeof TABLE_OPERATORS, Operator>;

/** The operators by code; undefined where there is none. */
export const BY_CODE: readonly (Operator | undefined)[] = (() => {
  const list: (Operator | undefined)[] = [];
  for (const name of Object.keys(OPERATORS) as (keyof typeof OPERATORS)[])
    list[TABLE_OPERATORS[name]] = OPERATORS[name];
  return list;
})();
