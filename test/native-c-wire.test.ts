import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFramer, decodeBatch, t, type AppDefinition, type WindowDefinition } from "@tideline/spec";
import { app as activityApp } from "../examples/activity/app.ts";
import { BUILD_MS, hasCompiler, isRequired } from "./native-c/build.ts";
import { floats, openBench, readVector, vectors, type VectorBench } from "./native-c/vector-program.ts";
import {
  asSent,
  declarationOf,
  eventScript,
  headerLine,
  type VectorHeader,
} from "./native-c/vector-script.ts";

const text = {
  encode: (value: string) => Buffer.from(value),
  decode: (bytes: Uint8Array) => Buffer.from(bytes).toString(),
};

let bench: VectorBench;

beforeAll(async () => {
  if (hasCompiler || isRequired) bench = await openBench();
}, BUILD_MS);

afterAll(() => bench?.close());

describe.skipIf(!hasCompiler && !isRequired)("the wire in C", () => {
  const app = readVector<AppDefinition>("wire/app.json");
  const declared = `app\t${join(vectors, "wire/app.json")}`;
  const batches = readdirSync(join(vectors, "wire"))
    .filter((name) => name.endsWith(".json") && !name.startsWith("bad-"))
    .filter((name) => name !== "app.json" && name !== "answers.json")
    .filter((name) => readVector<Partial<BatchVector>>(`wire/${name}`).header !== undefined);

  interface BatchVector {
    readonly request: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
    readonly header: VectorHeader;
    readonly expect: {
      readonly quarantined: readonly {
        readonly seq: number;
        readonly code: string;
        readonly field: string;
      }[];
    };
  }

  /** Body of a batch vector, unpacked. */
  function bodyOf({ request }: BatchVector): Uint8Array {
    const bytes = readFileSync(join(vectors, "wire", request.body));
    return request.headers["content-encoding"] === undefined ? bytes : gunzipSync(bytes);
  }

  test("batches made of the vectors' events carry equal headers and the same samples", async () => {
    const compared: string[] = [];
    for (const name of batches) {
      const found = readVector<BatchVector>(`wire/${name}`);
      const { attachment } = decodeBatch(bodyOf(found), text);
      const header = found.header;
      const scripts = header.events.map((event) => {
        const definition = declarationOf(app, event.name);
        return definition === undefined ? null : eventScript(event, definition, attachment);
      });
      const first = headerLine(header);
      if (first === null || scripts.includes(null)) continue;
      const script = await bench.temporary("script", [declared, first, ...scripts.flat(), ""].join("\n"));
      await bench.vector("script", script, join(bench.folder, "batch"));
      const made = decodeBatch(readFileSync(join(bench.folder, "batch")), text);
      expect(made.header).toEqual(asSent(header, app));
      expect(Buffer.from(made.attachment).equals(Buffer.from(attachment))).toBe(true);
      compared.push(name);
    }
    // The others hold what no caller of the core can say: unknown events and members, values of no kind, frames outside.
    expect(compared).toEqual(
      expect.arrayContaining(["everything.json", "frame-int16.json", "identify.json"]),
    );
    expect(compared.length).toBeGreaterThan(10);
  });

  test("an event is refused with the code and the field with which the server quarantines it", async () => {
    const lines: string[] = [];
    const expected: { readonly code: string; readonly field: string }[] = [];
    for (const name of batches) {
      const found = readVector<BatchVector>(`wire/${name}`);
      const { attachment } = decodeBatch(bodyOf(found), text);
      for (const event of found.header.events.slice(0, 20)) {
        const definition = declarationOf(app, event.name);
        const script = definition && eventScript(event, definition, attachment);
        const verdict = found.expect.quarantined.find(({ seq }) => seq === event.seq);
        const code = verdict?.code ?? "OK";
        if (!script || !["OK", "FIELD_MISSING", "FIELD_INVALID", "FIELD_UNKNOWN"].includes(code)) continue;
        if (verdict?.field === "user") continue;
        lines.push(...script);
        expected.push({ code, field: verdict?.field ?? "" });
      }
    }
    const said = await bench.vector(
      "script",
      await bench.temporary("script", [declared, ...lines, ""].join("\n")),
    );
    const verdicts = said.map((line) => JSON.parse(line) as { code: string; field: string });
    expect(verdicts.map(({ code, field }) => ({ code, field }))).toEqual(expected);
    expect(new Set(expected.map(({ code }) => code)).size).toBeGreaterThan(2);
  });

  interface Answer {
    readonly name: string;
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: string;
    readonly action: "forget" | "retry" | "halve" | "stop";
    readonly forget?: readonly (readonly [number, number])[];
    readonly waitMs?: number;
  }

  test.each(readVector<readonly Answer[]>("wire/answers.json"))("answer: $name", async (answer) => {
    const { headers = {}, status, action } = answer;
    const env = { TL_FOLDER: join(bench.folder, `answer-${answer.name}`), TL_INSTANCE: "a", TL_KEY: "k" };
    const file = await bench.temporary("answer", answer.body);
    const [seconds] = await bench.vector(
      "retry-after",
      headers["retry-after"] ?? "-",
      headers["date"] ?? "-",
    );
    const commands = ["consent=analytics", "group=10", `answer=${status}:${seconds}:${file}`];
    const end = await bench.run("client", commands, env);
    expect(end.status).toBe(0);
    const [, step, pause, next, pending, left] = end.lines.at(-1)!.split("\t");
    const said = { step: Number(step), next: Number(next), pending: Number(pending) };
    const [SEND, WAIT, DONE, STOPPED] = [1, 2, 3, 4];
    if (action === "forget") {
      const kept = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].filter(
        (seq) => !answer.forget!.some(([from, to]) => seq >= from && seq <= to),
      );
      expect(left ?? "").toBe(kept.join(","));
      expect(said.step).toBe(kept.length === 0 ? DONE : SEND);
    } else if (action === "halve") expect(said).toEqual({ step: SEND, next: 5, pending: 10 });
    else if (action === "stop") expect(said).toEqual({ step: STOPPED, next: 0, pending: 10 });
    else {
      expect(said).toEqual({ step: WAIT, next: 0, pending: 10 });
      // The pause after a first failure is 20 ms in this program, times 0.5 to 1.
      const [least, most] = answer.waitMs === undefined ? [10, 20] : [answer.waitMs, answer.waitMs];
      expect(Number(pause)).toBeGreaterThanOrEqual(least);
      expect(Number(pause)).toBeLessThanOrEqual(most);
    }
  });

  test("numbers are written as JavaScript writes them", async () => {
    const edges = [
      0,
      -0,
      5e-324,
      2 ** -44,
      2 ** 53,
      1e21,
      1e-7,
      123456789012345680000,
      0.1 + 0.2,
      NaN,
      Infinity,
    ];
    const powers = Array.from({ length: 2046 }, (_, index) => 2 ** (index - 1022));
    const random = fc.sample(fc.double(), 3000);
    const values = [...edges, ...powers, ...random, ...random.map((value) => Math.fround(value))];
    const said = await bench.vector(
      "numbers",
      await bench.temporary("numbers", Buffer.from(Float64Array.from(values).buffer)),
    );
    expect(said).toEqual(values.map((value) => JSON.stringify(value)));
  });

  test("what is JSON is what JSON.parse takes", async () => {
    const texts: string[] = [];
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 4 }),
        fc.nat(),
        fc.string({ maxLength: 2 }),
        fc.boolean(),
        (json, at, put, isCut) => {
          const place = at % (json.length + 1);
          texts.push(isCut ? json.slice(0, place) + put + json.slice(place + put.length) : json);
        },
      ),
      { numRuns: 1500 },
    );
    const numbers = ["01", "-", "1.", ".5", "1e", "1e+", "-0", "1E400", "2e-5", "+1", "1.5e3", "0x1"];
    texts.push(
      ...numbers,
      "[1,]",
      '{"a":1,}',
      "[,]",
      '{"a"}',
      "[1 2]",
      '"\\u12"',
      '"\\ud800"',
      '"\t"',
      "nul",
      "\ufeff1",
      "[]]",
    );
    const isJson = (candidate: string): boolean => {
      try {
        JSON.parse(candidate);
        return true;
      } catch {
        return false;
      }
    };
    // Lone surrogates cannot be written as UTF-8.
    const sayable = texts.filter((candidate) => candidate.isWellFormed() && !candidate.includes("\n"));
    const said = await bench.vector(
      "json",
      await bench.temporary("json", sayable.map((json) => `${json}\n`).join("")),
    );
    expect(said).toEqual(sayable.map((candidate) => String(isJson(candidate))));
    expect(new Set(said).size).toBe(2);
  });
});

describe.skipIf(!hasCompiler && !isRequired)("definitions in C", () => {
  test("an app's JSON gives its purposes, events, windows, labels and rule", async () => {
    const path = await bench.temporary("app.json", JSON.stringify(activityApp));
    const [said] = await bench.vector("definition", path, "activity");
    const { labels, window } = activityApp.models[0]!;
    expect(JSON.parse(said!)).toEqual({
      purposes: Object.keys(activityApp.purposes),
      events: Object.values(activityApp.events).map(({ name, version, fields }) => [
        name,
        version,
        Object.keys(fields).length,
      ]),
      labels: [...labels],
      size: window.size,
      hop: window.hop,
      rate: 50,
      cutoff: 0.3,
      split: [0, 1, 2],
      conditions: [[0.1, 0, 1, 2]],
      otherwise: "STANDING",
      reports: true,
    });
  });

  test("fields of every kind are read", async () => {
    const { events } = activityApp;
    const { tap } = events;
    const photo = t.media({ types: ["image/jpeg"], maxBytes: 1000 });
    const codes = [photo, { kind: "media", types: ["image/jpeg"] }, { kind: "hologram" }].map(
      async (field, index) => {
        const fields = { ...tap!.fields, field };
        const changed = { ...activityApp, events: { ...events, tap: { ...tap, fields } } };
        const path = await bench.temporary(`kinds-${index}.json`, JSON.stringify(changed));
        const [said] = await bench.vector("definition", path, "activity");
        return (JSON.parse(said!) as { code?: string }).code ?? "read";
      },
    );
    expect(await Promise.all(codes)).toEqual(["read", "DATA_MALFORMED", "DATA_MALFORMED"]);
  });

  test("a definition that is cut or changed anywhere is read or refused, and nothing breaks", async () => {
    const json = JSON.stringify(activityApp);
    const at = fc.sample(fc.nat(json.length - 1), 60);
    const codes = await Promise.all(
      at.map(async (place, index) => {
        const changed =
          index % 2 === 0 ? json.slice(0, place) : json.slice(0, place) + "7" + json.slice(place + 1);
        const path = await bench.temporary(`app-${index}.json`, changed);
        const [said] = await bench.vector("definition", path, "activity");
        return (JSON.parse(said!) as { code?: string }).code ?? "read";
      }),
    );
    expect(codes.filter((_, index) => index % 2 === 0)).toEqual(
      Array.from({ length: 30 }, () => "DATA_MALFORMED"),
    );
    expect(new Set(codes)).toEqual(new Set(["DATA_MALFORMED", "read"]));
  });
});

describe.skipIf(!hasCompiler && !isRequired)("the framer in C", () => {
  test("windows are those of the framer in TypeScript, bit for bit, however the samples are cut", async () => {
    const definition = {
      name: "w",
      input: ["gyro", "acc_x", "mag", "acc_y"],
      channels: ["body_x", "body_y", "gravity_x", "gravity_y", "gyro", "mag"],
      rate: 50,
      size: 32,
      hop: 20,
      gravity: { channels: ["acc_x", "acc_y"], cutoff: 0.3 },
    } as unknown as WindowDefinition;
    const values = Float32Array.from(fc.sample(fc.float({ noNaN: true, min: -20, max: 20 }), 4 * 400));
    // Pushes that go on, that overlap what came, and that leave a gap.
    const pushes = [
      [0, 50],
      [50, 1],
      [51, 99],
      [140, 30],
      [175, 120],
      [295, 100],
    ] as const;
    const framer = createFramer(definition);
    const starts: number[] = [];
    const windows: Buffer[] = [];
    let taken = 0;
    for (const [start, count] of pushes) {
      for (const window of framer.push(start, values.subarray(taken * 4, (taken + count) * 4))) {
        starts.push(window.start);
        windows.push(floats([...window.values]));
      }
      taken += count;
    }
    const samples = await bench.temporary("samples", floats([...values]));
    const out = join(bench.folder, "windows");
    const numbers = [50, 0.3, 32, 20, 4].map(String);
    const said = await bench.vector(
      "framer",
      samples,
      out,
      ...numbers,
      "1,3",
      ...pushes.map((push) => push.join(":")),
    );
    expect(said).toEqual([...starts.map(String), "gaps 1 5"]);
    expect(readFileSync(out).equals(Buffer.concat(windows))).toBe(true);
  });
});
