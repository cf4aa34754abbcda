import type { ProgramConstant } from "./read-program.ts";
import { broken, type ProgramTensor } from "./tensor.ts";

/** What an operator is given, by name; several values where it takes a list. */
export type Given = Readonly<Record<string, ProgramConstant | readonly ProgramTensor[] | undefined>>;

/** Computes an operator of MIL. */
export type Kernel = (given: Given) => ProgramTensor | readonly ProgramTensor[];

/** An input that is a tensor. */
export function tensorAt(given: Given, name: string): ProgramTensor {
  const value = given[name];
  if (typeof value !== "object" || Array.isArray(value))
    throw broken(name, "a tensor", value === undefined ? "nothing" : "another thing");
  return value as ProgramTensor;
}

/** An input that may be left out. */
export const optionalAt = (given: Given, name: string): ProgramTensor | undefined =>
  given[name] === undefined ? undefined : tensorAt(given, name);

/** The numbers of an input. */
export const numbersAt = (given: Given, name: string): readonly number[] =>
  Array.from(tensorAt(given, name).values);

/** The only number of an input. */
export function numberAt(given: Given, name: string): number {
  const { values } = tensorAt(given, name);
  if (values.length !== 1) throw broken(name, "one number", String(values.length));
  return values[0]!;
}

export const truthAt = (given: Given, name: string): boolean => numberAt(given, name) !== 0;

export function textAt(given: Given, name: string): string {
  const value = given[name];
  if (typeof value !== "string") throw broken(name, "a text", "another thing");
  return value;
}

/** An input that is a list of tensors. */
export function tensorsAt(given: Given, name: string): readonly ProgramTensor[] {
  const value = given[name];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0 || list.some((one) => typeof one !== "object" || one === null || !("dims" in one)))
    throw broken(name, "tensors", "another thing");
  return list as readonly ProgramTensor[];
}
