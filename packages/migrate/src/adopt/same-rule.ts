import { sameDefinition } from '../catalog/same-definition.ts';

/** Whether two prints of a check, key or index mean the same rule. What the casts of constants and columns to string types and to wider
 *  numbers say is decided by the column's type, which is compared for itself. Pure; the grammar must be loaded where the texts differ. */
export function sameRule(left: string, right: string): boolean {
  if (left === right) return true;
  return sameDefinition('constraint', left, right) || sameDefinition('constraint', plain(left), plain(right));
}

const WIDER = 'numeric|double precision|bigint';

/** Without casts to string types and to wider numbers, and the brackets that they need. */
function plain(definition: string): string {
  let [before, text] = ['', definition];
  while (before !== text) {
    before = text;
    text = outsideOfStrings(text, (part) =>
      part
        .replaceAll(/::(text|character varying|character|bpchar)(\(\d+\))?(\[\])?/g, '')
        .replaceAll(new RegExp(`(__s\\d+__)::(${WIDER}|integer)\\b`, 'g'), '$1')
        .replaceAll(new RegExp(`(\\((?:"[^"]+"|\\w+)\\))::(${WIDER})\\b`, 'g'), '$1')
        .replaceAll(/(?<![\w"])\(("[^"]+"|\w+)\)/g, '$1')
        .replaceAll(/\((ARRAY\[[^[\]]*\])\)/g, '$1'),
    );
  }
  return text;
}

/** A text changed but for its string constants, which read as `__s0__`, `__s1__`, … meanwhile. */
export function outsideOfStrings(text: string, change: (part: string) => string): string {
  const strings: string[] = [];
  const marked = text.replaceAll(/'(?:[^']|'')*'/g, (found) => `__s${strings.push(found) - 1}__`);
  return change(marked).replaceAll(/__s(\d+)__/g, (_, at) => strings[Number(at)] ?? '');
}
