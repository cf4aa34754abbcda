import type { BenchmarkReport, CaseReport } from "@tideline/spec/benchmark";
import { count, number } from "./figure.ts";
import { markup, type Markup } from "./markup.ts";
import { shownText } from "./shown-text.ts";

const three = (value: number): string => number(Number(value.toPrecision(3)));
const megabytes = (value: number): string => three(value / 1e6);

/** All cases of a device as a table, and what is to be said of them as a list: sentences beside figures widen every row. */
export function caseTable(cases: readonly CaseReport[], label: string): Markup {
  const heads = [
    "Bytes",
    "Cold load ms",
    "Its range",
    "First ms",
    "p50 ms",
    "p90 ms",
    "p99 ms",
    "Memory MB",
    "Before MB",
    "Last/first",
  ];
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="${label}"><table><thead><tr><th scope="col">File</th><th scope="col">Runtime</th>${heads.map((head) => markup`<th scope="col" class="number">${head}</th>`)}</tr></thead><tbody>
${cases.map((one) => caseRow(one))}</tbody></table></div>
${noteList(cases)}`;
}

/** The shortest and the longest cold load, and of how many processes. */
const rangeOf = ({ cold }: NonNullable<CaseReport["times"]>): string =>
  cold === undefined || cold.processes < 2
    ? "\u2013"
    : `${three(cold.leastMs)} to ${three(cold.mostMs)} of ${cold.processes}`;

/** What keeps a case from figures, in two words. */
const markOf = (state: CaseReport["state"]): Markup =>
  markup`<span class="state fail">\u2715 ${state === "wrong" ? "wrong answer" : "did not run"}</span>`;

function caseRow({ artifact, runtime, version, bytes, state, times, memory }: CaseReport): Markup {
  const cells =
    times === null
      ? []
      : [
          three(times.coldMs),
          rangeOf(times),
          three(times.firstMs),
          three(times.p50Ms),
          three(times.p90Ms),
          three(times.p99Ms),
          memory === null ? "\u2013" : megabytes(memory.peak),
          memory === null ? "\u2013" : megabytes(memory.before),
          times.sustained === null ? "\u2013" : three(times.sustained.lastOverFirst),
        ];
  return markup`<tr><th scope="row" class="name"><bdi>${shownText(artifact)}</bdi></th><td><bdi>${shownText(`${runtime} ${version}`)}</bdi></td><td class="number">${count(bytes)}</td>${
    times === null
      ? markup`<td colspan="9">${state === "timed" ? "\u2013" : markOf(state)}</td>`
      : cells.map((cell) => markup`<td class="number">${cell}</td>`)
  }</tr>
`;
}

/** What is to be said of cases, one line each. */
function noteList(cases: readonly CaseReport[]): Markup | null {
  const lines = cases.flatMap((one) => {
    const { artifact, runtime, state, reason, times, memoryReason, fresh } = one;
    const notes = [
      ...(reason === null ? [] : [reason]),
      ...(times !== null && times.group > 1
        ? [`percentiles are of means of ${times.group} calls: the clock steps by ${three(times.clockMs)} ms`]
        : []),
      ...(memoryReason === null ? [] : [memoryReason]),
      ...(fresh ? [] : ["not the first case of its process"]),
    ];
    if (notes.length === 0) return [];
    const mark = state === "timed" ? null : markup`${markOf(state)}: `;
    return [
      markup`<li><strong><bdi>${shownText(`${artifact}, ${runtime}`)}</bdi></strong>: ${mark}${shownText(notes.join("; "), 500)}</li>`,
    ];
  });
  return lines.length === 0 ? null : markup`<ul class="look">${lines}</ul>`;
}

/** What a device is and how it was. */
export function conditionList({ device, before, after, at }: BenchmarkReport): Markup {
  const { name, system, processor, cores, memoryBytes } = device;
  const share = (level: number | null): string =>
    level === null ? "not told" : `${Math.round(100 * level)} %`;
  const yes = (value: boolean | null): string => (value === null ? "not told" : value ? "yes" : "no");
  // A machine on the mains says nothing; that a phone says nothing is worth a line.
  const isTold =
    device.kind === "phone" ||
    [...Object.values(before), ...Object.values(after)].some((value) => value !== null);
  const rows: readonly (readonly [string, string])[] = [
    ["Device", name],
    ["System", system],
    ["Processor", `${processor ?? "not told"}${cores === null ? "" : `, ${cores} cores`}`],
    ["Memory", memoryBytes === null ? "not told" : `${three(memoryBytes / 2 ** 30)} GiB`],
    ...(isTold
      ? [
          [
            "Battery",
            `${share(before.batteryLevel)}, after ${share(after.batteryLevel)}; charging: ${yes(before.charging)}; saves power: ${yes(before.lowPower)}`,
          ] as const,
          ["Thermal state", `${before.thermal ?? "not told"}, after ${after.thermal ?? "not told"}`] as const,
        ]
      : []),
    ["Measured", `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`],
  ];
  return markup`<dl class="list">${rows.map(([term, text]) => markup`<dt>${term}</dt><dd><bdi>${shownText(text, 300)}</bdi></dd>`)}</dl>`;
}
