import type { AppShape, EventShape, FieldShape } from "./evidence.ts";
import { checkEvidence, type Finding } from "./figure.ts";
import type { Frame } from "./frame.ts";
import { identityOf, type Recorded } from "./journal.ts";
import { quoted, type Lake, type Row } from "./lake.ts";

/** Properties of a recorded event as its newest version has them. */
export function upgraded(
  event: EventShape,
  { version, properties }: Pick<Recorded, "version" | "properties">,
) {
  let current: Record<string, unknown> = { ...properties };
  const steps = event.previous.filter((previous) => previous.version >= version && version < event.version);
  for (const { upgrade } of [...steps].sort((left, right) => left.version - right.version)) {
    const renamed = Object.entries(current).map(([name, value]) => [upgrade.rename?.[name] ?? name, value]);
    current = { ...upgrade.defaults, ...Object.fromEntries(renamed) };
  }
  return current;
}

/** Whether a stored value is the recorded one. */
function sameValue({ kind }: FieldShape, stored: unknown, recorded: unknown): boolean {
  if (recorded === undefined || recorded === null) return stored === null;
  if (kind !== "vector") return stored === recorded;
  const [left, right] = [stored as readonly number[] | null, recorded as readonly number[]];
  return left?.length === right.length && right.every((value, index) => Math.fround(value) === left[index]);
}

/** What a stored row says otherwise than the journal. */
function rowFault(app: AppShape, event: EventShape, row: Row, found: Recorded): string | undefined {
  if (found.name !== event.name) return `is in table ${event.name}, recorded as ${found.name}`;
  if (row["event_time"] !== found.time)
    return `event_time ${String(row["event_time"])}, recorded ${found.time}`;
  const corrected = Math.max(
    0,
    Math.min(
      Number(row["received_time"]),
      found.time + Number(row["received_time"]) - Number(row["sent_time"]),
    ),
  );
  if (row["time"] !== corrected) return `time ${String(row["time"])}, by the clocks ${corrected}`;
  const consent = found.consent.filter((purpose) => Object.hasOwn(app.purposes, purpose));
  if (JSON.stringify(row["consent"]) !== JSON.stringify(consent)) return "consent is another one";
  const properties = upgraded(event, found);
  const wrong = Object.entries(event.fields).find(
    ([field, type]) => type.kind !== "frame" && !sameValue(type, row[field], properties[field]),
  );
  return wrong === undefined ? undefined : `${wrong[0]} is not what was recorded`;
}

const TIMES = ["event_time", "sent_time", "received_time", "time"];

/**
 * Compares every stored row with its journal record: times, consent and all fields but the samples of frames, whose
 * comparison is {@link frameFault}; the pseudonym stands for one user only.
 */
export async function auditContent(
  app: AppShape,
  lake: Lake,
  recorded: ReadonlyMap<string, Recorded>,
): Promise<readonly Finding[]> {
  const faults: string[] = [];
  const people = new Map<string, string>();
  const pseudonyms = new Map<string, string>();
  const strangers: string[] = [];
  let rows = 0;
  for (const [name, event] of Object.entries(app.events)) {
    if (lake.manifest.tables[name] === undefined) continue;
    const fields = Object.entries(event.fields).flatMap(([field, { kind }]) =>
      kind === "frame" ? [] : [field],
    );
    const times = TIMES.map((time) => `epoch_ms(${quoted(time)})::double as ${quoted(time)}`);
    const columns = [
      "install_id as install",
      "epoch",
      "seq",
      "subject",
      "consent",
      ...times,
      ...fields.map(quoted),
    ];
    for (const row of await lake.rows(`select ${columns.join(", ")} from ${lake.relation(name)}`)) {
      const identity = identityOf(row as unknown as Parameters<typeof identityOf>[0]);
      const found = recorded.get(identity);
      if (found === undefined) continue;
      rows += 1;
      const fault = rowFault(app, event, row, found);
      if (fault !== undefined) faults.push(`${name} ${identity} ${fault}`);
      const person = found.user ?? `install:${found.install}`;
      const subject = String(row["subject"]);
      if ((people.get(person) ?? subject) !== subject || (pseudonyms.get(subject) ?? person) !== person) {
        strangers.push(`${subject} stands for more than one person, or one person has two pseudonyms`);
      }
      if (subject === person) strangers.push(`${name} ${identity} names the person in clear`);
      people.set(person, subject);
      pseudonyms.set(subject, person);
    }
  }
  return [
    checkEvidence("stored rows say what the journals say", faults, `${rows} rows`),
    checkEvidence("a pseudonym is one person", strangers, `${people.size} people`),
  ];
}

/** What is wrong with the samples of a stored frame, bit by bit; undefined when nothing is. */
export function frameFault(
  event: EventShape,
  field: string,
  frame: Frame,
  recorded: ReadonlyMap<string, Recorded>,
): string | undefined {
  const identity = identityOf(frame);
  const found = recorded.get(identity);
  if (found === undefined) return undefined;
  const place = upgraded(event, found)[field] as { offset: number; samples: number } | undefined;
  if (place?.samples !== frame.samples)
    return `${identity} has ${frame.samples} samples, recorded ${place?.samples}`;
  const { attachment } = found;
  const width = frame.channels.length;
  const view = new DataView(
    attachment.buffer,
    attachment.byteOffset + place.offset,
    frame.samples * width * 4,
  );
  for (let channel = 0; channel < width; channel += 1) {
    const values = frame.channels[channel]!;
    for (let index = 0; index < frame.samples; index += 1) {
      if (!Object.is(view.getFloat32((index * width + channel) * 4, true), values[index]!)) {
        return `${identity} differs at sample ${index}, channel ${channel}`;
      }
    }
  }
  return undefined;
}
