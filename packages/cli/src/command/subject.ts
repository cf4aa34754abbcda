import { InvalidArgumentError, Option, type Command } from "commander";
import type { SettingFlags, Settings } from "../config/settings.ts";
import type { CommandResult } from "../output/command-result.ts";

/** What the program lends to its commands. */
export interface CommandTools {
  /** A command with the flags that all have. */
  readonly addCommand: (program: Command, usage: string, about: string) => Command;
  readonly readSettings: (flags: SettingFlags) => Promise<Settings>;
  readonly show: (result: CommandResult) => Promise<void>;
}

/** What a command says of the ids that phones claimed to be the person's. */
interface AliasFlags {
  readonly with?: readonly string[];
  readonly without?: readonly string[];
  readonly only?: boolean;
}

/** A pseudonym as commands print it; anything else is refused. */
function pseudonyms(text: string, before: readonly string[] = []): readonly string[] {
  if (/^[0-9a-f]{32}$/.test(text)) return [...before, text];
  throw new InvalidArgumentError("Expected 32 hexadecimal digits, as --dry-run lists them.");
}

/** Adds the flags of {@link AliasFlags}. */
const addAliasFlags = (command: Command): Command =>
  command
    .option(
      "--with <pseudonym>",
      "another id of the same person, from wherever it was sent; again for more",
      pseudonyms,
    )
    .option(
      "--without <pseudonym>",
      "an id that no phone's claim makes the person's; again for more",
      pseudonyms,
    )
    .option("--only", "follow no earlier or later id, whatever phones claim");

/** The flags as the commands take them. */
const aliasesOf = ({ with: also, without, only }: AliasFlags) => ({
  ...(also === undefined ? {} : { with: also }),
  ...(without === undefined ? {} : { without }),
  ...(only === true ? { only } : {}),
});

/** Adds `subject`: what the folder's owner does for a person who asks. */
export function addSubject(program: Command, { addCommand, readSettings, show }: CommandTools): void {
  const subject = addCommand(
    program,
    "subject",
    "answers a person who asks what is held, or wants it erased",
  );
  // Flags before the name of a command below `subject` belong to `subject`.
  const settingsOf = (flags: SettingFlags) => readSettings({ ...subject.opts(), ...flags });
  addAliasFlags(
    addCommand(
      subject,
      "export <user-id>",
      "writes everything held of a user of the app, one JSON object a line",
    ),
  )
    .option("--out <file>", "new file to write (default: standard output)")
    .option("--app <module>", "definition of the app (default: the example)")
    .action(async (user: string, flags: SettingFlags & AliasFlags & { readonly out?: string }) => {
      const { subjectExportCommand } = await import("./subject-export.ts");
      const { folder, app } = await settingsOf(flags);
      const result = await subjectExportCommand({
        folder,
        app,
        user,
        out: flags.out,
        aliases: aliasesOf(flags),
      });
      if (result !== null) await show(result);
    });
  addAliasFlags(addCommand(subject, "erase <user-id>", "erases a user of the app, with a signed receipt"))
    .option("--dry-run", "say what would go, and change nothing")
    .addOption(
      new Option("--models <policy>", "what becomes of models that had learned from the person")
        .choices(["keep", "retrain"])
        .default("keep"),
    )
    .action(
      async (
        user: string,
        flags: SettingFlags & AliasFlags & { readonly dryRun?: boolean; readonly models: "keep" | "retrain" },
      ) => {
        const { subjectEraseCommand } = await import("./subject-erase.ts");
        const { folder } = await settingsOf(flags);
        await show(
          await subjectEraseCommand({
            folder,
            user,
            dryRun: flags.dryRun ?? false,
            models: flags.models,
            aliases: aliasesOf(flags),
          }),
        );
      },
    );
  addCommand(subject, "requests", "lists what people asked for, and the receipts").action(
    async (flags: SettingFlags) => {
      const { subjectRequestsCommand } = await import("./subject-requests.ts");
      await show(await subjectRequestsCommand((await settingsOf(flags)).folder));
    },
  );
}
