import { defineGrouping } from '@xinc/core';
import { z } from 'zod';

/** Pixels at about the same distance from the centre. */
export const rings = defineGrouping({
  kind: 'grouping',
  name: 'rings',
  title: 'Rings',
  description: 'Pixels at about the same distance from the centre of the picture.',
  options: z.object({ count: z.coerce.number().int().min(2).max(64).default(8).describe('Number of rings') }),
  form: 'rings:12',
  parse: (text) => ({ count: text }),
  label({ height, width }, { count }) {
    const farthest = Math.hypot(height / 2, width / 2);
    const labels = Uint16Array.from({ length: height * width }, (_, p) => {
      const distance = Math.hypot(Math.floor(p / width) + 0.5 - height / 2, (p % width) + 0.5 - width / 2);
      return Math.min(count - 1, Math.floor((count * distance) / farthest));
    });
    return { height, width, labels, groups: Array.from({ length: count }, (_, g) => ({ name: `ring ${g + 1}` })) };
  },
});
