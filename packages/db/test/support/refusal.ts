/** What Postgres refused: the SQLSTATE and the constraint or column; undefined where the statement went through. Also finds the
 *  driver's error inside drizzle's. */
export async function refusalOf(
  statement: PromiseLike<unknown>,
): Promise<{ code: string; name: string | undefined } | undefined> {
  try {
    await statement;
    return undefined;
  } catch (error) {
    const driver = error instanceof Error && error.cause !== undefined ? error.cause : error;
    const fields = driver as { code?: string; constraint_name?: string; column_name?: string };
    if (fields.code === undefined) throw error;
    return { code: fields.code, name: fields.constraint_name ?? fields.column_name };
  }
}
