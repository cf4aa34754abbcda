import type { LoopMeasures } from "@tideline/pipeline";
import type { LoopReport, StageProgress } from "@tideline/spec";
import type { FleetSummary } from "./fleet.ts";

/** What the command itself knows of a run. */
export interface RunFacts {
  readonly source: string;
  readonly speed: number;
  readonly stages: readonly StageProgress[];
  readonly killed: number;
  readonly seconds: number;
  readonly peakMb: number;
}

/** Words on how the figures came about, and on what could not be run here. */
function notesOf({ speed, source }: RunFacts): readonly string[] {
  return [
    "Phones are the device core with Node adapters; most run onnxruntime-web, some the model table in plain TypeScript. Nothing ran on a phone's own hardware or on Hermes in this run.",
    `The clock ran ${speed} times as fast as the wall clock; latencies of predictions are real milliseconds of this machine.`,
    source === "simulated"
      ? "The fleet is simulated: its figures say that the loop works, not how good a model is on people."
      : "Recordings of UCI HAR: total acceleration and gyroscope, released after drift by turning every phone 180 degrees about z.",
    "Release keys are development keys; a phone in production refuses them.",
  ];
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** The report of a run. */
export function composeReport(facts: RunFacts, measures: LoopMeasures, summary: FleetSummary): LoopReport {
  const sum = (count: (phone: FleetSummary["phones"][number]) => number): number =>
    summary.phones.reduce((total, phone) => total + count(phone), 0);
  return {
    format: 1,
    source: facts.source,
    notes: notesOf(facts),
    stages: facts.stages.map((stage) => ({ ...stage, seconds: rounded(stage.seconds, 3) })),
    ...measures,
    phones: {
      count: summary.phones.length,
      killed: facts.killed,
      outages: sum(({ outages }) => outages),
      retries: sum(({ retries }) => retries),
    },
    seconds: rounded(facts.seconds, 3),
    peakMb: rounded(facts.peakMb, 1),
  };
}
