import { clearScreenDown, cursorTo, moveCursor } from "node:readline";
import { styleText } from "node:util";
import type { StageProgress } from "@tideline/spec";

const MARKS = { waiting: "·", running: "◐", done: "✔", failed: "✖" } as const;
const SPINNER = ["◐", "◓", "◑", "◒"];
const COLOURS = { waiting: "gray", running: "cyan", done: "green", failed: "red" } as const;

/** Shows the stages of the loop to a person. */
export interface StageDisplay {
  show(stages: readonly StageProgress[], footer: string): void;
  /** Prints a line above the stages. */
  say(line: string): void;
  stop(): void;
}

/** One line of a stage, cut to the terminal's width. */
function stageLine({ name, state, detail, seconds }: StageProgress, frame: number, width: number): string {
  const mark = state === "running" ? SPINNER[frame % SPINNER.length]! : MARKS[state];
  const time = state === "waiting" ? "" : `${seconds.toFixed(1)} s`;
  const text = ` ${mark} ${name.padEnd(8)} ${time.padStart(7)}  ${detail}`.slice(0, Math.max(20, width - 1));
  return styleText(COLOURS[state], text, { validateStream: false });
}

/** A display that redraws itself in place, for a terminal. */
function liveDisplay(stream: NodeJS.WriteStream): StageDisplay {
  let drawn = 0;
  let frame = 0;
  let last: readonly string[] = [];
  const clear = (): void => {
    if (drawn > 0) moveCursor(stream, 0, -drawn);
    cursorTo(stream, 0);
    clearScreenDown(stream);
    drawn = 0;
  };
  const draw = (): void => {
    stream.write(last.map((line) => `${line}\n`).join(""));
    drawn = last.length;
  };
  return {
    show: (stages, footer) => {
      frame += 1;
      const width = stream.columns ?? 80;
      last = [...stages.map((stage) => stageLine(stage, frame, width)), footer.slice(0, width - 1)];
      clear();
      draw();
    },
    say: (line) => {
      clear();
      stream.write(`${line}\n`);
      draw();
    },
    stop: () => {
      last = [];
    },
  };
}

/** A display that prints a line whenever a stage changes state, for files and pipes. */
function plainDisplay(stream: NodeJS.WriteStream): StageDisplay {
  const states = new Map<string, string>();
  return {
    show: (stages) => {
      for (const { name, state, detail, seconds } of stages) {
        if (states.get(name) === state || state === "waiting") continue;
        states.set(name, state);
        stream.write(
          `${name}: ${state}${state === "running" ? "" : ` after ${seconds.toFixed(1)} s`}: ${detail}\n`,
        );
      }
    },
    say: (line) => void stream.write(`${line}\n`),
    stop: () => undefined,
  };
}

/** The display that fits a stream; progress goes to standard error, so that standard output stays for results. */
export function stageDisplay(stream: NodeJS.WriteStream): StageDisplay {
  return stream.isTTY === true ? liveDisplay(stream) : plainDisplay(stream);
}
