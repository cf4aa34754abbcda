import { unary } from "./elementwise.ts";
import { STEPWISE } from "./op-definition.ts";

/** Whether the input is false. */
export const Not = unary((x) => 1 - x, { since: 1, family: "bool", gradient: STEPWISE });
