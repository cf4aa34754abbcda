import { ReferenceLine } from "recharts";
import { type Marker, MARKER_COLOR } from "./marker.ts";

/** The most rows that the names of markers take; neighbours stand in different ones and so do not touch. */
const MOST_ROWS = 3;

/** Rows that the names of these markers take above the plot. */
export const markerRows = (markers: readonly Marker[]): number => Math.min(MOST_ROWS, markers.length);

/** The name of a marker above the plot, with a line down to it. */
function markerLabel({ kind, name }: Marker, row: number, anchor: "start" | "end") {
  return function MarkerLabel({ viewBox }: { readonly viewBox?: unknown }) {
    const { x = 0, y = 0 } = viewBox as { x?: number; y?: number };
    const base = 11 + 15 * row;
    const color = MARKER_COLOR[kind];
    return (
      <g>
        <path d={`M${x} ${base - 9}V${y}`} stroke={color} strokeWidth={1.5} />
        <text
          x={x + (anchor === "start" ? 5 : -5)}
          y={base}
          textAnchor={anchor}
          fill={color}
          fontSize={12}
          fontWeight={600}
        >
          {name}
        </text>
      </g>
    );
  };
}

/** Properties of {@link MarkerLines}. */
export interface MarkerLinesProps {
  /** Within the axis, oldest first. */
  readonly markers: readonly Marker[];
  readonly from: number;
  readonly to: number;
}

/** Vertical lines at the markers. */
export function MarkerLines({ markers, from, to }: MarkerLinesProps) {
  return markers.map((marker, index) => (
    <ReferenceLine
      key={`${marker.kind}${marker.at}`}
      x={marker.at}
      stroke={MARKER_COLOR[marker.kind]}
      strokeWidth={1.5}
      strokeDasharray={marker.kind === "release" ? undefined : "4 3"}
      label={markerLabel(marker, index % MOST_ROWS, marker.at > from + 0.7 * (to - from) ? "end" : "start")}
    />
  ));
}
