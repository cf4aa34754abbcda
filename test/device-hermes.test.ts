import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { fromBase64, preAuthentication, RELEASE_TYPE, toBase64, toHex } from "@tideline/spec";
import { expect, test } from "vitest";
import { makeRelease, makeRoot, platform } from "./device-fixture.ts";
import { drive, type DriverInput } from "./device-hermes-driver.ts";

const folder = { linux: "linux64-bin", darwin: "osx-bin", win32: "win64-bin" }[process.platform as "linux"];
const hermes = join(
  import.meta.dirname,
  "../node_modules/hermes-engine-cli",
  folder ?? "none",
  process.platform === "win32" ? "hermes.exe" : "hermes",
);
const missing = folder === undefined || process.arch !== "x64" || !existsSync(hermes);

/** The driver's input: a release and its tampered twin, with the one signature that is valid. */
async function makeInput(): Promise<DriverInput> {
  const { envelope, metadata, artifacts } = await makeRelease(1);
  const root = makeRoot();
  const [signature] = envelope.signatures;
  const message = preAuthentication(RELEASE_TYPE, fromBase64(envelope.payload), platform.text);
  const key = fromBase64(root.keys[signature!.keyid]!.public);
  expect(await platform.verify(key, message, fromBase64(signature!.sig))).toBe(true);
  const valid = [key, await platform.digest(message), fromBase64(signature!.sig)].map(toHex).join(":");
  const payload = toBase64(platform.text.encode(JSON.stringify({ ...metadata, version: 9 })));
  return {
    root,
    release: envelope,
    tampered: { ...envelope, payload },
    artifacts: Object.fromEntries(
      [...artifacts].map(([digest, bytes]) => [digest, platform.text.decode(bytes)]),
    ),
    valid: [valid],
  };
}

/** The driver as one script without classes, async functions or anything newer than what Hermes 0.12 parses. */
async function lowered(input: DriverInput): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "device-hermes-entry.ts")],
    bundle: true,
    write: false,
    format: "iife",
    platform: "neutral",
    target: "es2015",
    supported: { "async-await": false },
    banner: { js: `var INPUT = ${JSON.stringify(input)};` },
  });
  return outputFiles[0]!.text;
}

test("the driver does on Node what the client promises", async () => {
  const input = await makeInput();
  const result = JSON.parse(await drive(input)) as Record<string, never>;
  expect(result).toMatchObject({
    refused: "FIELD_INVALID",
    refusedRelease: { result: "kept", code: "RELEASE_SIGNATURE_INVALID" },
    updated: { result: "activated", version: 1 },
    last: { pending: 0, stopped: null },
    diagnostics: { events: { pending: 0, dropped: 0, tornBytes: 0 }, releases: { activity: { version: 1 } } },
  });
  const byModel: { source: string }[] = result["byModel"]!;
  expect(new Set(byModel.map(({ source }) => source))).toEqual(new Set(["device"]));
  const byRule: { source: string }[] = result["byRule"]!;
  expect(new Set(byRule.map(({ source }) => source))).toEqual(new Set(["rule"]));
  const [id] = Object.keys(input.artifacts);
  expect(createHash("sha256").update(input.artifacts[id!]!).digest("hex")).toBe(id);
});

test.skipIf(missing)("on Hermes 0.12 the lowered client gives the same, byte for byte", async () => {
  const input = await makeInput();
  const temporary = mkdtempSync(join(tmpdir(), "tideline-hermes-"));
  try {
    const script = join(temporary, "driver.js");
    writeFileSync(script, await lowered(input));
    const printed = execFileSync(hermes, [script], { encoding: "utf8", maxBuffer: 1 << 26 }).trim();
    const expected = await drive(input);
    expect(JSON.parse(printed)).toEqual(JSON.parse(expected));
    expect(printed).toBe(expected);
  } finally {
    rmSync(temporary, { recursive: true });
  }
});
