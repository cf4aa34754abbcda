import type { StageProgress } from "@tideline/spec";

const SHAPES = {
  waiting: <circle cx="12" cy="12" r="2.5" fill="currentColor" />,
  running: <path d="M4.5 12c2.5-3.4 5-3.4 7.5 0s5 3.4 7.5 0" className="stage-wave" />,
  done: <path d="m7 12.4 3.4 3.4L17 8.8" />,
  failed: <path d="m8 8 8 8m0-8-8 8" />,
} as const;

/** A stage's state as a shape, so that colour is never the only sign. */
export function StageMark({ state }: { readonly state: StageProgress["state"] }) {
  return (
    <span className="stage-mark" aria-hidden="true">
      <svg
        viewBox="0 0 24 24"
        width="24"
        height="24"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        {SHAPES[state]}
      </svg>
    </span>
  );
}
