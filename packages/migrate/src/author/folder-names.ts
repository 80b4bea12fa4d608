/** Names for the folders of one change: the last bears the generator's timestamp or a later one, each is a second after the one before,
 *  and all come after the `others`. Pure.
 *  @param folder `<14 digits>_<slug>`
 *  @param slugs suffixes, one for each folder; '' for none */
export function folderNames(folder: string, slugs: readonly string[], others: readonly string[]): readonly string[] {
  const [stamp = '', slug = ''] = [folder.slice(0, 14), folder.slice(15)];
  const newest = others.toSorted().at(-1)?.slice(0, 14) ?? '';
  const wanted = momentOf(stamp) - (slugs.length - 1) * 1000;
  const first = /^\d{14}$/.test(newest) ? Math.max(wanted, momentOf(newest) + 1000) : wanted;
  return slugs.map((suffix, number) => {
    const parts = [stampOf(first + number * 1000), slug, ...(suffix === '' ? [] : [suffix])];
    return parts.join('_');
  });
}

/** The moment of a timestamp, in milliseconds. */
export function momentOf(stamp: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(stamp) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}

/** The 14 digits of a moment, UTC. */
export function stampOf(moment: number): string {
  return new Date(moment).toISOString().replaceAll(/\D/g, '').slice(0, 14);
}
