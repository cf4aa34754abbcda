import type { LoopStatus } from "@tideline/spec";
import { FigureList, type KeyFigure } from "../frame/figure-list.tsx";
import { formatCompact, formatCount, formatPercent, UNKNOWN } from "../format/number.ts";
import { formatDuration } from "../format/time.ts";
import "./headline.css";

/** Mean over the last ten seconds, so that the figure can be read while it changes. */
function recent(rate: LoopStatus["ingest"]["rate"], field: "events" | "samples"): number {
  const last = rate.slice(-10);
  return last.length === 0 ? 0 : last.reduce((sum, point) => sum + point[field], 0) / last.length;
}

function accuracyFigure({ accuracy, drift, releases }: LoopStatus): KeyFigure {
  const last = accuracy.at(-1);
  if (last === undefined) return { name: "Live accuracy", value: UNKNOWN, note: "no label yet" };
  const drifted = drift.points.at(-1)?.verdict === "drifted";
  const version = releases.find((release) => release.id === last.release)?.version;
  const note = version === undefined ? "of the release in use" : `of release ${version}`;
  return {
    name: "Live accuracy",
    value: formatPercent(last.accuracy),
    note,
    ...(drifted ? { tone: "warn" } : {}),
  };
}

function driftFigure({ drift }: LoopStatus): KeyFigure {
  const last = drift.points.at(-1);
  if (last === undefined) return { name: "Drift", value: UNKNOWN, note: "not assessed yet" };
  if (last.verdict === "waiting") return { name: "Drift", value: UNKNOWN, note: "too few people yet" };
  const note = `${formatPercent(last.fraction)} of features over`;
  return last.verdict === "drifted"
    ? { name: "Drift", value: "drifted", note, tone: "warn" }
    : { name: "Drift", value: "stable", note };
}

/** The figures that a visitor looks for first. */
export function Headline({ status }: { readonly status: LoopStatus }) {
  const { ingest, releases, labels } = status;
  const newest = releases.toSorted((left, right) => left.version - right.version).at(-1);
  const figures: readonly KeyFigure[] = [
    {
      name: "Events accepted",
      value: formatCount(ingest.accepted),
      note: `${formatCount(recent(ingest.rate, "events"))} a second`,
    },
    {
      name: "Sensor samples",
      value: formatCompact(ingest.samples),
      note: `${formatCompact(recent(ingest.rate, "samples"))} a second`,
    },
    accuracyFigure(status),
    driftFigure(status),
    {
      name: "Labels known",
      value: formatPercent(labels.coverage),
      note:
        labels.medianDelay > 0 ? `median delay ${formatDuration(labels.medianDelay)}` : "of all predictions",
    },
    {
      name: "Newest release",
      value: newest === undefined ? UNKNOWN : String(newest.version),
      note:
        newest === undefined
          ? "none yet"
          : `on ${formatCount(newest.phones)} ${newest.phones === 1 ? "phone" : "phones"}`,
    },
  ];
  return (
    <section className="headline" aria-label="Key figures">
      <FigureList figures={figures} large />
    </section>
  );
}
