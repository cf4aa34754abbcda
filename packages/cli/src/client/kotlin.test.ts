import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jsonHash } from "@tideline/pipeline";
import { afterAll, expect, test } from "vitest";
import { app as small } from "../../../../test/device-app.ts";
import { clientCommand } from "../command/client.ts";
import { kotlinClient } from "./kotlin.ts";
import { awkwardApp } from "./testing/awkward-app.ts";

const folder = mkdtempSync(join(tmpdir(), "tideline-client-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sourceOf = (app: typeof small) => kotlinClient(app, "com.example.gym")["Events.kt"]!;

test("a class and a track for each event, with required fields first", () => {
  const source = sourceOf(small);
  expect(source).toContain("package com.example.gym\n");
  expect(source).toMatch(/data class Tap\([^)]*val target: String,[^)]*val count: Long\? = null,\n\)/);
  expect(source).toContain('"count" to event.count,');
  expect(source).toContain("import dev.tideline.wire.Frame");
  // The client reports predictions by itself.
  expect(source).not.toContain("Prediction(");
});

test("the definition beside it has the content address that phones and server compute", () => {
  const definition = kotlinClient(small, "a")["definition.json"]!;
  expect(createHash("sha256").update(definition).digest("hex")).toBe(jsonHash(small));
});

test("names and texts that Kotlin would stumble over", () => {
  const source = sourceOf(awkwardApp);
  expect(source).toContain("public data class StringEvent(");
  expect(source).toContain("public val `val`: Long,");
  expect(source).toContain("public val class_: Class? = null,");
  expect(source).toContain("public enum class LongAnswer(");
  expect(source).toMatch(
    / {8}X\("\\\$x"\),\n {8}OTHER\(""\),\n {8}OTHER2\("\*\/"\),\n {8}A_B\("a-b"\),\n {8}A_B2\("a b"\),/,
  );
  expect(source).toContain('"\\u000c\\"\\\\"');
  expect(source).toContain("public val aB: String? = null,");
  expect(source).toContain("public val aB2: String? = null,");
  expect(source).toContain("public val file: MediaReference,");
  expect(source).toContain("public val sound: MediaReference? = null,");
  expect(source).toContain('"file" to event.file.members,');
  expect(source).toContain('"sound" to event.sound?.members,');
  expect(source.match(/class MediaReference\(/g)).toHaveLength(1);
  expect(source).toContain("public data class MediaReferenceEvent(");
  expect(sourceOf(small)).not.toContain("MediaReference");
  expect(source).toContain("public object Nothing\n");
  expect(source).toContain("public data class NoThing(");
  expect(source).toContain("public data class NoThing2(");
  // A comment ends where it should.
  const comments = source.match(/\/\*\*.*?\*\//g)!;
  expect(comments.every((text) => !text.slice(3, -2).includes("*/"))).toBe(true);
});

test.each(["", "Gym", "a..b", "a.class", "a; import b", "1a"])("package %j is refused", (name) => {
  expect(() => kotlinClient(small, name)).toThrow(/--package.*ARGUMENT_INVALID/);
});

test("the command writes it, and says when it is out of date", async () => {
  const module = join(import.meta.dirname, "..", "..", "..", "..", "test", "device-app.ts");
  const flags = { language: "kotlin", package: "com.example", out: join(folder, "kotlin") };
  expect((await clientCommand(module, { ...flags, check: true })).fault?.code).toBe("CHECK_FAILED");
  expect((await clientCommand(module, flags)).value).toMatchObject({
    changed: ["Events.kt", "definition.json"],
  });
  expect(readFileSync(join(flags.out, "Events.kt"), "utf8")).toContain("package com.example\n");
  expect((await clientCommand(module, { ...flags, check: true })).fault).toBeUndefined();
  await expect(clientCommand(module, { ...flags, language: "toString" })).rejects.toThrow(/one of kotlin/);
});
