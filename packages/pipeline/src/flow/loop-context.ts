import { createRequire } from "node:module";
import { join } from "node:path";
import { tidelineError, type AppDefinition, type Clock, type ModelDefinition } from "@tideline/spec";
import type { StepContext } from "../cached-step.ts";
import { folderLayout, openCatalog, type Catalog, type FolderLayout } from "../catalog/index.ts";
import { loadApp, pseudonymiser } from "../ingest/index.ts";
import type { FeatureGraph, FramingContext } from "../feature/index.ts";
import { jsonHash, openEngine, type Engine } from "../lake/index.ts";
import { openArtifacts, openKeys, type ArtifactStore, type KeyRing } from "../release/index.ts";
import { onnxruntimeNode } from "../runtime/index.ts";
import { reconcileErased } from "../subject/index.ts";
import { featureGraph } from "../train/index.ts";

/** How a loop over a folder is opened. */
export interface LoopOptions {
  readonly folder: string;
  /** Fencing epoch of the owner. */
  readonly epoch: number;
  /** Path of the module that exports the definition as `app`. */
  readonly appModule: string;
  readonly seed: number;
  /** The folder's key for pseudonyms; without it nobody is erased. */
  readonly pseudonymKey?: Uint8Array;
  /** Whether the folder's ingest server runs beside. */
  readonly isServed?: boolean;
}

/** Everything that the steps of the loop work with. */
export interface LoopContext extends FramingContext {
  readonly layout: FolderLayout;
  readonly catalog: Catalog;
  readonly engine: Engine;
  readonly artifacts: ArtifactStore;
  readonly keys: KeyRing;
  readonly app: AppDefinition;
  /** The one model that the loop keeps. */
  readonly model: ModelDefinition;
  /** Content address of the app's definition. */
  readonly definition: string;
  readonly channel: string;
  readonly graph: FeatureGraph;
  readonly seed: number;
  readonly clock: Clock;
  /** Pseudonym of an install's events before it had a user; null where the key is not known. */
  readonly anonymous: ((install: string) => string) | null;
  readonly isServed: boolean;
}

/** The one model of an app that a loop keeps. @throws `CONFIG_MALFORMED` where the app of that module has none */
export function keptModel(app: AppDefinition, appModule: string): ModelDefinition {
  const [model] = app.models;
  if (model !== undefined) return model;
  throw tidelineError("CONFIG_MALFORMED", {
    who: `app ${appModule}`,
    field: "app.models",
    expected: "a model, which is what a loop trains and releases",
    received: "none",
    remedy: "Declare one with defineModel; tideline ingest takes the events of an app without any.",
  });
}

/** Version of an installed package, as part of the name of what it computed. */
function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  return (require(`${name}/package.json`) as { version: string }).version;
}

/** Opens what the loop works with; `close` frees it. */
export async function openLoopContext(
  options: LoopOptions,
  ports: { readonly clock: Clock; readonly onStep?: StepContext["onStep"] },
): Promise<LoopContext & { close(): Promise<void> }> {
  const app = await loadApp(options.appModule);
  const model = keptModel(app, options.appModule);
  const pseudonymise = options.pseudonymKey === undefined ? null : pseudonymiser(options.pseudonymKey);
  const layout = folderLayout(options.folder);
  const catalog = await openCatalog(options.folder, { epoch: options.epoch });
  await reconcileErased(catalog, options.folder, ports.clock());
  const engine = await openEngine({ temporary: layout.temporary, threads: 2 });
  const { bytes, features } = featureGraph(model);
  const graph: FeatureGraph = {
    bytes,
    names: features,
    loaded: await onnxruntimeNode.load(bytes),
    runtime: `onnxruntime-node ${versionOf("onnxruntime-node")}`,
  };
  return Object.freeze({
    ...ports,
    folder: options.folder,
    layout,
    catalog,
    engine,
    artifacts: await openArtifacts(layout.artifact),
    keys: await openKeys(join(options.folder, "keys"), { now: ports.clock() }),
    app,
    model,
    definition: jsonHash(app),
    channel: `${model.name}/stable`,
    graph,
    seed: options.seed,
    anonymous: pseudonymise === null ? null : (install: string) => pseudonymise(null, install),
    isServed: options.isServed ?? false,
    close: async () => {
      await graph.loaded.release();
      await engine.close();
      await catalog.close();
    },
  });
}
