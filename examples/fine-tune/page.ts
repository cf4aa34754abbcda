import { chart } from "./chart.ts";
import { element, percent, show } from "./element.ts";
import type { Judgement } from "./judge.ts";
import type { News, Order } from "./message.ts";
import { offerFiles, showKnown, withdrawFiles } from "./result-section.ts";
import { offerSettings, readSettings } from "./settings-form.ts";

const start = element<HTMLButtonElement>("start");
const stop = element<HTMLButtonElement>("stop");
const lossChart = chart("loss-chart", "Loss", undefined, (value) => value.toFixed(2));
const accuracyChart = chart("accuracy-chart", "Accuracy", 1, percent);
const worker = new Worker("worker.js", { type: "module" });
const order = (given: Order): void => worker.postMessage(given);

/** What is known of the run under way. */
let run = {
  losses: [] as number[],
  accuracies: [] as number[],
  epochs: 1,
  before: undefined as Judgement | undefined,
};

function say(state: string, isRunning: boolean): void {
  show("state", state);
  start.disabled = isRunning;
  stop.disabled = !isRunning;
}

/** Whether the worker has what it needs; before, a start would wait for an answer that never comes. */
let isReady = false;

function fail(words: string): void {
  say(isReady ? "failed" : "failed: reload the page to try again", false);
  start.disabled = !isReady;
  element("state").classList.add("failed");
  show("error", words);
  element("error").hidden = false;
}

function drawAccuracy(): void {
  const { accuracies, epochs, before } = run;
  const level = before === undefined ? {} : { level: { value: before.accuracy, name: "before" } };
  accuracyChart.draw({ values: accuracies, most: epochs, ...level });
}

const HEAR = {
  ready() {
    isReady = true;
    say("ready", false);
  },
  before({ before }) {
    run.before = before;
    showKnown(before);
    drawAccuracy();
  },
  step({ step, steps, loss }) {
    run.losses.push(loss);
    lossChart.draw({ values: run.losses, most: steps });
    show("steps", `${step} of ${steps}, loss ${loss.toFixed(3)}`);
  },
  epoch({ accuracy, millisecondsPerStep }) {
    run.accuracies.push(accuracy);
    drawAccuracy();
    if (millisecondsPerStep !== null) show("pace", `${millisecondsPerStep.toFixed(1)} ms (median)`);
  },
  done({ after, report, onnx }) {
    showKnown(run.before, after);
    show("graph", `SHA-256 ${report.stepGraphSha256}`);
    offerFiles(onnx, report);
    say(`learned in ${run.losses.length} steps`, false);
  },
  failed: ({ words }) => fail(words),
} satisfies { readonly [Kind in News["kind"]]: (news: Extract<News, { kind: Kind }>) => void };

worker.addEventListener("message", ({ data }: MessageEvent<News>) => {
  (HEAR[data.kind] as (news: News) => void)(data);
});
worker.addEventListener("error", ({ message }) => fail(message || "The worker could not be started."));

element<HTMLFormElement>("settings").addEventListener("submit", (event) => {
  event.preventDefault();
  const settings = readSettings();
  run = { losses: [], accuracies: [], epochs: settings.epochs, before: undefined };
  withdrawFiles();
  showKnown();
  element("error").hidden = true;
  element("state").classList.remove("failed");
  lossChart.draw({ values: [], most: 1 });
  drawAccuracy();
  say("learning", true);
  order({ kind: "start", settings });
});
stop.addEventListener("click", () => {
  stop.disabled = true;
  order({ kind: "stop" });
});

offerSettings();
showKnown();
navigator.serviceWorker
  ?.register("service-worker.js")
  .then(() => navigator.serviceWorker.ready)
  .then(
    () => (element("offline").hidden = false),
    // A private window may refuse to keep files; the page works, with a network.
    () => {},
  );
