import type { LoopStatus } from "@tideline/spec";
import { Area, AreaChart, CartesianGrid, ResponsiveContainer, XAxis, YAxis } from "recharts";
import { formatCompact, formatCount } from "../format/number.ts";
import { AXIS, HEIGHT, STROKE } from "./axis.ts";
import { ChartFigure } from "./chart-figure.tsx";

/** Seconds that the server remembers. */
const SPAN = 120;

/** What of the rate is drawn. */
export interface RateChartProps {
  /** At least one. */
  readonly rate: LoopStatus["ingest"]["rate"];
  readonly field: "events" | "samples";
  readonly color: string;
}

/** Events or samples that the server accepted in each second of the last two minutes. */
export function RateChart({ rate, field, color }: RateChartProps) {
  const newest = rate.at(-1)!.second;
  const rows = rate.map((point) => ({ age: point.second - newest, value: point[field] }));
  const peak = Math.max(...rows.map((row) => row.value));
  const now = rows.at(-1)!.value;
  return (
    <ChartFigure
      title={`${field === "events" ? "Events" : "Samples"} a second`}
      summary={`${formatCount(now)} in the last second, ${formatCount(peak)} at most in the last ${rows.length}.`}
      rows={rows}
      columns={[
        { title: "Seconds ago", cell: ({ age }) => formatCount(-age) },
        {
          title: field === "events" ? "Events" : "Samples",
          cell: ({ value }) => formatCount(value),
          numeric: true,
        },
      ]}
      rowKey={({ age }) => String(age)}
    >
      <ResponsiveContainer
        width="100%"
        height={HEIGHT.low}
        initialDimension={{ width: 320, height: HEIGHT.low }}
      >
        <AreaChart data={rows} margin={{ top: 6, right: 14, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            {...AXIS}
            type="number"
            dataKey="age"
            domain={[-SPAN, 0]}
            ticks={[-120, -90, -60, -30, 0]}
            tickMargin={6}
            tickFormatter={(age: number) => (age === 0 ? "now" : `${age} s`)}
          />
          <YAxis
            {...AXIS}
            domain={[0, "auto"]}
            tickCount={3}
            width={48}
            tickFormatter={formatCompact}
            allowDecimals={false}
          />
          <Area
            {...STROKE}
            dataKey="value"
            stroke={color}
            fill={color}
            fillOpacity={0.14}
            dot={rows.length < 2}
          />
        </AreaChart>
      </ResponsiveContainer>
    </ChartFigure>
  );
}
