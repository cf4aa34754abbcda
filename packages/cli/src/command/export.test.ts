import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { graphBuilder, writeOnnx, type OnnxModel } from "@tideline/graph";
import { ARTIFACT_KINDS } from "@tideline/pipeline";
import { textInputs } from "@tideline/learn/transform";
import { afterAll, expect, test } from "vitest";
import { exportCommand } from "./export.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-export-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function plan(): OnnxModel {
  const g = graphBuilder("plan");
  const age = g.input("age", "float32", ["N", 1]);
  const code = g.input("tier", "int64", ["N", 1]);
  const bonus = g.op("Gather", [g.constant(Float32Array.of(1, 2, 0), [3, 1]), code]);
  const scaled = g.op("Div", [g.op("Sub", [age, g.scalar(40)]), g.scalar(12)]);
  g.output("score", g.op("Add", [scaled, g.op("Squeeze", [bonus, g.ints([1])])]));
  return g.build();
}

function layers(): OnnxModel {
  const g = graphBuilder("layers");
  const x = g.input("x", "float32", ["N", 1, 8]);
  const twice = g.op("GlobalAveragePool", [g.op("GlobalMaxPool", [x])]);
  g.output("y", g.op("TopK", [twice, g.ints([1])]));
  return g.build();
}

const file = (name: string, model: OnnxModel): string => {
  const path = join(work, name);
  writeFileSync(path, writeOnnx(model));
  return path;
};

const inputs = join(work, "inputs.json");
writeFileSync(
  inputs,
  '{"age": {"range": [18, 90], "note": "in years"}, "tier": {"texts": ["free", "paid"]}}',
);
const model = file("gym-plan.onnx", plan());
const flags = (out: string, source: string) => ({
  out: join(work, out),
  source,
  inputs,
  folder: work,
  vectors: "8",
});

test.each([
  ["c", ["GymPlan.vectors.json", "gym_plan.c", "gym_plan.h", "gym_plan_test.c"]],
  ["kotlin", ["GymPlan.kt", "GymPlan.vectors.json", "GymPlanCheck.kt"]],
  ["swift", ["GymPlan.swift", "GymPlan.vectors.json", "GymPlanCheck.swift"]],
  ["typescript", ["GymPlan.vectors.json", "gymPlan-check.ts", "gymPlan.ts"]],
])("%s: the same bytes each time, and --check tells when they are others", async (language, names) => {
  const { value } = await exportCommand(model, flags(language, language));
  expect(readdirSync(join(work, language)).sort()).toEqual(names);
  expect(value).toMatchObject({ language, name: "GymPlan", vectors: 8 });
  const read = () => names.map((name) => readFileSync(join(work, language, name), "utf8"));
  const before = read();
  await exportCommand(model, flags(language, language));
  expect(read()).toEqual(before);
  expect((await exportCommand(model, { ...flags(language, language), check: true })).fault).toBeUndefined();
  const other = await exportCommand(model, { ...flags(language, language), check: true, seed: "2" });
  expect(other.fault).toMatchObject({ code: "CHECK_FAILED" });
});

test("the self-test of what was written finds nothing; texts and notes are in it", async () => {
  const out = join(work, "own");
  await exportCommand(model, { ...flags("own", "typescript"), name: "Plan", vectors: "40" });
  const { checkPlan } = (await import(pathToFileURL(join(out, "plan-check.ts")).href)) as {
    checkPlan: () => readonly string[];
  };
  expect(checkPlan()).toEqual([]);
  expect(readFileSync(join(out, "plan.ts"), "utf8")).toMatch(/in years[\s\S]*tier: string \| null/);
  const rows = JSON.parse(readFileSync(join(out, "Plan.vectors.json"), "utf8")) as { inputs: object };
  expect(rows).toMatchObject({ kind: "source-vectors", count: 40 });
  expect(JSON.stringify(rows.inputs)).toContain('"NaN"');
});

test("a graph that looks its texts up itself gives the source of its codes", async () => {
  const words = file("worded.onnx", textInputs(plan(), { tier: ["free", "paid"] }));
  const given = { ...flags("worded", "typescript"), name: "Plan", vectors: "40" };
  expect((await exportCommand(words, given)).fault).toBeUndefined();
  const { inputs: _, ...without } = given;
  await exportCommand(words, { ...without, out: join(work, "alone") });
  const of = (folder: string) => readFileSync(join(work, folder, "plan.ts"), "utf8");
  expect(of("worded")).toBe(of("own"));
  const { checkPlan } = (await import(pathToFileURL(join(work, "alone", "plan-check.ts")).href)) as {
    checkPlan: () => readonly string[];
  };
  expect(checkPlan()).toEqual([]);
  expect(of("alone")).toContain('"paid"');
});

test("every operator that is not written is told with its reason and what to use instead", async () => {
  const out = join(work, "none");
  const { text, value, fault } = await exportCommand(file("layers.onnx", layers()), {
    ...flags("none", "swift"),
    inputs: undefined,
  } as never);
  expect(fault).toMatchObject({ code: "MODEL_UNSUPPORTED" });
  expect(text).toMatch(/GlobalMaxPool: a layer of nets.*instead: /);
  expect(text).toMatch(/GlobalAveragePool: .*TopK: /s);
  expect((value as { unsupported: unknown[] }).unsupported).toHaveLength(3);
  expect(() => readdirSync(out)).toThrow();
});

const net = (): OnnxModel => {
  const g = graphBuilder("net");
  const x = g.input("x", "float32", ["N", 2]);
  const weights = (rows: number, columns: number) =>
    g.constant(
      Float32Array.from({ length: rows * columns }, (_, at) => Math.sin(at + rows) / 8),
      [rows, columns],
    );
  const hidden = g.op("Tanh", [g.op("Gemm", [x, weights(2, 32)])]);
  g.output("p", g.op("Softmax", [g.op("Gemm", [hidden, weights(32, 2)])], { axis: -1 }));
  return g.build();
};

/** A net with a table of rows by the code of a text behind its numbers. */
const wordedNet = (): OnnxModel => {
  const g = graphBuilder("worded net");
  const age = g.input("age", "float32", ["N", 1]);
  const tier = g.input("tier", "int64", ["N", 1]);
  const weights = (rows: number, columns: number) =>
    g.constant(
      Float32Array.from({ length: rows * columns }, (_, at) => Math.sin(at + rows) / 4),
      [rows, columns],
    );
  const own = g.op("Squeeze", [g.op("Gather", [weights(3, 15), tier]), g.ints([1])]);
  const joined = g.op("Concat", [g.op("Div", [age, g.scalar(50)]), own], { axis: 1 });
  const hidden = g.op("Relu", [g.op("Gemm", [joined, weights(16, 64)])]);
  g.output("p", g.op("Softmax", [g.op("Gemm", [hidden, weights(64, 2)])], { axis: -1 }));
  return textInputs(g.build(), { tier: ["free", "paid", "\u0000"] });
};

test("a graph with columns of texts comes in every kind that takes texts or codes, and says why not in the rest", async () => {
  const rows = join(work, "worded.csv");
  const lines = Array.from({ length: 60 }, (_, at) => `${20 + at},${["free", "paid", "", "gift"][at % 4]}`);
  writeFileSync(rows, ["age,tier", ...lines].join("\n"));
  const path = file("worded-net.onnx", wordedNet());
  const given = { folder: work, format: "all", classes: "up,down", vectors: "8" };
  const alone = await exportCommand(path, { ...given, out: join(work, "worded-alone") });
  expect([alone.fault, alone.text]).toEqual([undefined, expect.stringContaining("rows that were made up")]);
  const { fault, value } = await exportCommand(path, { ...given, rows, out: join(work, "worded-all") });
  expect(fault).toBeUndefined();
  const { artifacts, missing } = value as {
    readonly artifacts: readonly { readonly kind: string }[];
    readonly missing: readonly { readonly kind: string; readonly reasons: readonly { reason: string }[] }[];
  };
  expect(artifacts.map(({ kind }) => kind)).toEqual(
    Object.keys(ARTIFACT_KINDS).filter((kind) => kind !== "table" && kind !== "mlmodel"),
  );
  expect(missing.map(({ kind, reasons }) => [kind, reasons.length > 0])).toEqual([
    ["table", true],
    ["mlmodel", true],
  ]);
  const manifest = JSON.parse(readFileSync(join(work, "worded-all", "worded-net.json"), "utf8")) as {
    readonly variants: readonly { readonly kind: string; readonly dictionaries?: object }[];
  };
  const coded = manifest.variants.filter(({ dictionaries }) => dictionaries !== undefined);
  expect(coded.map(({ kind }) => kind)).toEqual(
    artifacts.map(({ kind }) => kind).filter((kind) => !/^on|^ort/.test(kind)),
  );
  const table = await exportCommand(path, { ...given, format: "table", out: join(work, "worded-table") });
  expect(table.fault).toMatchObject({ code: "MODEL_UNSUPPORTED" });
});

test("files of runtimes, held against the model on given rows, with what an app needs to take them", async () => {
  const rows = join(work, "rows.csv");
  const lines = Array.from(
    { length: 30 },
    (_, at) => `${at % 7},${at % 5},${at % 7 > at % 5 ? "up" : "down"}`,
  );
  writeFileSync(rows, ["x_a,x_b,way", ...lines].join("\n"));
  const given = {
    out: join(work, "files"),
    folder: work,
    format: "onnx,onnx-int8,tflite,tflite-int8,table,mlpackage",
    classes: "up,down",
    rows,
    label: "way",
  };
  const path = file("net.onnx", net());
  const { value, text, fault } = await exportCommand(path, given);
  expect(fault).toBeUndefined();
  expect(text).toMatch(/tflite-int8 .*alike \(litert\)/);
  const package_ = [
    "Data/com.apple.CoreML/model.mlmodel",
    "Data/com.apple.CoreML/weights/weight.bin",
    "Manifest.json",
  ];
  const names = [
    "net.int8.onnx",
    "net.int8.tflite",
    "net.json",
    ...package_.map((name) => `net.mlpackage/${name}`),
    "net.onnx",
    "net.tflite",
    "net.tlm",
    "net.vectors.json",
  ];
  const there = readdirSync(given.out, { recursive: true, withFileTypes: true }).filter((one) =>
    one.isFile(),
  );
  expect(there.map((one) => relative(given.out, join(one.parentPath, one.name))).sort()).toEqual(names);
  // A classifier of Core ML names its classes.
  const program = readFileSync(join(given.out, `net.mlpackage/${package_[0]}`), "latin1");
  for (const word of ["classLabel", "up", "down"]) expect(program).toContain(word);
  const { matrix } = value as { matrix: { metric: string; cells: { faults: string[] }[] } };
  expect(matrix).toMatchObject({ metric: "accuracy", rows: { heldOut: 15 } });
  const manifest = JSON.parse(readFileSync(join(given.out, "net.json"), "utf8")) as {
    variants: { files: { path: string; sha256: string }[] }[];
  };
  expect(manifest).toMatchObject({
    kind: "device-package",
    labels: ["up", "down"],
    vectors: "net.vectors.json",
  });
  for (const { path: own, sha256 } of manifest.variants.flatMap(({ files }) => files))
    expect(
      createHash("sha256")
        .update(readFileSync(join(given.out, own)))
        .digest("hex"),
    ).toBe(sha256);
  expect((await exportCommand(path, { ...given, check: true })).fault).toBeUndefined();
  writeFileSync(join(given.out, "net.tflite"), "other");
  const stale = await exportCommand(path, { ...given, check: true });
  expect(stale.fault).toMatchObject({ code: "CHECK_FAILED", parts: { received: "net.tflite" } });
});

test("a net of wide rows is held against rows that it answers, without missing numbers", async () => {
  const g = graphBuilder("wide");
  const x = g.input("x", "float32", ["N", 60]);
  g.output("y", g.op("Gemm", [x, g.constant(new Float32Array(120).fill(0.1), [60, 2])]));
  const given = { out: join(work, "wide"), folder: work, format: "onnx" };
  const { value, fault } = await exportCommand(file("wide.onnx", g.build()), given);
  expect(fault).toBeUndefined();
  expect(value).toMatchObject({ matrix: { rows: { heldOut: 64 } } });
});

test("a kind that a model does not come in says why, and nothing is written", async () => {
  const given = { out: join(work, "no-rows"), folder: work, format: "table,tflite-int8" };
  const { text, fault } = await exportCommand(file("net.onnx", net()), given);
  expect(fault).toMatchObject({ code: "MODEL_UNSUPPORTED" });
  expect(text).toContain("tflite-int8: 8 bits throughout need rows");
  expect(() => readdirSync(given.out)).toThrow();
});

test.each([
  ["a kind that there is not", { format: "tflite,gguf" }],
  ["two ways at once", { format: "onnx", source: "c" }],
  ["labels without rows", { format: "onnx", label: "y" }],
  ["a package", { format: "onnx", package: "a.b" }],
  ["a name that is a path", { format: "onnx", name: "../x" }],
  ["no name", { format: "onnx", name: "" }],
  ["a device of Windows", { format: "onnx", name: "con.x" }],
  ["three names for two classes", { format: "onnx", classes: "a,b,c" }],
  ["a class that is named twice", { format: "onnx", classes: "a,a" }],
  ["no folder", { format: "onnx", out: "" }],
  ["rows of other columns", { format: "onnx", rows: "five.csv" }],
  ["lists of several lengths", { format: "onnx", rows: "lists.jsonl" }],
])("files of runtimes: %s is refused", async (_, given) => {
  writeFileSync(join(work, "five.csv"), "a,b,c,d,e\n1,2,3,4,5\n");
  writeFileSync(join(work, "lists.jsonl"), '{"x":[1,2,3]}\n{"x":[4]}\n');
  const rows = "rows" in given ? { rows: join(work, given.rows!) } : {};
  const all = { out: join(work, "refused"), folder: work, ...given, ...rows };
  await expect(exportCommand(file("net.onnx", net()), all)).rejects.toMatchObject({
    code: "ARGUMENT_INVALID",
  });
});

test.each([
  ["no kind of file", {}, model, "ARGUMENT_INVALID"],
  ["no language", { source: "pascal" }, model, "ARGUMENT_INVALID"],
  ["rows for source", { source: "c", rows: "rows.csv" }, model, "ARGUMENT_INVALID"],
  ["a package of C", { source: "c", package: "a.b" }, model, "ARGUMENT_INVALID"],
  ["a package that is a path", { source: "kotlin", package: "../a" }, model, "GRAPH_ILLEGAL"],
  ["a name that is a path", { source: "c", name: "../../evil" }, model, "ARGUMENT_INVALID"],
  ["a word of a language", { source: "c", name: "Class" }, model, "ARGUMENT_INVALID"],
  ["too many rows", { source: "c", vectors: "1e9" }, model, "ARGUMENT_INVALID"],
  ["no file", { source: "c" }, join(work, "no.onnx"), "DATA_NOT_FOUND"],
  ["a folder", { source: "c" }, work, "DATA_NOT_FOUND"],
  ["bytes that are no model", { source: "c" }, inputs, "MODEL_MALFORMED"],
  ["no folder of Tideline", { source: "c" }, "stable@3", "FOLDER_INVALID"],
  ["no such facts", { source: "c", inputs: join(work, "no.json") }, model, "DATA_NOT_FOUND"],
  ["facts that are a model", { source: "c", inputs: model }, model, "DATA_MALFORMED"],
])("%s is refused", async (_, given, named, code) => {
  const all = { out: join(work, "refused"), folder: work, ...given };
  await expect(exportCommand(named, all)).rejects.toMatchObject({ code });
});

test("a file that is called like a word of a language gives a name that is none", async () => {
  const { value } = await exportCommand(file("class.onnx", plan()), flags("class", "swift"));
  expect(value).toMatchObject({ name: "ClassModel" });
});

test("a folder in which nothing can be written is named", async () => {
  mkdirSync(join(work, "full"), { recursive: true });
  writeFileSync(join(work, "full", "taken"), "");
  await expect(exportCommand(model, { ...flags("full/taken", "c") })).rejects.toMatchObject({
    code: "FOLDER_INVALID",
    message: expect.not.stringMatching(/\].*\]/u),
  });
});

/** A net whose weights a table of 16 numbers cannot tell apart: one in forty is a hundred times as large, and its unit is always off. */
function uneven(): OnnxModel {
  const g = graphBuilder("uneven");
  const x = g.input("x", "float32", ["N", 40]);
  const weights = Float32Array.from({ length: 40 * 80 }, (_, at) =>
    at % 80 < 16 ? -100 - 40 * (at % 80) : Math.sin(at * at) / 8,
  );
  const hidden = g.op("Relu", [g.op("MatMul", [g.op("Abs", [x]), g.constant(weights, [40, 80])])]);
  const out = Float32Array.from({ length: 160 }, (_, at) => Math.cos(3 * at * at));
  g.output(
    "probabilities",
    g.op("Softmax", [g.op("MatMul", [hidden, g.constant(out, [80, 2])])], { axis: -1 }),
  );
  return g.build();
}

test("of all kinds those that pass are written; the fault names the others, which by name are refused whole", async () => {
  const path = file("uneven.onnx", uneven());
  const given = { folder: work, vectors: "24" };
  const out = join(work, "uneven");
  // A kind that passed at the last export, of an easier model, does not stay as if it were of this one.
  const easy = join(work, "easy.onnx");
  writeFileSync(easy, writeOnnx(net()));
  const before = { ...given, name: "uneven", format: "onnx,mlpackage-palettised", out };
  expect((await exportCommand(easy, before)).fault).toBeUndefined();
  expect(existsSync(join(out, "uneven.palettised.mlpackage"))).toBe(true);
  const { value, text, fault } = await exportCommand(path, { ...given, format: "all", out });
  expect(fault).toMatchObject({ code: "EXPORT_PARTIAL" });
  expect(fault!.message).toMatch(/others: mlpackage-palettised\. They are left out/);
  expect(text).toMatch(/mlpackage-palettised: does not answer as the model on coreml-interpreter: outputs/);
  const { artifacts } = value as { readonly artifacts: readonly { readonly kind: string }[] };
  const kinds = artifacts.map(({ kind }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(["onnx", "tflite", "table", "mlpackage"]));
  expect(kinds).not.toContain("mlpackage-palettised");
  expect(existsSync(join(out, "uneven.palettised.mlpackage"))).toBe(false);
  const manifest = JSON.parse(readFileSync(join(out, "uneven.json"), "utf8")) as {
    readonly variants: readonly {
      readonly kind: string;
      readonly files: readonly { readonly path: string }[];
    }[];
  };
  expect(manifest.variants.map(({ kind }) => kind)).toEqual(kinds);
  for (const { files } of manifest.variants)
    for (const one of files) expect(readFileSync(join(out, one.path)).length).toBeGreaterThan(0);
  const named = await exportCommand(path, {
    ...given,
    format: "onnx,mlpackage-palettised",
    out: join(work, "uneven-named"),
  });
  expect(named.fault).toMatchObject({ code: "PARITY_FAILED" });
  expect(existsSync(join(work, "uneven-named"))).toBe(false);
});

test("files of the export before that are not of this one go, and nobody else's; where nothing is written all stay", async () => {
  const path = file("renewed.onnx", net());
  const out = join(work, "renewed");
  const there = (): readonly string[] => readdirSync(out).sort();
  const run = (format: string, more = {}) =>
    exportCommand(path, { folder: work, vectors: "8", format, out, ...more });
  await run("onnx,table,tflite,mlpackage");
  const first = there();
  expect(first).toHaveLength(6);
  writeFileSync(join(out, "own.tlm"), "somebody's");
  writeFileSync(join(out, "renewed.mlpackage/note.txt"), "somebody's");
  writeFileSync(join(out, "renewed.tflite"), "changed by hand");
  const refused = await run("mlmodel");
  expect(refused.fault).toMatchObject({ code: "MODEL_UNSUPPORTED" });
  expect(refused.text).toMatch(/Nothing is written: \d files in .* of an earlier export/);
  expect(there()).toEqual([...first, "own.tlm"].sort());
  const stale = await run("onnx", { check: true });
  expect(stale.fault).toMatchObject({
    code: "CHECK_FAILED",
    parts: { received: expect.stringContaining("renewed.tlm") },
  });
  expect(there()).toEqual([...first, "own.tlm"].sort());
  const { value, text, fault } = await run("onnx");
  expect(fault).toBeUndefined();
  expect(there()).toEqual([
    "own.tlm",
    "renewed.json",
    "renewed.mlpackage",
    "renewed.onnx",
    "renewed.tflite",
    "renewed.vectors.json",
  ]);
  expect(readdirSync(join(out, "renewed.mlpackage"))).toEqual(["note.txt"]);
  expect((value as { removed: readonly string[] }).removed).toContain("renewed.tlm");
  expect(text).toMatch(/removed: .*renewed\.tlm/);
  expect(text).toContain("and kept: renewed.tflite");
  expect((await run("onnx", { check: true })).fault).toBeUndefined();
});

test("a manifest that leads out of its folder, or is damaged, has nothing removed; one that is none stays", async () => {
  const path = file("outside.onnx", net());
  const out = join(work, "outside");
  mkdirSync(out);
  const secret = join(work, "secret.txt");
  writeFileSync(secret, "kept");
  const sha256 = createHash("sha256").update("kept").digest("hex");
  symlinkSync(work, join(out, "link"));
  const outside = ["../secret.txt", secret, "a/../../secret.txt", "link/secret.txt"].map((one) => ({
    path: one,
    sha256,
  }));
  const head = { format: 1, kind: "device-package", name: "outside" };
  const manifests: readonly (readonly [object | null, string | undefined])[] = [
    [{ ...head, variants: [{ files: outside }], vectors: "../secret.txt" }, undefined],
    [{ ...head, variants: 7 }, undefined],
    [
      { ...head, kind: "others'", variants: [{ files: [{ path: "outside.tlm", sha256 }] }] },
      "ARGUMENT_INVALID",
    ],
    [null, "ARGUMENT_INVALID"],
  ];
  for (const [manifest, code] of manifests) {
    for (const name of readdirSync(out)) if (name !== "link") rmSync(join(out, name));
    writeFileSync(join(out, "outside.tlm"), "kept");
    const list = JSON.stringify(manifest);
    writeFileSync(join(out, "outside.json"), list);
    const done = exportCommand(path, { folder: work, vectors: "8", format: "onnx", out });
    if (code === undefined) expect((await done).fault).toBeUndefined();
    else {
      await expect(done).rejects.toMatchObject({ code });
      expect(readFileSync(join(out, "outside.json"), "utf8")).toBe(list);
      expect(readdirSync(out)).toHaveLength(3);
    }
    expect([readFileSync(secret, "utf8"), readFileSync(join(out, "outside.tlm"), "utf8")]).toEqual([
      "kept",
      "kept",
    ]);
  }
});
