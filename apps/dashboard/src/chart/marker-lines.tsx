import { ReferenceLine } from "recharts";
import { type Marker, MARKER_COLOR } from "./marker.ts";

interface LabelPlace {
  readonly viewBox?: unknown;
}

/** The name of a marker above the plot; names alternate between two rows so that neighbours do not touch. */
function markerLabel(marker: Marker, row: number, anchor: "start" | "end") {
  return function MarkerLabel({ viewBox }: LabelPlace) {
    const { x = 0 } = viewBox as { x?: number };
    return (
      <text
        x={x + (anchor === "start" ? 4 : -4)}
        y={12 + 15 * row}
        textAnchor={anchor}
        fill={MARKER_COLOR[marker.kind]}
        fontSize={12}
        fontWeight={600}
      >
        {marker.name}
      </text>
    );
  };
}

/** Vertical lines at the markers within the axis. */
export function MarkerLines({
  markers,
  from,
  to,
}: {
  readonly markers: readonly Marker[];
  readonly from: number;
  readonly to: number;
}) {
  return markers
    .filter(({ at }) => at >= from && at <= to)
    .map((marker, index) => (
      <ReferenceLine
        key={`${marker.kind}${marker.at}`}
        x={marker.at}
        stroke={MARKER_COLOR[marker.kind]}
        strokeWidth={1.5}
        strokeDasharray={marker.kind === "release" ? undefined : "4 3"}
        label={markerLabel(marker, index % 2, marker.at > from + 0.7 * (to - from) ? "end" : "start")}
      />
    ));
}
