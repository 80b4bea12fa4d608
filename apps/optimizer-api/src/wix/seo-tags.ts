import { z } from 'zod';

/** A tag of a page's head, as Wix keeps it. */
export const seoTagSchema = z.looseObject({
  type: z.string(),
  children: z.string().nullish(),
  props: z.record(z.string(), z.unknown()).nullish(),
});
export const seoDataSchema = z.looseObject({ tags: z.array(seoTagSchema).nullish() });

export type SeoData = z.infer<typeof seoDataSchema>;
type SeoTag = z.infer<typeof seoTagSchema>;

const isTitle = (tag: SeoTag) => tag.type === 'title';
const isDescription = (tag: SeoTag) => tag.type === 'meta' && tag.props?.['name'] === 'description';

export function seoTitle(data: SeoData | null | undefined): string {
  return data?.tags?.find(isTitle)?.children ?? '';
}

export function seoDescription(data: SeoData | null | undefined): string {
  const content = data?.tags?.find(isDescription)?.props?.['content'];
  return typeof content === 'string' ? content : '';
}

/** The tags with one text replaced; all others stay as they are. */
export function withSeoText(
  data: SeoData | null | undefined,
  attribute: 'seoTitle' | 'seoDescription',
  text: string,
): SeoData {
  const is = attribute === 'seoTitle' ? isTitle : isDescription;
  const made: SeoTag =
    attribute === 'seoTitle'
      ? { type: 'title', children: text, custom: false, disabled: false }
      : { type: 'meta', props: { name: 'description', content: text }, custom: false, disabled: false };
  return { ...data, tags: [...(data?.tags ?? []).filter((tag) => !is(tag)), made] };
}
