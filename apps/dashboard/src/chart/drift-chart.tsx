import type { DriftPoint, LoopStatus } from "@tideline/spec";
import { Area, CartesianGrid, ComposedChart, Line, ResponsiveContainer, XAxis, YAxis } from "recharts";
import { formatCount, formatPercent, formatPercentTick } from "../format/number.ts";
import { formatDateTime, formatTime } from "../format/time.ts";
import { AXIS, HEIGHT, marginFor, STROKE, timeAxis } from "./axis.ts";
import { ChartFigure } from "./chart-figure.tsx";
import { markersOf } from "./marker.ts";
import { MarkerLines, markerRows } from "./marker-lines.tsx";

const columns = [
  { title: "Time", cell: (point: DriftPoint) => formatDateTime(point.at) },
  { title: "Verdict", cell: (point: DriftPoint) => point.verdict },
  { title: "Features over", cell: (point: DriftPoint) => formatPercent(point.fraction), numeric: true },
  {
    title: "By chance at most",
    cell: (point: DriftPoint) => formatPercent(point.nullFraction),
    numeric: true,
  },
  { title: "People", cell: (point: DriftPoint) => formatCount(point.people), numeric: true },
];

const legend = [
  { name: "observed", color: "var(--warn)" },
  { name: "reached by chance", color: "var(--muted)", dashed: true },
];

function summaryOf({ at, verdict, people, fraction, nullFraction }: DriftPoint): string {
  const who = `${formatCount(people)} ${people === 1 ? "person" : "people"}`;
  if (verdict === "waiting") return `${who} reported by ${formatTime(at)}: too few for a verdict.`;
  const shares = `${formatPercent(fraction)} of the features of ${who} are over their threshold, against at most ${formatPercent(nullFraction)} by chance`;
  return `${verdict === "drifted" ? "Drifted" : "Stable"} at ${formatTime(at)}: ${shares}.`;
}

/** Share of features over their threshold against what people of the reference reach when bootstrapped. */
export function DriftChart({
  drift,
  releases,
}: {
  readonly drift: LoopStatus["drift"];
  readonly releases: LoopStatus["releases"];
}) {
  const { points } = drift;
  const axis = timeAxis(points.map((point) => point.at));
  const markers = markersOf(drift, releases).filter(({ at }) => at >= axis.domain[0] && at <= axis.domain[1]);
  const judged = points.map((point) => (point.verdict === "waiting" ? { at: point.at } : point));
  return (
    <ChartFigure
      title="Share of features over their threshold"
      summary={summaryOf(points.at(-1)!)}
      legend={legend}
      rows={points}
      columns={columns}
      rowKey={(point) => String(point.at)}
    >
      <ResponsiveContainer
        width="100%"
        height={HEIGHT.tall}
        initialDimension={{ width: 320, height: HEIGHT.tall }}
      >
        <ComposedChart data={judged} margin={marginFor(markerRows(markers))} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis {...axis} />
          <YAxis {...AXIS} domain={[0, 1]} tickCount={5} width={48} tickFormatter={formatPercentTick} />
          <MarkerLines markers={markers} from={axis.domain[0]} to={axis.domain[1]} />
          <Area
            {...STROKE}
            dataKey="fraction"
            stroke="var(--warn)"
            fill="var(--warn)"
            fillOpacity={0.12}
            dot={points.length < 4}
          />
          <Line {...STROKE} dataKey="nullFraction" stroke="var(--muted)" strokeDasharray="5 4" dot={false} />
        </ComposedChart>
      </ResponsiveContainer>
    </ChartFigure>
  );
}
