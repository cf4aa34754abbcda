/**
 * What a query finds, or `nothing` where its table is not there yet: a folder that is only read is not brought to the
 * newest schema, and an older one has no rows of a newer table.
 */
export async function orNothing<Result>(query: Promise<Result>, nothing: Result): Promise<Result> {
  try {
    return await query;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("no such table: ")) return nothing;
    throw error;
  }
}
