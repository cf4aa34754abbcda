/** A folder, what it takes and gives as data travels, and which others it may import. */
export interface Layer {
  /** Path from the root; the longest one that fits a file is its layer. */
  readonly path: string;
  readonly runsOn: string;
  readonly takes: string;
  readonly gives: string;
  /** Paths of the layers that its files may import. Its own files it always may. */
  readonly imports: readonly string[];
  /** Whether files (tests aside) may import Node's built-in modules. */
  readonly node?: boolean;
}

const ground = [
  "packages/spec",
  "packages/predict",
  "packages/graph",
  "packages/learn",
  "packages/pipeline/src",
];
const stages = [
  "packages/pipeline/src/catalog",
  "packages/pipeline/src/lake",
  "packages/pipeline/src/ingest",
  "packages/pipeline/src/runtime",
  "packages/pipeline/src/media",
  "packages/pipeline/src/dataset",
  "packages/pipeline/src/feature",
  "packages/pipeline/src/train",
  "packages/pipeline/src/release",
  "packages/pipeline/src/serve",
  "packages/pipeline/src/monitor",
  "packages/pipeline/src/subject",
  "packages/pipeline/src/retention",
];
const [catalog, lake] = stages as [string, string];

/** A stage may import the ground, catalog, lake and the stages before it. */
const before = (stage: string): readonly string[] => [...ground, ...stages.slice(0, stages.indexOf(stage))];

/**
 * The one list of legal imports, in the order in which data travels. A test holds the code against it, and
 * `LAYOUT.md` is generated from it.
 */
export const LAYERS: readonly Layer[] = [
  {
    path: "packages/spec",
    runsOn: "anywhere",
    takes: "what an app declares",
    gives: "contracts: events, windows, features, models, wire, releases, errors",
    imports: [],
  },
  {
    path: "examples/activity",
    runsOn: "anywhere",
    takes: "the vocabulary of spec",
    gives: "the definition that the main job runs",
    imports: ["packages/spec"],
  },
  {
    path: "packages/predict",
    runsOn: "phone, browser, Node",
    takes: "a model table and a row of numbers",
    gives: "the model's answer, from pure TypeScript",
    imports: [],
  },
  {
    path: "packages/device",
    runsOn: "phone, browser, Node",
    takes: "calls of an app, sensor samples, signed releases",
    gives: "batches of events, predictions",
    imports: ["packages/spec", "packages/predict"],
  },
  {
    path: "packages/react-native",
    runsOn: "phone",
    takes: "what React Native and the modules of Expo have",
    gives: "ports of the device: storage, network, keychain, conditions, cryptography, runtimes",
    imports: ["packages/spec", "packages/predict", "packages/device"],
  },
  {
    path: "packages/web",
    runsOn: "browser",
    takes: "the ports of the device core",
    gives: "IndexedDB, fetch, Web Cryptography, onnxruntime-web behind them, and a service worker that sends",
    imports: ["packages/spec", "packages/predict", "packages/device"],
  },
  {
    path: "examples/web",
    runsOn: "browser",
    takes: "the activity app and a server's address",
    gives: "a page that records, predicts and lets a person leave",
    imports: [
      "packages/spec",
      "packages/predict",
      "packages/device",
      "packages/web",
      "examples/activity",
      "packages/pipeline/src",
    ],
    node: true,
  },
  {
    path: "apps/fleet",
    runsOn: "Node",
    takes: "recordings, real or simulated",
    gives: "phones that play them over HTTP",
    imports: ["packages/spec", "packages/device"],
    node: true,
  },
  {
    path: "packages/pipeline/src/ingest",
    runsOn: "Node",
    takes: "batches over HTTP",
    gives: "a durable log, acknowledgements, a quarantine",
    imports: before("packages/pipeline/src/ingest"),
    node: true,
  },
  {
    path: lake,
    runsOn: "Node",
    takes: "records of the log",
    gives: "Parquet files and immutable snapshots",
    imports: [...ground, catalog],
    node: true,
  },
  {
    path: catalog,
    runsOn: "Node",
    takes: "facts about snapshots, runs, releases, alerts, steps",
    gives: "the metadata database and the ownership of a folder",
    imports: ground,
    node: true,
  },
  {
    path: "packages/pipeline/src/media",
    runsOn: "Node",
    takes: "encoded images",
    gives: "bytes of pixels, or why there are none",
    imports: ground,
    node: true,
  },
  {
    path: "packages/pipeline/src/frame",
    runsOn: "Node",
    takes: "Parquet, CSV, JSON, Arrow, SQL of an engine",
    gives: "frames piece by piece, what could not be read, and files of frames",
    imports: [...ground, catalog, lake],
    node: true,
  },
  {
    path: "packages/pipeline/src/report",
    runsOn: "Node",
    takes: "profiles of tables and findings of checks",
    gives: "pages that stand alone: one HTML file each",
    imports: ["packages/spec", "packages/learn"],
    node: true,
  },
  {
    path: "packages/pipeline/src/prepare",
    runsOn: "Node",
    takes: "a table or snapshot and the definition of a preparation",
    gives: "prepared columns by part, what was learnt of them, a graph, a log, a quarantine",
    imports: [...ground, catalog, lake, "packages/pipeline/src/frame"],
    node: true,
  },
  {
    path: "packages/pipeline/src/dataset",
    runsOn: "Node",
    takes: "a snapshot and the label rule",
    gives: "labelled windows of people: the spine",
    imports: before("packages/pipeline/src/dataset"),
    node: true,
  },
  {
    path: "packages/pipeline/src/feature",
    runsOn: "Node",
    takes: "a snapshot and a spine",
    gives: "features of windows and people, the training set",
    imports: before("packages/pipeline/src/feature"),
    node: true,
  },
  {
    path: "packages/graph",
    runsOn: "anywhere",
    takes: "operators and tensors",
    gives: "ONNX graphs: built, read, written, checked, interpreted; model tables; the port of runtimes",
    imports: ["packages/spec", "packages/predict"],
  },
  {
    path: "packages/learn",
    runsOn: "anywhere",
    takes: "columns",
    gives: "splits, fitted models, metrics, drift, lowered to graphs",
    imports: ["packages/spec", "packages/graph"],
  },
  {
    path: "examples/fine-tune",
    runsOn: "browser",
    takes: "a net fitted in Node, and windows of one person",
    gives: "a page that trains the net further and saves it",
    imports: ["packages/spec", "packages/graph", "packages/learn", "packages/pipeline/src"],
    node: true,
  },
  {
    path: "packages/pipeline/src/train",
    runsOn: "Node",
    takes: "a training set",
    gives: "a fitted model with what decided it, and its graph",
    imports: before("packages/pipeline/src/train"),
    node: true,
  },
  {
    path: "packages/pipeline/src/runtime",
    runsOn: "Node",
    takes: "graph bytes and tensors",
    gives: "tensors, from onnxruntime-node and onnxruntime-web",
    imports: ground,
    node: true,
  },
  {
    path: "packages/pipeline/src/release",
    runsOn: "Node",
    takes: "a graph and held-out windows",
    gives: "parity, self-test vectors, a signed release",
    imports: before("packages/pipeline/src/release"),
    node: true,
  },
  {
    path: "packages/pipeline/src/serve",
    runsOn: "Node",
    takes: "releases and requests",
    gives: "manifests, artifacts and predictions over HTTP",
    imports: before("packages/pipeline/src/serve"),
    node: true,
  },
  {
    path: "packages/pipeline/src/monitor",
    runsOn: "Node",
    takes: "predictions, late labels, a drift reference",
    gives: "live accuracy, drift, skew, alerts",
    imports: before("packages/pipeline/src/monitor"),
    node: true,
  },
  {
    path: "packages/pipeline/src/subject",
    runsOn: "Node",
    takes: "what a person asks for",
    gives: "an export of everything held, an erasure of it, a signed receipt",
    imports: before("packages/pipeline/src/subject"),
    node: true,
  },
  {
    path: "packages/pipeline/src/retention",
    runsOn: "Node",
    takes: "how long each event may be kept, and the clock",
    gives: "logs and a lake without rows past their time",
    imports: before("packages/pipeline/src/subject"),
    node: true,
  },
  {
    path: "packages/pipeline/src/flow",
    runsOn: "Node",
    takes: "the clock and the catalog",
    gives: "durable steps: snapshot, train, release, watch, retrain",
    imports: [...ground, ...stages],
    node: true,
  },
  {
    path: "packages/pipeline/src",
    runsOn: "Node",
    takes: "",
    gives: "what every stage shares: the log's record, crash points, the public list",
    imports: [...ground, ...stages, "packages/pipeline/src/flow"],
    node: true,
  },
  {
    path: "apps/dashboard",
    runsOn: "browser",
    takes: "the loop's status over HTTP",
    gives: "the web page",
    imports: ["packages/spec"],
    node: true,
  },
  {
    path: "examples/nets",
    runsOn: "Node",
    takes: "public data sets",
    gives: "nets that must reach a stated figure",
    imports: [...ground, "apps/fleet"],
    node: true,
  },
  {
    path: "examples/trees",
    runsOn: "Node",
    takes: "public data sets",
    gives: "boosted trees that must reach a stated figure",
    imports: [...ground, "apps/fleet", "examples/nets"],
    node: true,
  },
  {
    path: "examples/text",
    runsOn: "Node",
    takes: "public text messages",
    gives: "a linear model that must reach a stated figure, as one graph from text to probability",
    imports: [...ground, "examples/nets"],
    node: true,
  },
  {
    path: "packages/cli",
    runsOn: "Node",
    takes: "a command",
    gives: "the composition of everything, progress, exit codes",
    imports: [...ground, "packages/device", "apps/fleet", "apps/dashboard", "examples/activity"],
    node: true,
  },
];
