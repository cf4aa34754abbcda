import { execFileSync, spawn } from "node:child_process";
import { globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { deepStrictEqual } from "node:assert/strict";
import { kotlinClient } from "../../../packages/cli/src/client/kotlin.ts";
import { awkwardApp } from "../../../packages/cli/src/client/testing/awkward-app.ts";
import { openIngest } from "../../../packages/pipeline/src/ingest/open-ingest.ts";
import { readLog } from "../../../packages/pipeline/src/ingest/index.ts";
import { makeRoot } from "../../../test/device-fixture.ts";
import { runMaven } from "../../../test/native-kotlin/build.ts";

const CORE = join(import.meta.dirname, "../../../native/kotlin/target");

/** Tracks through the generated functions only. */
const MAIN = `
package com.example.awkward

import dev.tideline.ClientOptions
import dev.tideline.Environment
import dev.tideline.TidelineClient
import dev.tideline.definition.AppDefinition
import dev.tideline.jvm.JvmPorts
import dev.tideline.release.RootMetadata
import dev.tideline.wire.Frame
import java.io.File

public fun main(args: Array<String>) {
    val (folder, app, root, collect) = args
    val jvm = JvmPorts.open(File(folder, "files"), File(folder, "secret"))
    val client = TidelineClient.open(
        ClientOptions(
            AppDefinition.parse(File(app).readBytes()), jvm.ports, collect, collect, "key",
            RootMetadata.parse(File(root).readBytes()), user = "ada", environment = Environment.PRODUCTION,
        ),
    )
    client.setConsent(listOf("use */ it", "other"))
    for (answer in StringEvent.Class.values()) {
        client.track(StringEvent(\`val\` = 1, isOn = true, at = 5, long = StringEvent.LongAnswer.TWO, class_ = answer))
    }
    client.track(
        StringEvent(
            2, false, 6, StringEvent.LongAnswer.ONE,
            level = 0.5, place = listOf(1.0, 2.0), wave = Frame(floatArrayOf(1f, 2f), 2), aB = "first", aB2 = "second",
        ),
        time = 7,
    )
    client.track(Picture(file = MediaReference("0a".repeat(32), 9, "image/png")))
    client.track(Nothing)
    client.track(NoThing(properties = "p"))
    client.track(NoThing2(event = "e"))
    client.flush()
    client.close()
    jvm.close()
}
`;

/** The jars of the compiler that Maven has fetched. */
function compilerJars(): readonly string[] {
  const home = join(homedir(), ".m2/repository/org/jetbrains");
  const wanted = [
    "kotlin/kotlin-{compiler-embeddable,stdlib,script-runtime,reflect,daemon-embeddable}/*/*.jar",
    "annotations/13.0/*.jar",
    "kotlinx/kotlinx-coroutines-core-jvm/*/*.jar",
  ];
  return wanted.flatMap((pattern) => globSync(pattern, { cwd: home }).map((path) => join(home, path)));
}

/**
 * Generates, compiles and runs the typed client of an awkward definition against the real ingest server, and compares
 * what it stored. Throws where anything differs; answers a line for a person.
 */
export async function checkKotlinClient(): Promise<string> {
  const built = await runMaven("-q", "test-compile");
  if (!built.ok) throw new Error(`the Kotlin core does not compile:\n${built.output.slice(-4000)}`);
  const work = mkdtempSync(join(tmpdir(), "tideline-kotlin-client-"));
  const at = (name: string): string => join(work, name);
  try {
    const files = { ...kotlinClient(awkwardApp, "com.example.awkward"), "Main.kt": MAIN };
    for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
    writeFileSync(at("root.json"), JSON.stringify(makeRoot({ expires: Date.now() + 86_400_000 })));
    const library = [join(CORE, "classes"), ...globSync(join(CORE, "lib/*.jar"))].join(":");
    const options = ["-no-stdlib", "-no-reflect", "-Werror", "-Xexplicit-api=strict", "-cp", library];
    const compiler = [
      "-Xmx700m",
      "-cp",
      compilerJars().join(":"),
      "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler",
    ];
    const sources = ["-d", at("out"), at("Events.kt"), at("Main.kt")];
    execFileSync("java", [...compiler, ...options, ...sources], { stdio: "inherit" });
    const ingest = await openIngest(
      awkwardApp,
      {
        folder: at("log"),
        epoch: 1,
        appModule: "",
        port: 0,
        writeKeys: ["key"],
        pseudonymKey: new Uint8Array(32),
        clock: null,
      },
      {
        onDurable: () => undefined,
        onFault: (error) => {
          throw error;
        },
      },
    );
    const program = [
      "com.example.awkward.MainKt",
      at("phone"),
      at("definition.json"),
      at("root.json"),
      ingest.address,
    ];
    // Not `execFileSync`: the server answers in this very thread.
    const child = spawn("java", ["-cp", `${at("out")}:${library}`, ...program], { stdio: "inherit" });
    const status = await new Promise<number | null>((resolve) => child.once("exit", resolve));
    await ingest.close();
    if (status !== 0) throw new Error(`the program of the Kotlin client ended with ${status}`);
    const stored: unknown[] = [];
    const refused: unknown[] = [];
    for await (const { record } of readLog(at("log"), null)) {
      stored.push(...record.events.map(({ name, properties }) => [name, properties]));
      refused.push(...record.quarantined);
    }
    deepStrictEqual(refused, []);
    const { fields } = awkwardApp.events["string"]!;
    const answers = (fields["class"] as { readonly oneOf: readonly string[] }).oneOf;
    deepStrictEqual(stored, [
      ...answers.map((text) => ["string", { class: text, val: 1, is_on: true, at: 5, long: "two" }]),
      [
        "string",
        {
          val: 2,
          is_on: false,
          at: 6,
          level: 0.5,
          place: [1, 2],
          wave: { offset: 0, samples: 1 },
          long: "one",
          a_b: "first",
          a__b: "second",
        },
      ],
      ["picture", { file: { sha256: "0a".repeat(32), bytes: 9, type: "image/png" } }],
      ["nothing", {}],
      ["no_thing", { properties: "p" }],
      ["no__thing", { event: "e" }],
    ]);
    return `the Kotlin client compiles without a warning, and the server took its ${stored.length} events as declared`;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
