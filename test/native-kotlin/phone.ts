import { join } from "node:path";
import { runProgram, type ProgramEnd } from "./build.ts";

/** Where a phone's files are, and whom it talks to. */
export interface PhonePlace {
  readonly folder: string;
  /** Files with the app's definition and the pinned root, as JSON. */
  readonly app: string;
  readonly root: string;
  readonly collect: string;
  readonly console: string;
  readonly writeKey: string;
}

/** What a phone told of a step. */
export type Told = Readonly<Record<string, unknown>>;

/** How a phone ended and what it told. */
export interface PhoneEnd extends Omit<ProgramEnd, "lines"> {
  readonly told: readonly Told[];
}

/** Runs a phone through steps; with a crash point it is killed there, else perhaps after a time. */
export async function runPhone(
  place: PhonePlace,
  steps: readonly string[],
  { crashAt, killAfterMs }: { readonly crashAt?: string; readonly killAfterMs?: number } = {},
): Promise<PhoneEnd> {
  const { folder, app, root, collect, console, writeKey } = place;
  const args = [folder, app, root, collect, console, writeKey, crashAt ?? "-", ...steps];
  const kill = {
    ...(crashAt !== undefined && { killAt: '"at":' }),
    ...(killAfterMs !== undefined && { killAfterMs }),
  };
  const { lines, ...rest } = await runProgram("Phone", args, kill);
  // The last line of a killed process may be half a line.
  const whole = lines.filter((line) => line.endsWith("}"));
  return { ...rest, told: whole.map((line) => JSON.parse(line) as Told) };
}

/** A place of a phone that shares everything but its folder with another. */
export function another(place: PhonePlace, name: string): PhonePlace {
  return { ...place, folder: join(place.folder, "..", name) };
}

/** Labels of the events whose recording had returned. */
export function recorded(ends: readonly PhoneEnd[]): readonly string[] {
  return ends.flatMap(({ told }) =>
    told.flatMap((one) =>
      one["recorded"] === undefined || one["seq"] === null ? [] : [`${one["recorded"]}`],
    ),
  );
}
