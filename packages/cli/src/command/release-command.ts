import { Option, type Command } from "commander";
import type { SettingFlags } from "../config/settings.ts";
import type { CommandTools } from "./subject.ts";

/** Adds `release`: how far the newest release has come, and what its owner does about it. */
export function addRelease(program: Command, { addCommand, readSettings, show }: CommandTools): void {
  interface ReleaseFlags extends SettingFlags {
    readonly model?: string;
  }
  const model = () => new Option("--model <name>", "name of the model (default: the only one)");
  const release = addCommand(program, "release", "says how far the release on offer has come")
    .addOption(model())
    .action(async (flags: ReleaseFlags) => {
      const { releaseCommand } = await import("./release.ts");
      await show(await releaseCommand((await readSettings(flags)).folder, flags.model));
    });
  // Flags before the name of a command below `release` belong to `release`.
  const settingsOf = (flags: ReleaseFlags) => readSettings({ ...release.opts(), ...flags });
  const modelOf = (flags: ReleaseFlags): string | undefined =>
    flags.model ?? release.opts<ReleaseFlags>().model;
  const below = (usage: string, about: string) => addCommand(release, usage, about).addOption(model());
  const change = async (flags: ReleaseFlags, action: object): Promise<void> => {
    const { changeReleaseCommand } = await import("./release.ts");
    await show(await changeReleaseCommand((await settingsOf(flags)).folder, modelOf(flags), action));
  };
  below("share <share>", "offers the release to this share of the phones, such as 0.25, or 1 for all").action(
    (share: string, flags: ReleaseFlags) => change(flags, { kind: "share", share }),
  );
  below("halt", "withdraws the release: phones go back to the one before, or to none").action(
    (flags: ReleaseFlags) => change(flags, { kind: "halt" }),
  );
  below("kill", "switches the model off on every phone until the next release").action(
    (flags: ReleaseFlags) => change(flags, { kind: "kill" }),
  );
  below("offer <version>", "offers an older release again, as a new version")
    .option("--share <share>", "of the phones", "1")
    .action((version: string, flags: ReleaseFlags & { readonly share: string }) =>
      change(flags, { kind: "offer", version: Number(version), share: flags.share }),
    );
}
