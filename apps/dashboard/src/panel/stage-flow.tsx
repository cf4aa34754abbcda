import type { StageProgress } from "@tideline/spec";
import { memo } from "react";
import { formatDuration } from "../format/time.ts";
import { Panel } from "../frame/panel.tsx";
import { stageSentence } from "../status/stage.ts";
import { StageMark } from "./stage-mark.tsx";
import "./stage-flow.css";

function Stage({ stage }: { readonly stage: StageProgress }) {
  const { name, state, seconds } = stage;
  return (
    <li className={`stage ${state}`}>
      <StageMark state={state} />
      <h3>{name}</h3>
      <p className="stage-state">
        {state}
        {state === "waiting" ? null : <span> · {formatDuration(seconds * 1000)}</span>}
      </p>
      <p className="stage-detail">{stageSentence(stage)}</p>
    </li>
  );
}

/** The eight stages of the loop in the order in which data travels, with the way back from the last to the first. */
export const StageFlow = memo(function StageFlow({ stages }: { readonly stages: readonly StageProgress[] }) {
  return (
    <Panel title="The loop">
      <div className="flow">
        <p className="flow-return">
          <span>Predictions and late labels come back as events</span>
        </p>
        <ol className="stages">
          {stages.map((stage) => (
            <Stage key={stage.name} stage={stage} />
          ))}
        </ol>
      </div>
    </Panel>
  );
});
