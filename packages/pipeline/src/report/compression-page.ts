import type { CompressionEntry, CompressionReport, Sensitivity } from "@tideline/graph/compress";
import { count, number, percent } from "./figure.ts";
import { figure } from "./figure-box.ts";
import { layerParts, sensitivityTable } from "./compression-layer.ts";
import { markup, type Markup } from "./markup.ts";
import { page, type PageOptions } from "./page.ts";
import { paretoPlot } from "./plot/pareto-plot.ts";
import { shownText } from "./shown-text.ts";

/** What the page says besides the report. */
export interface CompressionPageOptions extends PageOptions {
  /** The entry that was taken; none where nothing was. */
  readonly chosen?: string;
  /** By how much the score may fall. */
  readonly gate?: number;
  /** What the score is, such as "accuracy on held-out people". */
  readonly judge?: string;
  /** Rows that judged. */
  readonly rows?: number;
  /** What each layer alone costs in each precision. */
  readonly sensitivities?: readonly Sensitivity[];
}

/**
 * Forms of a model beside each other as one HTML file, which loads nothing and runs nothing: bytes against score and time against
 * score with what no other form beats, then a table of forms, of slices, and of layers.
 *
 * @param report as `compressionReport` gives it: of any forms, pruned and distilled ones too.
 * @example
 * await writeFile("forms.html", compressionPage(report, { what: "gym.onnx", at: Date.now(), chosen: "int8", gate: 0.01 }));
 */
export function compressionPage(report: CompressionReport, options: CompressionPageOptions): string {
  const { entries, missing, runs } = report;
  const { what, at, chosen, gate, judge = "score", rows, sensitivities = [] } = options;
  const [before] = entries;
  const name = shownText(what, 200);
  const taken = entries.find((one) => one.name === chosen);
  const slices = Object.keys(before!.slices);
  const withLayers = entries.filter(({ layers }) => layers.length > 0);
  const runtimes = [...new Set(entries.map(({ runtime }) => runtime))];
  const body = markup`<h1>Forms of <bdi>${name}</bdi></h1>
${taken === undefined ? null : verdict(taken, before!, gate)}
<dl class="figures" id="summary">${[
    ...(taken === undefined
      ? []
      : [
          figure("Bytes", count(taken.bytes), `${percent(taken.bytes, before!.bytes)} of before`),
          figure("Time of a run", `${taken.p50.toFixed(3)} ms`, `${taken.time.toFixed(2)} of before`),
          figure("Score", taken.score.toFixed(4), `${before!.score.toFixed(4)} before`),
        ]),
    figure(
      "Forms",
      count(entries.length),
      `${count(entries.filter(({ front }) => front).length)} on the front`,
    ),
    ...(rows === undefined ? [] : [figure("Rows that judge", count(rows))]),
  ]}</dl>
<h2 id="trade">What smaller and faster costs</h2>
<div class="two">${tradePlot(
    "Bytes of the file",
    entries,
    judge,
    ({ bytes }) => bytes,
    () => "",
  )}${tradePlot(
    "Milliseconds of a run, the middle one",
    entries,
    judge,
    ({ p50 }) => p50,
    ({ runtime }) => runtime,
  )}</div>
<p class="note">Filled: no other form is as small (or as fast) and as good. Numbers are those of the table.${
    runtimes.length > 1
      ? ` Times are held against each other on one runtime only; squares ran on ${runtimes[1]!}.`
      : ""
  }</p>
<h2 id="forms">All forms</h2>
${formTable(entries)}
<p class="note">The score: ${judge}${rows === undefined ? "" : ` on ${count(rows)} rows that no calibration saw`}. Times are of ${count(runs)} runs of each form in turn, on ${runtimes.join(" and ")} of the machine that wrote this page: no phone ran them.</p>
${
  missing.length === 0
    ? null
    : markup`<h3>Not there</h3><ul>${missing.map(
        ({ name: form, reason }) =>
          markup`<li><bdi>${shownText(form)}</bdi>: <bdi>${shownText(reason, 300)}</bdi></li>`,
      )}</ul>`
}
${slices.length === 0 ? null : markup`<h2 id="slices">Slices</h2>${sliceTable(entries, slices, gate)}`}
${withLayers.length === 0 ? null : markup`<h2 id="layers">Layers</h2>${layerParts(withLayers)}`}
${
  sensitivities.length === 0
    ? null
    : markup`<h2 id="alone">Each layer alone</h2><p>The score with this one layer in fewer bits and all others as they were, and how far the outputs move then.</p>${sensitivityTable(sensitivities)}`
}`;
  return page({
    title: `Forms of ${name}`,
    parts: [
      { id: "trade", name: "What it costs" },
      { id: "forms", name: "All forms" },
      ...(slices.length === 0 ? [] : [{ id: "slices", name: "Slices" }]),
      ...(withLayers.length === 0 ? [] : [{ id: "layers", name: "Layers" }]),
      ...(sensitivities.length === 0 ? [] : [{ id: "alone", name: "Each layer alone" }]),
    ],
    body,
    at,
  });
}

/** Whether the taken form keeps to the gate, in a sentence. */
function verdict(taken: CompressionEntry, before: CompressionEntry, gate: number | undefined): Markup {
  const held = gate === undefined || taken.score >= before.score - gate;
  const fall = before.score - taken.score;
  const said = fall > 0 ? `falls by ${number(Number(fall.toPrecision(3)))}` : "does not fall";
  const allowed = gate === undefined ? "" : `, and may by ${number(gate)}`;
  return markup`<p class="verdict ${held ? "pass" : "fail"}"><strong>${held ? "\u2713" : "\u2715"} <bdi>${shownText(taken.name)}</bdi> has ${percent(taken.bytes, before.bytes)} of the bytes; the score ${said}${allowed}.</strong></p>`;
}

function tradePlot(
  title: string,
  entries: readonly CompressionEntry[],
  judge: string,
  costOf: (entry: CompressionEntry) => number,
  groupOf: (entry: CompressionEntry) => string,
): Markup {
  const points = entries.map((one) => ({
    name: one.name,
    cost: costOf(one),
    score: one.score,
    group: groupOf(one),
  }));
  return markup`<figure><h3>${title}</h3>${paretoPlot(`${title} against ${judge} of ${points.length} forms; the figures are in the table of all forms.`, points)}<figcaption>To the right: ${title.toLowerCase()}. Upwards: ${judge}.</figcaption></figure>`;
}

const signed = (by: number): string =>
  by === 0 ? "\u2013" : `${by > 0 ? "+" : "\u2212"}${Math.abs(by).toFixed(4)}`;

function formTable(entries: readonly CompressionEntry[]): Markup {
  const [before] = entries;
  const heads = ["Bytes", "Of before", "ms", "p90", "Time", "Score", "Change", "Outputs moved"];
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="All forms"><table><thead><tr><th scope="col" class="number">No.</th><th scope="col">Form</th><th scope="col">Front</th>${heads.map(
    (head) => markup`<th scope="col" class="number">${head}</th>`,
  )}<th scope="col">Ran on</th></tr></thead><tbody>
${entries.map((one, at) => {
  const cells = [
    count(one.bytes),
    percent(one.bytes, before!.bytes),
    one.p50.toFixed(3),
    one.p90.toFixed(3),
    `${one.time.toFixed(2)} \u00d7`,
    one.score.toFixed(4),
    signed(one.score - before!.score),
    number(Number(one.error.toPrecision(3))),
  ];
  return markup`<tr><td class="number">${at + 1}</td><th scope="row" class="name"><bdi>${shownText(one.name)}</bdi></th><td>${one.front ? markup`<span class="state pass">\u25cf yes</span>` : "no"}</td>${cells.map(
    (cell) => markup`<td class="number">${cell}</td>`,
  )}<td>${one.runtime}</td></tr>
`;
})}</tbody></table></div>`;
}

/** Slices in lines, forms in columns; a slice that falls by more than the gate says so. */
function sliceTable(
  entries: readonly CompressionEntry[],
  slices: readonly string[],
  gate: number | undefined,
): Markup {
  const [before] = entries;
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="Score of slices"><table><thead><tr><th scope="col">Score of slice</th>${entries.map(
    ({ name }) => markup`<th scope="col" class="number"><bdi>${shownText(name, 40)}</bdi></th>`,
  )}</tr></thead><tbody>
${slices.map(
  (slice) => markup`<tr><th scope="row" class="name"><bdi>${shownText(slice)}</bdi></th>${entries.map(
    (one) => {
      const score = one.slices[slice]!;
      const falls = gate !== undefined && score < before!.slices[slice]! - gate;
      return falls
        ? markup`<td class="number"><span class="state fail">\u25bc ${score.toFixed(4)}</span></td>`
        : markup`<td class="number">${score.toFixed(4)}</td>`;
    },
  )}</tr>
`,
)}</tbody></table></div>
<p class="note">${gate === undefined ? "" : `\u25bc: falls by more than ${number(gate)}. `}The gate holds for all rows together; a slice of few rows may fall by chance.</p>`;
}
