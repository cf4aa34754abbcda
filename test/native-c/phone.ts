import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { runProgram, type ProgramEnd } from "./build.ts";

/** A phone's folder, and how the client program is run on it. */
export interface Phone {
  readonly home: string;
  /** Environment of the program. */
  readonly env: Readonly<Record<string, string>>;
  /** Everything that the program said was recorded, as `install/epoch/seq` and content, over all runs. */
  readonly recorded: Map<string, string>;
  /** Notes what lines of the program say was recorded. */
  take(lines: readonly string[]): void;
  run(commands: readonly string[], env?: Readonly<Record<string, string>>): Promise<ProgramEnd>;
}

/** A phone in a folder, whose client sends to an address. */
export function phoneAt(
  programs: string,
  address: string,
  home: string,
  recorded = new Map<string, string>(),
): Phone {
  const env = {
    TL_FOLDER: home,
    TL_INSTANCE: "this-device",
    TL_KEY: "test-write-key",
    TL_PORT: new URL(address).port,
  };
  const take: Phone["take"] = (lines) => {
    for (const said of lines) {
      const [kind, install, epoch, seq, content] = said.split("\t");
      if (kind === "recorded") recorded.set(`${install}/${epoch}/${seq}`, content!);
    }
  };
  const run: Phone["run"] = async (commands, changes = {}) => {
    const end = await runProgram(programs, "client", commands, { ...env, ...changes });
    expect(end.errors).not.toContain("Sanitizer");
    take(end.lines);
    return end;
  };
  return { home, env, recorded, take, run };
}

/** The line of a kind that a program printed last, in parts. */
export function lineOf({ lines }: ProgramEnd, kind: string): readonly string[] {
  const found = lines.findLast((said) => said.startsWith(`${kind}\t`));
  expect(found, lines.join("\n")).toBeDefined();
  return found!.split("\t");
}

/** What the program says of its queue. */
export interface Report {
  readonly install: string;
  readonly epoch: number;
  readonly recorded: number;
  readonly acknowledged: number;
  readonly pending: number;
  readonly dropped: number;
  readonly withheld: number;
  readonly withheldFields: number;
  readonly tornBytes: number;
}

/** The last report of a run. */
export function reportOf(end: ProgramEnd): Report {
  const [, install, ...numbers] = lineOf(end, "report");
  const [epoch, recorded, acknowledged, pending, dropped, withheld, withheldFields, tornBytes] = numbers.map(
    Number,
  ) as [number, number, number, number, number, number, number, number];
  const events = { recorded, acknowledged, pending, dropped, withheld, withheldFields, tornBytes };
  expect(recorded).toBe(acknowledged + pending + dropped);
  return { install: install!, epoch, ...events };
}

/** All bytes of a phone's folder. */
export function bytesOf({ home }: Phone): string {
  return globSync("*", { cwd: home })
    .map((name) => readFileSync(join(home, name), "latin1"))
    .join("");
}
