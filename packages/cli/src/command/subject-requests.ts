import { listRequests } from "@tideline/pipeline";
import type { CommandResult } from "../output/command-result.ts";
import { localTime, plural, shortId } from "../output/figure.ts";
import { table } from "../output/table.ts";
import { liveLine, summariseOwner, withFolder } from "./open-folder.ts";

/**
 * `tideline subject requests`: what people asked for. It names nobody.
 *
 * @throws `FOLDER_INVALID`
 */
export function subjectRequestsCommand(named: string): Promise<CommandResult> {
  return withFolder(named, async (opened) => {
    const { folder, catalog, owner } = opened;
    const rows = (await listRequests(catalog)).map(
      ({ install: _install, subject: _subject, proof, ...rest }) => ({
        ...rest,
        by: proof === null ? "owner" : "phone",
      }),
    );
    const heading = `${plural(rows.length, "request")} in ${liveLine(opened)}`;
    const list = table(
      rows,
      [
        { name: "id", text: ({ id }) => shortId(id) },
        { name: "asked", text: ({ created_at }) => localTime(created_at) },
        { name: "for", text: ({ kind }) => kind },
        { name: "by", text: ({ by }) => by },
        { name: "state", text: ({ state, error }) => (error === null ? state : `${state} (${error})`) },
        { name: "receipt", text: ({ receipt }) => (receipt === null ? "-" : "signed") },
      ],
      "",
    );
    return {
      value: { folder, live: owner !== null, owner: summariseOwner(owner), requests: rows },
      text: rows.length === 0 ? heading : `${heading}\n\n${list}`,
    };
  });
}
