import assert from "node:assert/strict";
import type { GraphRuntime } from "@tideline/graph";
import { referenceRuntime, writeOnnx } from "@tideline/graph";
import { isTidelineError, type ErrorCode } from "@tideline/spec";
import type { Frame } from "../../frame/column.ts";
import { frame, frameSchema, schemaOf } from "../../frame/frame.ts";
import { sliceRows } from "../../frame/slice-rows.ts";
import { takeRows } from "../../frame/take-rows.ts";
import { seededRandom, shuffled } from "../../random.ts";
import { takeLabels } from "../cross-fit.ts";
import { checkFrameVector, checkGraphVector, fitVector, graphOfVector } from "../custom/check-vector.ts";
import { emptyFrame } from "../../frame/frame-source.ts";
import { encodeState } from "../stored/state-writer.ts";
import { readTransform, storeTransform } from "../store-transform.ts";
import { fitTransform, transformOf, type FittedTransform } from "../transform.ts";
import type { AnyTransformDef, Labels } from "../transform-def.ts";
import { agreeFrames, agreeStates } from "./agree.ts";
import { conformanceFrame, conformanceLabels } from "./conformance-frame.ts";
import { damaged } from "./damaged.ts";
import { checkLowered } from "./lowered-columns.ts";
import { wrongOptions } from "./wrong-option.ts";

/** How a definition is checked. */
export interface TransformCase {
  /** Options to check with, `columns` and `keep` among them. Default {}. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Rows of the columns that it accepts. Default {@link conformanceFrame}. */
  readonly rows?: Frame;
  /** Labels of the rows, for those that learn from them. */
  readonly labels?: Labels;
  /** Runtimes that the graph is held against, beside the reference kernels. */
  readonly runtimes?: readonly GraphRuntime[];
  /** How far graph and frame may differ, of the feature's scale. Default 1e-6. */
  readonly tolerance?: number;
  /** How far the state of pieces may differ from that of one piece, of each number. Default 1e-9. */
  readonly pieces?: number;
}

/** One property that every transform has. */
export interface TransformCheck {
  readonly name: string;
  run(): Promise<void>;
}

function refuses(code: ErrorCode, run: () => unknown, what: string): void {
  assert.throws(run, (error) => {
    assert.ok(isTidelineError(error, code), `${what}: expected ${code}, received ${String(error)}`);
    assert.ok(error.message.length > 20, what);
    return true;
  });
}

/**
 * The checks that every transform must pass, as functions that throw: run them in any test framework, for definitions of
 * your own, too.
 *
 * @example
 * for (const { name, run } of transformChecks(STANDARD_SCALER, { options: { withMean: false } })) test(name, run);
 */
export function transformChecks(def: AnyTransformDef, given: TransformCase = {}): readonly TransformCheck[] {
  const { options = {}, tolerance = 1e-6, pieces = 1e-9, runtimes = [] } = given;
  const rows = given.rows ?? conformanceFrame(def.traits.accepts);
  const before = structuredClone(rows.columns);
  const own = { transforms: { [def.kind]: def } };
  const transform = transformOf(def, options);
  const labels =
    transform.traits.labels === "none" ? undefined : (given.labels ?? conformanceLabels(rows.rows).classes);
  const fit = (of = rows, its = labels): FittedTransform => fitTransform(transform, of, its);
  let known: FittedTransform | undefined;
  const fitted = () => (known ??= fit());
  const schema = frameSchema(rows);
  const checks: Record<string, () => void | Promise<void>> = {
    "learns the same when fitted twice": () => {
      assert.deepEqual(encodeState(fit().state), encodeState(fitted().state));
      agreeFrames("twice", fit().transform(rows), fitted().transform(rows));
    },
    "changes no row": () => {
      fitted().transform(rows);
      assert.deepEqual(structuredClone(rows.columns), before);
    },
    "is frozen": () => {
      for (const value of [
        transform,
        transform.options,
        fitted(),
        fitted().options,
        fitted().inputs,
        fitted().outputs,
      ])
        assert.ok(Object.isFrozen(value));
    },
    "learns of pieces what it learns of one": () => {
      const fitting = transform.start(schema);
      const cuts = [0, 1, 1, Math.floor(rows.rows / 3), rows.rows];
      for (let at = 1; at < cuts.length; at++) {
        const part = sliceRows(rows, cuts[at - 1]!, cuts[at]!);
        const places = Int32Array.from({ length: part.rows }, (_, row) => cuts[at - 1]! + row);
        fitting.add(part, labels && takeLabels(labels, places));
      }
      agreeStates("state", fitting.finish().state, fitted().state, pieces);
    },
    "learns the same of rows in another order": () => {
      if (def.traits.ordered) return;
      const order = Int32Array.from(shuffled(seededRandom(3), [...Array(rows.rows).keys()]));
      const other = fit(takeRows(rows, order), labels && takeLabels(labels, order));
      agreeFrames("order", other.transform(rows), fitted().transform(rows), 1e-9);
    },
    "transforms a row alone as among others": () => {
      if (def.traits.ordered) return;
      const all = fitted().transform(rows);
      for (const row of [0, 1, rows.rows - 1]) {
        const alone = fitted().transform(sliceRows(rows, row, row + 1));
        agreeFrames(`row ${row}`, alone, sliceRows(all, row, row + 1));
      }
    },
    "says which columns it gives": () => {
      const made = fitted().transform(rows);
      assert.equal(made.rows, rows.rows);
      for (const output of fitted().outputs) {
        const column = made.columns.find(({ name }) => name === output.name);
        assert.ok(column !== undefined, `column "${output.name}"`);
        assert.deepEqual({ ...schemaOf(column) }, { ...output });
      }
      const written = new Set(fitted().outputs.map(({ name }) => name));
      for (const { name } of fitted().inputs)
        assert.equal(
          made.columns.some((column) => column.name === name),
          written.has(name) || fitted().options["keep"] === true,
          `input "${name}"`,
        );
    },
    "transforms no rows into none": () => {
      const made = fitted().transform(emptyFrame(schema));
      assert.equal(made.rows, 0);
      agreeFrames("no rows", made, sliceRows(fitted().transform(rows), 0, 0));
    },
    "wants rows to learn from, if it learns": () => {
      try {
        const none = fit(emptyFrame(schema), labels && takeLabels(labels, new Int32Array()));
        assert.deepEqual(encodeState(none.state), encodeState(fitted().state), "it learnt of no rows");
      } catch (error) {
        if (!isTidelineError(error, "NOT_ENOUGH_DATA")) throw error;
      }
    },
    "learns of one row, or says that it cannot": () => {
      const one = sliceRows(rows, 0, 1);
      try {
        fit(one, labels && takeLabels(labels, Int32Array.of(0))).transform(one);
      } catch (error) {
        if (!isTidelineError(error, "NOT_ENOUGH_DATA")) throw error;
      }
    },
    "takes infinities, or says what is wrong with them": () => {
      const odd = rows.columns.map((column) => {
        if (column.kind !== "float" && column.kind !== "vector") return column;
        const values = column.values.slice();
        values[0] = Infinity;
        return { ...column, values };
      });
      for (const run of [() => fit(frame(odd)), () => fitted().transform(frame(odd))])
        try {
          run();
        } catch (error) {
          if (!isTidelineError(error, "DATA_MALFORMED")) throw error;
        }
    },
    "is restored as it was stored": () => {
      const bytes = storeTransform(fitted());
      const again = readTransform(bytes, own);
      assert.deepEqual(storeTransform(again), bytes);
      agreeFrames("restored", again.transform(rows), fitted().transform(rows));
      assert.deepEqual(again.outputs, fitted().outputs);
    },
    "refuses damaged bytes": () => {
      for (const bytes of damaged(storeTransform(fitted()))) {
        let again: FittedTransform;
        try {
          again = readTransform(bytes, own);
        } catch (error) {
          assert.ok(isTidelineError(error, "MODEL_MALFORMED"), String(error));
          continue;
        }
        try {
          again.transform(emptyFrame(again.inputs));
        } catch (error) {
          assert.ok(isTidelineError(error), String(error));
        }
      }
    },
    "says which column is absent or of another kind": () => {
      const { name, kind, width } = fitted().inputs[0]!;
      const without = rows.columns.filter((column) => column.name !== name);
      refuses("ARGUMENT_INVALID", () => fitted().transform(frame(without)), "an absent column");
      const count = rows.rows;
      const other =
        kind === "bytes"
          ? { kind: "float" as const, name, values: new Float64Array(count) }
          : { kind: "bytes" as const, name, values: new Uint8Array(), offsets: new Int32Array(count + 1) };
      refuses("ARGUMENT_INVALID", () => fitted().transform(frame([...without, other])), "another kind");
      refuses(
        "ARGUMENT_INVALID",
        () => transformOf(def, { ...options, columns: [] }).start(schema),
        "no columns",
      );
      refuses(
        "ARGUMENT_INVALID",
        () => transformOf(def, { ...options, columns: ["absent"] }).start(schema),
        "absent",
      );
      if (kind !== "vector") return;
      const wide = { kind, name, width: width! + 1, values: new Float64Array(count * (width! + 1)) };
      refuses("ARGUMENT_INVALID", () => fitted().transform(frame([...without, wide])), "another width");
    },
    "says which option is wrong": () => {
      for (const wrong of [
        { keep: "yes" },
        { columns: "age" },
        { columns: { kind: ["float"] } },
        { columns: [1] },
      ])
        refuses(
          "DEFINITION_ILLEGAL",
          () => transformOf(def, { ...options, ...wrong } as unknown as object),
          JSON.stringify(wrong),
        );
      for (const { field, options: wrong } of wrongOptions(def.forms ?? {}))
        assert.throws(
          () => transformOf(def, { ...options, ...wrong }),
          (error) => isTidelineError(error, "DEFINITION_ILLEGAL") && error.message.includes(field),
          `${field}: ${String(wrong[field])}`,
        );
    },
    "asks for labels if it needs them": () => {
      if (transform.traits.labels !== "required") return;
      refuses("ARGUMENT_INVALID", () => fitTransform(transform, rows), "no labels");
    },
    "gives what its own vectors say": async () => {
      for (const [at, vector] of (def.vectors?.(transform.options) ?? []).entries()) {
        const one = fitVector(def, vector, at);
        checkFrameVector(one);
        const graph = graphOfVector(one);
        if (graph === undefined) continue;
        for (const runtime of [referenceRuntime, ...runtimes]) {
          const loaded = await runtime.load(writeOnnx(graph.model), { threads: 1 });
          try {
            const names = graph.model.graph.outputs.map(({ name }) => name);
            checkGraphVector(one, runtime.name, (await loaded.run(graph.feeds, names)) as never);
          } finally {
            await loaded.release();
          }
        }
      }
    },
    "gives in a graph what it gives in a frame, or says why there is none": async () => {
      const reason = fitted().unsupported;
      if (reason !== undefined) return assert.ok(reason.length > 10, "a reason");
      for (const runtime of [referenceRuntime, ...runtimes])
        await checkLowered(fitted(), rows, runtime, tolerance);
    },
  };
  return Object.entries(checks).map(([property, check]) => ({
    name: `${def.kind} ${property}`,
    run: async () => check(),
  }));
}
