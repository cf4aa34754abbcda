import type { CaseAnswers, CaseRuntime, OpenCase } from "../case-runtime.ts";
import type { BenchmarkArtifact, BenchmarkPlan } from "../plan.ts";
import type { OperatorTime } from "../report.ts";
import { feedValues, type FeedValues } from "./feed-values.ts";
import { operatorTimes } from "./ort-profile.ts";

/** A session of ONNX Runtime, as far as it is used. */
export interface OrtCaseSession {
  readonly outputNames: readonly string[];
  run(feeds: never, fetches: never): Promise<Readonly<Record<string, { readonly data: unknown }>>>;
  endProfiling?(): void;
  release(): Promise<void>;
}

/** What `onnxruntime-node`, `onnxruntime-web` and `onnxruntime-react-native` share. */
export interface OrtCaseModule {
  readonly InferenceSession: { create(bytes: Uint8Array, options: never): Promise<OrtCaseSession> };
  readonly Tensor: new (type: never, values: never, dims: readonly number[]) => unknown;
  readonly env: { readonly versions: object };
}

/** How {@link ortCase} uses one package of ONNX Runtime. */
export interface OrtCaseOptions {
  readonly name: string;
  /** The package, imported when the runtime starts. */
  readonly load: () => Promise<OrtCaseModule>;
  /** Key of the package's version in `env.versions`. */
  readonly versionKey: string;
  /** In order of preference; `cpu` by default. */
  readonly providers?: readonly string[];
  /** Whether `.ort` files are taken too. */
  readonly formats?: readonly string[];
  /** Gives the text of a profile, where this package leaves one: after `endProfiling` of a session that wrote to `prefix`. */
  readonly profile?: {
    readonly prefix: string;
    readonly take: () => Promise<string>;
  };
}

interface OrtFeed {
  readonly type: string;
  readonly values: FeedValues;
  readonly dims: readonly number[];
  readonly name: string;
}

/**
 * ONNX Runtime by any of its packages for JavaScript, which have the same interface: one thread, on the processor unless told
 * otherwise, one row a call; tensors are made for each call, as an app must.
 *
 * @example
 * const runtime = ortCase({ name: "onnxruntime-node", load: () => import("onnxruntime-node"), versionKey: "node" });
 */
export function ortCase(options: OrtCaseOptions): CaseRuntime {
  const { name: who, load, versionKey, providers = ["cpu"], formats = ["onnx", "ort"], profile } = options;
  const settings = {
    executionProviders: [...providers],
    executionMode: "sequential",
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  };
  return Object.freeze({
    name: who,
    formats,
    async start() {
      const ort = await load();
      const versions = ort.env.versions as Readonly<Record<string, string | undefined>>;
      const create = (bytes: Uint8Array, more: object = {}) =>
        ort.InferenceSession.create(bytes, { ...settings, ...more } as never);
      const open = async (
        bytes: Uint8Array,
        artifact: BenchmarkArtifact,
        plan: BenchmarkPlan,
      ): Promise<OpenCase<readonly OrtFeed[]>> => {
        const session = await create(bytes);
        const wanted = plan.outputs
          .map(({ name }) => name)
          .filter((name) => session.outputNames.indexOf(name) >= 0);
        const runOn = async (on: OrtCaseSession, feed: readonly OrtFeed[]): Promise<CaseAnswers> => {
          const feeds: Record<string, unknown> = {};
          for (const { name, type, values, dims } of feed)
            feeds[name] = new ort.Tensor(type as never, values as never, dims);
          const results = await on.run(feeds as never, wanted as never);
          const answers: Record<string, ArrayLike<number | bigint>> = {};
          for (const name of wanted) answers[name] = results[name]!.data as ArrayLike<number | bigint>;
          return answers;
        };
        return {
          outputs: wanted,
          feed: (row) =>
            plan.inputs.map(({ name, elementType, dims, open: isOpen }) => ({
              name,
              type: elementType,
              dims: isOpen ? [1, ...dims] : dims,
              values: feedValues(who, { name, elementType }, row[name]!, artifact),
            })),
          run: (feed) => runOn(session, feed),
          async operators(feeds, runs): Promise<readonly OperatorTime[] | string> {
            if (profile === undefined) return `${who} leaves its profile where an app cannot read it`;
            const own = await create(bytes, { enableProfiling: true, profileFilePrefix: profile.prefix });
            try {
              for (let at = 0; at < runs; at++) await runOn(own, feeds[at % feeds.length]!);
              own.endProfiling?.();
              return operatorTimes(await profile.take(), runs);
            } finally {
              await own.release();
            }
          },
          close: () => session.release(),
        };
      };
      return { version: versions[versionKey] ?? versions["common"] ?? "unknown", open };
    },
  }) as CaseRuntime;
}
