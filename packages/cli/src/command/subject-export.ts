import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import {
  checkRegionTarget,
  exportPerson,
  findPerson,
  folderLayout,
  folderRegion,
  latestSnapshot,
  loadApp,
  openArtifacts,
  openEngine,
  pseudonymiser,
  type UserQuestion,
} from "@tideline/pipeline";
import type { CommandResult } from "../output/command-result.ts";
import { plural } from "../output/figure.ts";
import { folderSecrets } from "../server/secret.ts";
import { withFolder } from "./open-folder.ts";
import { outFileError } from "./out-file.ts";
import { linkedText } from "./subject-text.ts";

/** Options of `tideline subject export`. */
export interface SubjectExportOptions {
  readonly folder: string;
  /** Path of the module with the definition, for the original names of fields. */
  readonly app: string;
  /** The app's id of the person. */
  readonly user: string;
  /** Which ids that phones claimed to be the person's are meant, beyond the ones that the phones bear out. */
  readonly aliases?: Omit<UserQuestion, "subject">;
  /** File to write; standard output without it. */
  readonly out?: string | undefined;
}

/** Writes lines into a new file for its owner's eyes only; nothing is left of what fails. */
async function writeNew(out: string, lines: AsyncIterable<string>): Promise<void> {
  const file = await open(out, "wx", 0o600).catch((cause: unknown) => {
    throw outFileError("tideline subject export", "a new file", out, cause);
  });
  const target = file.createWriteStream();
  try {
    await pipeline(Readable.from(lines), target);
    await finished(target).catch(() => undefined);
  } catch (error) {
    await rm(out, { force: true });
    throw error;
  }
}

/**
 * `tideline subject export`: everything that a folder holds of a user of the app, as one JSON object a line, also while
 * another process owns the folder. Answers null where the lines themselves went to standard output.
 *
 * @throws `FOLDER_INVALID`, `ARGUMENT_INVALID`, `RESIDENCY_MISMATCH` for a target in the place of another region
 */
export function subjectExportCommand(options: SubjectExportOptions): Promise<CommandResult | null> {
  const { user, out, aliases } = options;
  return withFolder(options.folder, async ({ folder, catalog }) => {
    if (out !== undefined) {
      await checkRegionTarget(out, await folderRegion(folder), "tideline subject export");
    }
    const { pseudonymKey } = await folderSecrets(folder);
    const pseudonymise = pseudonymiser(pseudonymKey);
    // Not the folder's own: its owner may empty that at any time.
    const temporary = await mkdtemp(join(tmpdir(), "tideline-export-"));
    const engine = await openEngine({ temporary, threads: 1 });
    try {
      const snapshot = await latestSnapshot(catalog, folder);
      const anonymous = (install: string): string => pseudonymise(null, install);
      const question = { kind: "user", subject: pseudonymise(user, ""), ...aliases } as const;
      const person = await findPerson({ folder, engine, snapshot, anonymous }, question, "export");
      const artifacts = await openArtifacts(folderLayout(folder).artifact);
      const app = await loadApp(options.app);
      const source = { folder, engine, catalog, artifacts, snapshot, app, now: Date.now() };
      const kinds: Record<string, number> = {};
      const text = async function* (): AsyncGenerator<string> {
        for await (const line of exportPerson(source, person)) {
          kinds[line.kind] = (kinds[line.kind] ?? 0) + 1;
          yield `${JSON.stringify(line)}\n`;
        }
      };
      if (out === undefined) {
        await pipeline(Readable.from(text()), process.stdout, { end: false });
        process.stderr.write(linkedText(person).trimStart());
        return null;
      }
      await writeNew(out, text());
      const { header: _header, end: _end, ...held } = kinds;
      const lines = Object.values(held).reduce((sum, count) => sum + count, 0);
      const shares = Object.entries(held).map(([kind, count]) => `${count} ${kind}`);
      return {
        value: {
          folder,
          out,
          lines,
          kinds: held,
          installs: person.installs.length,
          shared: person.shared.length,
          aliases: person.linked,
        },
        text: `${plural(lines, "line")} in ${out}${lines === 0 ? ": nothing is held" : ` (${shares.join(", ")})`}${linkedText(person)}`,
      };
    } finally {
      await engine.close();
      await rm(temporary, { recursive: true, force: true });
    }
  });
}
