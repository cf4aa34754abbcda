/**
 * The Kotlin core for longer than the suite may: damaged tables by the hundred thousand, and phones killed at any moment
 * from outside while they record and send to the real ingest server. In the end everything that a phone had recorded is
 * in the log, once.
 *
 *     node scripts/nightly/kotlin.ts [--kills 300] [--tables 500000]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readLog } from "@tideline/pipeline";
import { app } from "../../examples/activity/app.ts";
import { makeRoot } from "../../test/device-fixture.ts";
import { runServer } from "../../test/ingest/run-server.ts";
import { hasMaven, runMaven } from "../../test/native-kotlin/build.ts";
import { recorded, runPhone, type PhoneEnd } from "../../test/native-kotlin/phone.ts";

const { values } = parseArgs({
  options: { kills: { type: "string", default: "300" }, tables: { type: "string", default: "500000" } },
});

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

if (!hasMaven) fail("kotlin: expected mvn and java");
const seed = Date.now() % 1_000_000;
const goals = ["-q", "test", "-Dtest=TableFuzzTest", `-Dfuzz=${values.tables}`, `-Dseed=${seed}`];
const { ok, output } = await runMaven(...goals);
if (!ok) fail(`kotlin: ${values.tables} damaged tables of seed ${seed}:\n${output.slice(-4000)}`);

const work = mkdtempSync(join(tmpdir(), "tideline-kotlin-kill-"));
try {
  const server = await runServer({ folder: join(work, "log"), epoch: 1 });
  const files = { app: join(work, "app.json"), root: join(work, "root.json") };
  writeFileSync(files.app, JSON.stringify(app));
  writeFileSync(files.root, JSON.stringify(makeRoot({ expires: Date.now() + 86_400_000 })));
  const nobody = "http://127.0.0.1:1";
  const place = { ...files, collect: server.address, console: nobody, writeKey: "test-write-key" };
  const ends: PhoneEnd[] = [];
  let killed = 0;
  for (let turn = 0; killed < Number(values.kills); turn += 1) {
    // A phone lives through thirty turns.
    const phone = { ...place, folder: join(work, `phone-${Math.floor(turn / 30)}`) };
    const steps = [`tap:t${turn}:40`, "flush", `motion:m${turn}:20`, "flush", `tap:u${turn}:40`, "flush"];
    // From before the JVM is ready until after the last batch.
    const killAfterMs = 150 + Math.floor(Math.random() * 900);
    const consented = turn % 30 === 0 ? ["consent:analytics,improve_product"] : [];
    if (consented.length > 0) ends.push(await runPhone(phone, consented));
    const end = await runPhone(phone, steps, { killAfterMs });
    ends.push(end);
    if (end.signal === "SIGKILL") killed += 1;
    else if (end.status !== 0) fail(`kotlin: turn ${turn} ended with ${end.status}: ${end.errors}`);
    if (turn % 30 === 29 || killed === Number(values.kills))
      ends.push(await runPhone(phone, ["flush", "flush"]));
  }
  if ((await server.stop()).status !== 0) fail("kotlin: the server did not end well");
  const counts = new Map<string, number>();
  for await (const { record } of readLog(join(work, "log"), null)) {
    for (const { name, properties } of record.events) {
      const motion = `${properties["session"]}-${Number(properties["start"]) / 8}`;
      const label = name === "tap" ? `${properties["target"]}` : motion;
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
  }
  const labels = recorded(ends);
  const lost = labels.filter((label) => !counts.has(label));
  const doubled = [...counts].filter(([, count]) => count > 1);
  const said = `${killed} kills, ${labels.length} events recorded, ${lost.length} lost, ${doubled.length} doubled`;
  if (lost.length + doubled.length > 0)
    fail(`kotlin: ${said}: ${[...lost, ...doubled].slice(0, 5).join(" ")}`);
  process.stdout.write(`kotlin: ${values.tables} damaged tables refused or run; ${said}\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
