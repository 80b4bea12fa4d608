/** Tags as one comment in sqlcommenter's form, keys in order, so that the same tags always make the same text and prepared
 *  statements stay few. Values are percent-encoded: none can end the comment. Empty for no tags.
 *  Source: https://google.github.io/sqlcommenter/spec */
export function commentTags(tags: Readonly<Record<string, string>>): string {
  const parts = Object.entries(tags)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${encode(key)}='${encode(value)}'`);
  return parts.length === 0 ? '' : ` /*${parts.join(',')}*/`;
}

/** encodeURIComponent leaves quote and asterisk. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/['*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
