import { expect, onTestFinished, test } from "vitest";
import { openArtifacts } from "../release/index.ts";
import { NOW } from "../retention/testing/retained-folder.ts";
import { openStanding } from "../retention/testing/standing-folder.ts";
import { exportPerson, type ExportLine } from "./export-person.ts";
import { findPerson } from "./find-person.ts";

test("an export shows what stands of events that are gone as such, and not as events", async () => {
  const sent = [
    { seq: 1, name: "tap", at: "watched", subject: "nobody on phone" },
    { seq: 2, name: "tap", at: "tapped", previous: "stranger" },
    { seq: 3, name: "note", at: "written" },
  ];
  const folder = await openStanding([[5, "phone", sent]], onTestFinished);
  await folder.retain(NOW);
  const anonymous = (install: string) => `nobody on ${install}`;
  const source = { ...folder, snapshot: await folder.newest(), anonymous };
  const person = await findPerson(source, { kind: "user", subject: "ada" }, "export");
  const lines: ExportLine[] = [];
  const artifacts = await openArtifacts(folder.folder);
  for await (const line of exportPerson({ ...source, artifacts, now: NOW }, person)) lines.push(line);
  const kinds = lines.map(({ kind }) => kind);
  expect(kinds.sort()).toEqual(["end", "event", "header", "receipt", "standing", "standing"]);
  const event = lines.find(({ kind }) => kind === "event");
  expect(event).toMatchObject({ event: "note", seq: 3, properties: { at: "written" } });
  const standing = lines.filter(({ kind }) => kind === "standing");
  expect(standing.sort((left, right) => Number(left["seq"]) - Number(right["seq"]))).toMatchObject([
    { seq: 1, subject: "nobody on phone", nameless: true, watched: ["tap.at=watched"], consent: ["p", "q"] },
    { seq: 2, subject: "ada", previous_subject: "withheld", nameless: false, watched: [] },
  ]);
  for (const line of standing) expect(line).not.toHaveProperty("event");
});
