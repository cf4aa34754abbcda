/** What a view may be used for now: a draft changes freely and is not pinned; a deprecated one is not pinned anew. */
export const VIEW_STAGES = ["draft", "stable", "deprecated"] as const;

/** One stage; see {@link VIEW_STAGES}. */
export type ViewStage = (typeof VIEW_STAGES)[number];

/** What people have to know of a view; none of it changes its values. */
export interface ViewPaper {
  /** Counts the meanings that the name has had, from 1. Absent: 1. Versions of a name stand beside each other. */
  readonly version?: number;
  /** Whom to ask: a person, a team. */
  readonly owner?: string;
  /** What it is for, in words. */
  readonly description?: string;
  /** Absent: stable. */
  readonly stage?: ViewStage;
}

/** The paper of a view, without what is absent. */
export function paperOf({ version, owner, description, stage }: ViewPaper): ViewPaper {
  return {
    ...(version === undefined ? {} : { version }),
    ...(owner === undefined ? {} : { owner }),
    ...(description === undefined ? {} : { description }),
    ...(stage === undefined ? {} : { stage }),
  };
}
