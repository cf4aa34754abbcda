import type { AccuracyPoint, LoopStatus } from "@tideline/spec";
import { CartesianGrid, Line, LineChart, ResponsiveContainer, XAxis, YAxis } from "recharts";
import { formatCount, formatPercent, formatPercentTick, shortId } from "../format/number.ts";
import { formatDateTime, formatTime } from "../format/time.ts";
import { accuracyRows } from "./accuracy-rows.ts";
import { AXIS, HEIGHT, marginFor, shareTicks, STROKE, timeAxis } from "./axis.ts";
import { ChartFigure } from "./chart-figure.tsx";
import { markersOf } from "./marker.ts";
import { MarkerLines, markerRows } from "./marker-lines.tsx";

const columns = [
  { title: "Time", cell: (point: AccuracyPoint) => formatDateTime(point.at) },
  { title: "Release", cell: (point: AccuracyPoint) => shortId(point.release), code: true },
  { title: "Accuracy", cell: (point: AccuracyPoint) => formatPercent(point.accuracy), numeric: true },
  { title: "Labelled", cell: (point: AccuracyPoint) => formatCount(point.labelled), numeric: true },
];

function summaryOf(points: readonly AccuracyPoint[]): string {
  const last = points.at(-1)!;
  const lowest = points.reduce((low, point) => (point.accuracy < low.accuracy ? point : low));
  const now = `${formatPercent(last.accuracy)} at ${formatTime(last.at)}, over ${formatCount(last.labelled)} labelled predictions`;
  return lowest === last
    ? `${now}.`
    : `${now}; lowest ${formatPercent(lowest.accuracy)} at ${formatTime(lowest.at)}.`;
}

/** Properties of {@link AccuracyChart}. */
export interface AccuracyChartProps {
  /** At least one. */
  readonly points: readonly AccuracyPoint[];
  readonly drift: LoopStatus["drift"];
  readonly releases: LoopStatus["releases"];
}

/** Live accuracy over the loop's clock, a line a release, with markers for releases and drift. */
export function AccuracyChart({ points, drift, releases }: AccuracyChartProps) {
  const { lines, rows } = accuracyRows(points, releases);
  const axis = timeAxis(points.map((point) => point.at));
  const markers = markersOf(drift, releases).filter(({ at }) => at >= axis.domain[0] && at <= axis.domain[1]);
  const lowest = Math.min(...points.map((point) => point.accuracy));
  const ticks = shareTicks(lowest);
  return (
    <ChartFigure
      title="Share of labelled predictions that were right"
      summary={summaryOf(points)}
      legend={lines}
      rows={points}
      columns={columns}
      rowKey={(point) => `${point.release}${point.at}`}
    >
      <ResponsiveContainer
        width="100%"
        height={HEIGHT.tall}
        initialDimension={{ width: 320, height: HEIGHT.tall }}
      >
        <LineChart data={[...rows]} margin={marginFor(markerRows(markers))} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis {...axis} />
          <YAxis
            {...AXIS}
            domain={[ticks[0]!, 1]}
            ticks={[...ticks]}
            interval={0}
            width={48}
            tickFormatter={formatPercentTick}
          />
          <MarkerLines markers={markers} from={axis.domain[0]} to={axis.domain[1]} />
          {lines.map(({ key, color }) => (
            <Line
              key={key}
              {...STROKE}
              dataKey={key}
              stroke={color}
              dot={points.length < 16 ? { r: 2.5, fill: color, strokeWidth: 0 } : false}
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </ChartFigure>
  );
}
