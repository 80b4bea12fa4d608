/** The names in Postgres' detail `Key (a, lower(b))=(1, x) already exists.`: in every language they stand before `)=(`, the values
 *  after it. Empty where the detail is of another form: a check's detail is the row. */
export function keyColumns(detail: string | undefined): readonly string[] {
  const names = /\(((?:[^()"=]|"[^"]*"|\([^()]*\))+)\)=\(/.exec(detail ?? '')?.[1];
  return names === undefined ? [] : splitNames(names).map(unquote);
}

function splitNames(names: string): readonly string[] {
  return (names.match(/(?:[^,()"]|"[^"]*"|\([^()]*\))+/g) ?? []).map((name) => name.trim());
}

function unquote(name: string): string {
  return /^"[^"]*"$/.test(name) ? name.slice(1, -1) : name;
}
