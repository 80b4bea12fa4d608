/** A connection string that may be shown: its password is `***`, also one that stands in a parameter (`?password=`). */
export function withoutPassword(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return '(text that is not a URL)';
  if (parsed.password !== '') parsed.password = '***';
  for (const name of new Set(parsed.searchParams.keys())) {
    if (/password/i.test(name)) parsed.searchParams.set(name, '***');
  }
  return parsed.href;
}
