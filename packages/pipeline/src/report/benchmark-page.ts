import { phoneWords, slowdownWords, type BenchmarkReport, type CaseReport } from "@tideline/spec/benchmark";
import { caseTable, conditionList } from "./benchmark-table.ts";
import { count, number } from "./figure.ts";
import { figure } from "./figure-box.ts";
import { markup, type Markup } from "./markup.ts";
import { page, type PageOptions } from "./page.ts";
import { rateLine } from "./plot/rate-line.ts";
import { shareBars } from "./plot/share-bars.ts";
import { shownText } from "./shown-text.ts";

/** What the page of a benchmark says besides its reports. */
export interface BenchmarkPageOptions extends PageOptions {
  /** Files that no runtime of the benchmark takes, and kinds that the model does not come in. */
  readonly left: readonly {
    readonly artifact: string;
    readonly bytes: number | null;
    readonly reason: string;
  }[];
}

/** Operators of a case that are shown; the rest is added up. */
const MOST_OPERATORS = 12;

const nameOf = ({ artifact, runtime }: CaseReport): string => `${artifact}, ${runtime}`;

/** A time in milliseconds as a bar's text. */
const timeText = (ms: number): string =>
  ms < 1
    ? `${number(Number((1000 * ms).toPrecision(3)))} \u00b5s`
    : `${number(Number(ms.toPrecision(3)))} ms`;

/**
 * A benchmark as one HTML file, which loads nothing and runs nothing: a part for each device that measured, the machine's own first.
 *
 * @example
 * await writeFile("report.html", benchmarkPage([own, ...phones], { what: "gym", at: Date.now(), left }));
 */
export function benchmarkPage(
  reports: readonly BenchmarkReport[],
  { what, at, left }: BenchmarkPageOptions,
): string {
  const name = shownText(what, 200);
  const cases = reports.flatMap((report) => report.cases);
  const bad = cases.filter(({ state }) => state !== "timed");
  const phones = reports.filter(({ device }) => device.kind === "phone");
  const body = markup`<h1>Benchmark of <bdi>${name}</bdi></h1>
<p class="verdict ${phones.length > 0 ? "pass" : "warn"}"><strong><bdi>${shownText(phoneWords(reports), 2000)}</bdi></strong></p>
<dl class="figures" id="summary">${[
    figure("Devices", count(reports.length), `${phones.length} of them phones`),
    figure("Cases timed", count(cases.length - bad.length), `of ${count(cases.length)}`),
    figure(
      "Wrong answers",
      count(bad.filter(({ state }) => state === "wrong").length),
      "these have no times",
    ),
    figure("Did not run", count(bad.filter(({ state }) => state === "failed").length)),
  ]}</dl>
${reports.map((report, place) => devicePart(report, place))}
<h2 id="left">Not run</h2>
${
  left.length === 0
    ? markup`<p>Every kind of file was run.</p>`
    : markup`<ul class="look">${left.map(({ artifact, reason }) => markup`<li><strong><bdi>${shownText(artifact)}</bdi></strong>: ${shownText(reason, 400)}</li>`)}</ul>`
}
<h2 id="read">How to read it</h2>
<p>Each answer to the vectors was held against them before anything was timed, and each timed call (of a group: its last one) against the checked answers. Cold load is the runtime and the model from nothing, of several processes the middle one; its range is that of all of them. Percentiles are by nearest rank. Memory is resident memory of the process at its highest, and before the runtime was loaded. The sustained run is calls one after another; its rate by tenths shows whether the device slows, as it does when it throttles or when something else wants its processor. Times by operator come from a session of their own with the profiler on, which costs time itself: read them as shares.</p>`;
  return page({
    title: `Benchmark of ${name}`,
    parts: [
      { id: "summary", name: "Summary" },
      ...reports.map(({ device }, place) => ({ id: `device-${place}`, name: deviceName(device) })),
      { id: "left", name: "Not run" },
      { id: "read", name: "How to read it" },
    ],
    body,
    at,
  });
}

const KINDS = {
  machine: "This machine",
  browser: "Browser",
  phone: "Phone",
  simulator: "Simulator",
  engine: "Engine",
} as const;

const deviceName = ({ kind, name }: BenchmarkReport["device"]): string =>
  `${KINDS[kind]}: ${shownText(name, 60)}`;

function devicePart(report: BenchmarkReport, place: number): Markup {
  const timed = report.cases.filter(({ times }) => times !== null);
  const slowest = Math.max(...timed.map(({ times }) => times!.p50Ms), Number.MIN_VALUE);
  const bars = timed
    .toSorted((a, b) => a.times!.p50Ms - b.times!.p50Ms)
    .map((one) => ({
      name: nameOf(one),
      share: one.times!.p50Ms / slowest,
      text: timeText(one.times!.p50Ms),
    }));
  return markup`<h2 id="device-${place}">${deviceName(report.device)}</h2>
${conditionList(report)}
${
  bars.length === 0
    ? null
    : markup`<figure><figcaption>Median time of a call, one row.</figcaption>${shareBars("Median time of a call of each case, the shortest first; the figures are in the table below.", bars)}</figure>`
}
${caseTable(report.cases, `All cases on ${deviceName(report.device)}`)}
${timed.filter(({ times, operators }) => times!.sustained !== null || operators !== null).map((one) => caseCard(one))}`;
}

function caseCard(one: CaseReport): Markup {
  const { times, operators, operatorReason } = one;
  const { sustained } = times!;
  return markup`<section class="card"><header><h3><bdi>${shownText(nameOf(one))}</bdi></h3></header><div class="two">${
    sustained === null
      ? null
      : markup`<figure>${rateLine(`Calls a second by tenths of the sustained run: ${sustained.rates.map((rate) => number(Math.round(rate))).join(", ")}.`, sustained.rates)}<figcaption>${number(Math.round(sustained.rates[0]!))} calls a second in the first tenth of ${number(Number(sustained.seconds.toPrecision(3)))} s, ${number(Math.round(sustained.rates.at(-1)!))} in the last: ${slowdownWords(sustained)}.</figcaption></figure>`
  }${operatorPart(operators, operatorReason)}</div></section>
`;
}

function operatorPart(operators: CaseReport["operators"], reason: string | null): Markup {
  if (operators === null)
    return markup`<p class="note">No times by operator: ${shownText(reason ?? "", 300)}.</p>`;
  const all = operators.reduce((sum, { us }) => sum + us, 0);
  const rest = operators.slice(MOST_OPERATORS);
  const shown = [
    ...operators.slice(0, MOST_OPERATORS).map(({ op, nodes, us, provider }) => ({
      name: `${shownText(op, 20)} \u00d7${nodes}, ${shownText(provider.replace("ExecutionProvider", ""), 10)}`,
      us,
    })),
    ...(rest.length === 0
      ? []
      : [{ name: `${rest.length} others`, us: rest.reduce((sum, { us }) => sum + us, 0) }]),
  ];
  const bars = shown.map(({ name, us }) => ({
    name,
    share: all === 0 ? 0 : us / all,
    text: `${number(Number(us.toPrecision(3)))} \u00b5s`,
  }));
  const text = shown.map(({ name, us }) => `${name} ${us.toPrecision(3)} microseconds`).join("; ");
  return markup`<figure>${shareBars(`Time by operator: ${text}.`, bars)}<figcaption>Time of a call by operator, with the profiler on.</figcaption></figure>`;
}
