import { slowdownWords, type BenchmarkReport, type CaseReport } from "@tideline/spec/benchmark";
import { bytes } from "../output/figure.ts";
import { table } from "../output/table.ts";
import { plainText } from "./profile-text.ts";

/** A time in milliseconds, to three digits. */
const time = (ms: number | undefined): string =>
  ms === undefined
    ? "-"
    : ms < 1
      ? `${Number((1000 * ms).toPrecision(3))} us`
      : `${Number(ms.toPrecision(3))} ms`;

/** A kind's name from a file's. */
const kindText = ({ artifact }: CaseReport): string => plainText(artifact, 24);

/** What a device measured, as a table, with what did not come to a time below it. */
export function deviceText({ device, cases }: BenchmarkReport): string {
  const { name, system, processor, cores } = device;
  const where = [name, system, processor, cores === null ? null : `${cores} cores`]
    .filter((part) => part !== null)
    .map((part) => plainText(part, 90))
    .join(", ");
  const timed = cases.filter(({ times }) => times !== null);
  const shown = table(
    timed,
    [
      { name: "file", text: kindText },
      { name: "runtime", text: ({ runtime, version }) => plainText(`${runtime} ${version}`, 44) },
      { name: "size", text: ({ bytes: size }) => bytes(size), align: "right" },
      { name: "cold load", text: ({ times }) => time(times?.coldMs), align: "right" },
      { name: "first", text: ({ times }) => time(times?.firstMs), align: "right" },
      { name: "p50", text: ({ times }) => time(times?.p50Ms), align: "right" },
      { name: "p90", text: ({ times }) => time(times?.p90Ms), align: "right" },
      { name: "p99", text: ({ times }) => time(times?.p99Ms), align: "right" },
      { name: "memory", text: ({ memory }) => (memory === null ? "-" : bytes(memory.peak)), align: "right" },
      {
        name: "last/first",
        text: ({ times }) => times?.sustained?.lastOverFirst.toFixed(2) ?? "-",
        align: "right",
      },
    ],
    "No case came to a time.",
  );
  const notes = cases.flatMap((one) =>
    notesOf(one).map((note) => `  ${kindText(one)} on ${plainText(one.runtime, 40)}: ${note}`),
  );
  return [where, "", shown, ...(notes.length === 0 ? [] : ["", ...notes])].join("\n");
}

/** What a reader must know of a case besides its figures. */
function notesOf({ state, reason, times }: CaseReport): readonly string[] {
  if (state === "wrong") return [`WRONG ANSWER: ${plainText(reason ?? "", 300)}`];
  if (state === "failed") return [`did not run: ${plainText(reason ?? "", 300)}`];
  const notes: string[] = [];
  const { cold } = times!;
  if (cold !== undefined && cold.processes > 1 && cold.mostMs > 2 * cold.leastMs)
    notes.push(
      `cold loads of ${cold.processes} processes differ much, ${time(cold.leastMs)} to ${time(cold.mostMs)}: others wanted the processor or the disk`,
    );
  if (times!.group > 1)
    notes.push(
      `percentiles are of means of ${times!.group} calls: the clock steps by ${time(times!.clockMs)}`,
    );
  const { sustained } = times!;
  if (sustained !== null && sustained.seconds >= 30 && sustained.lastOverFirst < 0.9)
    notes.push(slowdownWords(sustained));
  return notes;
}
