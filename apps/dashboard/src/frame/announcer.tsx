import type { StageProgress } from "@tideline/spec";
import { useEffect, useRef, useState } from "react";
import { stageSentence } from "../status/stage.ts";

/** Tells assistive technology, politely, which stages changed their state since the last picture. */
export function Announcer({ stages }: { readonly stages: readonly StageProgress[] }) {
  const before = useRef<readonly StageProgress[]>(stages);
  const [text, setText] = useState("");
  useEffect(() => {
    const changed = stages.filter((stage, index) => stage.state !== before.current[index]?.state);
    before.current = stages;
    if (changed.length === 0) return;
    setText(changed.map((stage) => `${stage.name} is ${stage.state}: ${stageSentence(stage)}`).join(". "));
  }, [stages]);
  return (
    <p className="unseen" aria-live="polite">
      {text}
    </p>
  );
}
