import type { LoopReport, LoopStatus } from "@tideline/spec";
import { memo } from "react";
import { AccuracyChart } from "../chart/accuracy-chart.tsx";
import { formatPercent } from "../format/number.ts";
import { FigureList } from "../frame/figure-list.tsx";
import { NothingYet } from "../frame/nothing-yet.tsx";
import { Panel } from "../frame/panel.tsx";

/** Before, drifted and after, over the people who never enter any training. */
function Turn({ accuracy }: { readonly accuracy: LoopReport["accuracy"] }) {
  return (
    <FigureList
      figures={[
        { name: "Before drift", value: formatPercent(accuracy.before) },
        {
          name: "Drifted",
          value: formatPercent(accuracy.drifted),
          ...(accuracy.drifted === null ? {} : { tone: "warn" }),
        },
        {
          name: "After retraining",
          value: formatPercent(accuracy.after),
          ...(accuracy.after === null ? {} : { tone: "good" }),
        },
      ]}
    />
  );
}

/** Properties of {@link AccuracyPanel}. */
export interface AccuracyPanelProps {
  readonly accuracy: LoopStatus["accuracy"];
  readonly drift: LoopStatus["drift"];
  readonly releases: LoopStatus["releases"];
  readonly report: LoopReport | null;
}

/** How well the model in use works, as late labels tell. */
export const AccuracyPanel = memo(function AccuracyPanel({
  accuracy,
  drift,
  releases,
  report,
}: AccuracyPanelProps) {
  return (
    <Panel title="Live accuracy" note="Of people whom the release in use was not trained on." columns={7}>
      {accuracy.length === 0 ? (
        <NothingYet sentence="The curve begins when phones predict and the first labels come back." />
      ) : (
        <AccuracyChart points={accuracy} drift={drift} releases={releases} />
      )}
      {report === null ? null : <Turn accuracy={report.accuracy} />}
    </Panel>
  );
});
