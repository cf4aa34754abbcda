import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Command } from "commander";
import { expect, test } from "vitest";
import { commandPath, unknownCommand } from "./unknown-command.ts";

const program = new Command("tideline");
program.command("rerun <run>").option("--folder <dir>");
const keys = program.command("keys").option("--folder <dir>").option("--json");
keys.command("rotate <role>").alias("turn");

test.each<[line: string, unknown: string | undefined]>([
  ["init --help", "init"],
  ["--help init", "init"],
  ["keys bogus --help", "bogus"],
  ["keys --folder rotate bogus -h", "bogus"],
  ["keys --folder=x bogus -h", "bogus"],
  ["keys --json rotate root --help", undefined],
  ["keys turn root --help", undefined],
  ["keys --folder anything --help", undefined],
  ["rerun anything --help", undefined],
  ["help anything", undefined],
  ["keys help", "help"],
  ["--help", undefined],
  ["-- init", undefined],
])("%s: %s", (line, unknown) => {
  expect(unknownCommand(program, line.split(" "))?.word).toBe(unknown);
});

test("a mistake is told with the command whose help knows better", () => {
  for (const [line, path] of [
    ["keys rotate --ouch", "tideline keys rotate"],
    ["keys bogus", "tideline keys"],
    ["rerun", "tideline rerun"],
    ["bogus", "tideline"],
  ] as const)
    expect(commandPath(program, line.split(" "))).toBe(path);
});

test("help of what is no command is a mistake; help of a command is none", () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, "..", "main.ts"), ...args], { encoding: "utf8" });
  const unknown = run("init", "--help");
  expect(unknown.status).toBe(64);
  expect(unknown.stdout).toBe("");
  expect(unknown.stderr).toMatch(
    /received unknown command 'init'\. Is ingest meant\? See tideline --help\. \[ARGUMENT_INVALID\]/,
  );
  expect(run("keys", "make", "-h").stderr).toMatch(/unknown command 'make'/);
  for (const [line, meant] of [
    ["profle --help", "profile"],
    ["profle a.csv", "profile"],
    ["keys rotat root", "rotate"],
    ["prepare --pln a.ts", "--plan"],
  ] as const)
    expect(run(...line.split(" "))).toMatchObject({
      status: 64,
      stderr: expect.stringMatching(
        new RegExp(`Is ${meant} meant\\? See tideline(?: \\w+)* --help\\. \\[ARGUMENT`, "u"),
      ),
    });
  expect(run("keys", "create", "--help")).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/create/),
  });
}, 20_000);
