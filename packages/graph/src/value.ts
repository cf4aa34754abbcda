import type { OpInput } from "./op/op-definition.ts";

/** A value in a graph under construction: its name, its type, and its numbers or lengths where they are known. */
export interface Value extends OpInput {
  readonly name: string;
}
