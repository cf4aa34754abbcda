import type { LoopStatus } from "@tideline/spec";
import { memo } from "react";
import { DriftChart } from "../chart/drift-chart.tsx";
import { UNKNOWN } from "../format/number.ts";
import { formatDuration, formatTime } from "../format/time.ts";
import { FigureList } from "../frame/figure-list.tsx";
import { NothingYet } from "../frame/nothing-yet.tsx";
import { Panel } from "../frame/panel.tsx";

function Moments({ injectedAt, detectedAt }: LoopStatus["drift"]) {
  if (injectedAt === null && detectedAt === null) return null;
  const delay =
    injectedAt !== null && detectedAt !== null ? formatDuration(detectedAt - injectedAt) : UNKNOWN;
  return (
    <FigureList
      figures={[
        { name: "Drift begins", value: injectedAt === null ? UNKNOWN : formatTime(injectedAt) },
        { name: "Noticed", value: detectedAt === null ? UNKNOWN : formatTime(detectedAt) },
        { name: "In between", value: delay },
      ]}
    />
  );
}

/** Whether what phones see is still what the model was trained on. */
export const DriftPanel = memo(function DriftPanel({
  drift,
  releases,
}: {
  readonly drift: LoopStatus["drift"];
  readonly releases: LoopStatus["releases"];
}) {
  return (
    <Panel
      title="Drift"
      note="Compared with the reference, whose people are drawn anew to learn what chance does."
      columns={5}
    >
      {drift.points.length === 0 ? (
        <NothingYet sentence="Assessments begin when enough people have reported predictions." />
      ) : (
        <DriftChart drift={drift} releases={releases} />
      )}
      <Moments {...drift} />
    </Panel>
  );
});
