/** `1 table`, `2 tables`, `0 tables`: a number with its noun, whose plural takes an s or is given. Pure. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
