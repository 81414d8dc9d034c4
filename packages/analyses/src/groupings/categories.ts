import { defineGrouping, type Group, type LabelMap, XincError } from '@xinc/core';
import { z } from 'zod';

const options = z.object({
  by: z
    .enum(['type', 'category'])
    .default('type')
    .describe('type: things, stuff and other; category: all instances of a category together'),
});

/** The annotated objects taken together: countable things, background stuff and the rest, or one group per category (method §5). */
export const categories = defineGrouping<z.output<typeof options>>({
  kind: 'grouping',
  name: 'categories',
  title: 'Things and stuff',
  description: 'Countable things, background stuff and the rest of the frame; or all instances of a category together.',
  options,
  form: 'categories:category',
  needsAnnotation: true,
  parse(text) {
    if (text !== 'type' && text !== 'category') {
      throw new XincError(
        'invalid-option',
        `Grouping 'categories:${text}': '${text}' is not a way to take objects together`,
        {
          subject: 'categories',
          hint: 'Write categories:type or categories:category.',
        },
      );
    }
    return { by: text };
  },
  label(_frame, { by }, { annotation, frame }) {
    if (!annotation) {
      throw new XincError('not-found', `Frame ${frame} has no annotation, which the grouping 'categories' needs`, {
        subject: 'categories',
        hint: 'Give label maps with `labels`.',
      });
    }
    if (!annotation.groups.some((group) => group[by] !== undefined && group[by] !== 'other')) {
      throw new XincError(
        'unsupported',
        `The annotation does not say the ${by} of its objects, which the grouping 'categories' needs`,
        {
          subject: 'categories',
          hint: 'Use an annotation format with categories, for instance COCO panoptic.',
        },
      );
    }
    return merged(annotation, (group) => group[by] ?? 'other');
  },
});

const ORDER = ['thing', 'stuff'];

/** The label map with groups of equal key made one; things first, then stuff, then the others in their order. */
function merged(map: LabelMap, keyOf: (group: Group) => string): LabelMap {
  const keys = map.groups.map(keyOf);
  const distinct = [...new Set(keys)];
  const known = ORDER.filter((key) => distinct.includes(key));
  const names = [...known, ...distinct.filter((key) => !known.includes(key) && key !== 'other')];
  if (distinct.includes('other')) names.push('other');
  const target = Uint16Array.from(keys, (key) => names.indexOf(key));
  return {
    height: map.height,
    width: map.width,
    labels: map.labels.map((label) => target[label]),
    groups: names.map((name) => {
      const members = map.groups.filter((_, g) => keys[g] === name);
      const sameType = members[0].type !== undefined && members.every((group) => group.type === members[0].type);
      return { name, category: name, ...(sameType && { type: members[0].type }) };
    }),
  };
}
