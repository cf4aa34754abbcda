import { isTidelineError, messageOf } from "@tideline/spec";
import { peakMb } from "./peak.ts";
import { createPhone, type Phone } from "./phone.ts";
import type { PhoneCommand, PhoneMessage } from "./process-message.ts";

/** Wall milliseconds between two reports while a phase plays. */
const REPORT_EVERY = 200;

const tell = (message: PhoneMessage): void => {
  process.send?.(message);
};

let phone: Phone | undefined;
let playing = false;

/** Opens the phone; its network dies with it at the named crash point, after the server has answered. */
async function open({ options, killAfterUploads }: Extract<PhoneCommand, { type: "open" }>): Promise<void> {
  let uploads = 0;
  phone = await createPhone(options, {
    activated: (version) => tell({ type: "activated", version }),
    crashPoint: (point) => {
      if (point !== "upload.send.after" || !playing) return;
      uploads += 1;
      if (uploads === killAfterUploads) process.kill(process.pid, "SIGKILL");
    },
  });
  const { subject, cohort, install, user, special } = phone;
  tell({ type: "opened", entry: { subject, cohort, install, user, special } });
}

async function obey(command: PhoneCommand): Promise<void> {
  if (command.type === "open") return open(command);
  if (command.type === "play") {
    const timer = setInterval(() => tell({ type: "status", status: phone!.status() }), REPORT_EVERY);
    playing = true;
    try {
      await phone!.play(command.plan);
    } finally {
      playing = false;
      clearInterval(timer);
    }
    return tell({ type: "played", status: phone!.status() });
  }
  tell({ type: "finished", summary: await phone!.finish(command.withinMs), peakMb: peakMb() });
  process.disconnect();
}

let last: Promise<void> = Promise.resolve();
process.on("message", (command: PhoneCommand) => {
  last = last
    .then(() => obey(command))
    .catch((error: unknown) => {
      tell({
        type: "failed",
        code: isTidelineError(error) ? error.code : "INTERNAL",
        message: messageOf(error),
      });
      process.exitCode = 70;
      process.disconnect();
    });
});
// Without its fleet a phone has nobody to play for.
process.on("disconnect", () => process.exit());
