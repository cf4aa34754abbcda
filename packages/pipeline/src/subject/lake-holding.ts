import { folderLayout } from "../catalog/index.ts";
import { literal, numbers, QUARANTINE, RECEIPT, texts, type Engine } from "../lake/index.ts";
import { fileSql, parquetFiles } from "../lake/lake-file.ts";
import { previousSql, subjectSql } from "./person-source.ts";
import type { SubjectScope } from "./scope.ts";

/** A Parquet file of the lake that holds rows of a scope, or rows of others that name its people. */
export interface HoldingFile {
  /** Relative to the folder, as manifests name it. */
  readonly path: string;
  readonly table: string;
  /** Rows in scope. */
  readonly rows: number;
  /** Rows of others that name somebody of it. */
  readonly names: number;
  /** SQL that holds for the rows in scope; for those of others that name its people; never null. */
  readonly scopeSql: string;
  readonly namesSql: string;
}

/** The column in which the rows of a table name somebody for others; null where a file's table has none. */
export function nameColumn(table: string, columns: readonly string[]): string | null {
  const name = table === RECEIPT ? "install_subject" : table === QUARANTINE ? "content" : "previous_subject";
  return columns.includes(name) ? name : null;
}

/** SQL of one condition or another; false where there is none. */
const anyOf = (conditions: readonly string[]): string =>
  conditions.length === 0 ? "false" : conditions.map((one) => `coalesce(${one}, false)`).join(" or ");

/** SQL that holds where an expression is one of some texts, each until its moment by a column of time. */
function untilSql(expression: string, until: ReadonlyMap<string, number>, time: string): readonly string[] {
  const byMoment = Map.groupBy(until.keys(), (name) => until.get(name)!);
  return [...byMoment].map(([moment, names]) => {
    const among = `${expression} in (${names.map(literal).join(", ")})`;
    return moment === Infinity ? among : `(${among} and epoch_ms("${time}") <= ${Math.floor(moment)})`;
  });
}

/** Which rows of a file are in scope, and which name somebody of it. */
async function rowsInScope(
  engine: Engine,
  root: string,
  path: string,
  scope: SubjectScope,
): Promise<Omit<HoldingFile, "path">> {
  const table = path.split("/")[1]!;
  const relation = fileSql(root, path);
  const described = texts(await engine.columns(`describe select * from ${relation}`), "column_name");
  const named = nameColumn(table, described as readonly string[]);
  const subject = table === RECEIPT ? "cast(null as varchar)" : subjectSql(table);
  const name = named === null ? "cast(null as varchar)" : previousSql(table);
  const columns = await engine.columns(
    `select distinct install_id, ${subject} as subject, ${name} as name from ${relation}`,
  );
  const [subjectOf, nameOf] = [texts(columns, "subject"), texts(columns, "name")];
  const installs = new Set<string>();
  const [subjects, names] = [new Map<string, number>(), new Map<string, number>()];
  const pairs = new Map<string, Map<string, number>>();
  for (const [row, install] of texts(columns, "install_id").entries()) {
    const [who, says] = [subjectOf[row]!, nameOf[row]!];
    if (scope.hasInstall(install!)) installs.add(install!);
    else if (who !== null) {
      const until = scope.until(install!, who);
      const ofInstall = pairs.get(install!) ?? new Map<string, number>();
      if (until > -Infinity) pairs.set(install!, ofInstall.set(who, until));
    }
    const until = says === null ? -Infinity : scope.namedUntil(says);
    if (until > -Infinity) names.set(says!, until);
  }
  // A pseudonym that is meant wherever it stands needs no list of the installs that sent it.
  for (const [install, ofInstall] of pairs) {
    for (const [who, until] of ofInstall) {
      if (scope.until("", who) !== until) continue;
      subjects.set(who, until);
      ofInstall.delete(who);
    }
    if (ofInstall.size === 0) pairs.delete(install);
  }
  const scopeSql = anyOf([
    ...(installs.size === 0 ? [] : [`install_id in (${[...installs].map(literal).join(", ")})`]),
    ...untilSql(subject, subjects, "time"),
    ...[...pairs].flatMap(([install, ofInstall]) =>
      untilSql(subject, ofInstall, "time").map((one) => `(install_id = ${literal(install)} and ${one})`),
    ),
  ]);
  const namesSql = anyOf(untilSql(name, names, "received_time"));
  if (scopeSql === "false" && namesSql === "false") return { table, rows: 0, names: 0, scopeSql, namesSql };
  const counted = await engine.columns(
    `select count(*) filter (${scopeSql})::double as rows,
       count(*) filter (not (${scopeSql}) and (${namesSql}))::double as names from ${relation}`,
  );
  return {
    table,
    rows: numbers(counted, "rows")[0]!,
    names: numbers(counted, "names")[0]!,
    scopeSql,
    namesSql,
  };
}

/** Files on the disk, of whatever snapshot or of none, that hold rows of a scope or name its people. */
export async function holdingFiles(
  engine: Engine,
  root: string,
  scope: SubjectScope,
): Promise<readonly HoldingFile[]> {
  const found: HoldingFile[] = [];
  for (const path of await parquetFiles(root, folderLayout(root).lake)) {
    const rows = await rowsInScope(engine, root, path, scope);
    if (rows.rows + rows.names > 0) found.push({ path, ...rows });
  }
  return found;
}

/** SQL of the rows of a file that are not in scope, without the names of its people; in the file's order. */
export function keptSql(
  root: string,
  path: string,
  { table, names, scopeSql, namesSql }: HoldingFile,
): string {
  const left = `from ${fileSql(root, path)} where not (${scopeSql})`;
  if (names === 0) return `select * ${left}`;
  const [column, without] =
    table === QUARANTINE
      ? ["content", `cast(json_merge_patch(content, '{"previous":null}') as varchar)`]
      : [table === RECEIPT ? "install_subject" : "previous_subject", "null"];
  return `select * replace (case when ${namesSql} then ${without} else ${column} end as ${column}) ${left}`;
}
