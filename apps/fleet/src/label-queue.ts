/** A label that a person will give. */
export interface PendingLabel {
  readonly predictionId: string;
  readonly label: string;
  /** Time of the shared clock. */
  readonly due: number;
}

/** Labels that wait for the moment at which their person gives them. */
export interface LabelQueue {
  add(label: PendingLabel): void;
  /** Takes those that are due, earliest first. */
  take(now: number): readonly PendingLabel[];
  /** When the next one is due, or null. */
  nextDue(): number | null;
}

/** An empty queue. */
export function createLabelQueue(): LabelQueue {
  let waiting: PendingLabel[] = [];
  let next = Number.POSITIVE_INFINITY;
  return Object.freeze({
    add: (label: PendingLabel) => {
      waiting.push(label);
      next = Math.min(next, label.due);
    },
    take: (now: number) => {
      if (now < next) return [];
      const due = waiting.filter((label) => label.due <= now).sort((left, right) => left.due - right.due);
      waiting = waiting.filter((label) => label.due > now);
      next = waiting.reduce((soonest, label) => Math.min(soonest, label.due), Number.POSITIVE_INFINITY);
      return due;
    },
    nextDue: () => (waiting.length === 0 ? null : next),
  });
}
