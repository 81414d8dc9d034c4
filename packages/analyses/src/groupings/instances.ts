import { defineGrouping, XincError } from '@xinc/core';
import { z } from 'zod';

const options = z.object({});

/** The annotated objects of the frame; pixels outside all of them are the group "other" (paper §3; method §5). */
export const instances = defineGrouping<z.output<typeof options>>({
  kind: 'grouping',
  name: 'instances',
  title: 'Instances',
  description: 'The annotated objects and background regions of the frame.',
  options,
  needsAnnotation: true,
  label(_frame, _options, { annotation, frame }) {
    if (!annotation) {
      throw new XincError('not-found', `Frame ${frame} has no annotation, which the grouping 'instances' needs`, {
        subject: 'instances',
        hint: 'Give label maps with `labels`.',
      });
    }
    return annotation;
  },
});
