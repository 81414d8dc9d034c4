import type { MapsRequest } from '@xinc/viewer-page';
import { z } from 'zod';
import { parseBody } from '../http/parse-body.js';
import { Refusal } from '../http/refusal.js';

/** Values of maps in one answer, 64 MB of them. */
const MOST_VALUES = 2 ** 24;

const whole = z.number().int().nonnegative();
const schema = z.strictObject({
  neurons: z.array(whole).min(1),
  region: z.strictObject({ top: whole, left: whole, height: whole.min(1), width: whole.min(1) }).optional(),
});

/** @throws Refusal 400 for what is no `MapsRequest` of that picture, 413 for one that is too large */
export function parseMapsRequest(body: string, height: number, width: number): Required<MapsRequest> {
  const { data, refuse } = parseBody(body, schema, 'The request for maps');
  const { neurons, region = { top: 0, left: 0, height, width } } = data;
  if (region.top + region.height > height || region.left + region.width > width) {
    throw refuse(`the region does not lie in the picture of ${height}×${width}`);
  }
  const most = Math.floor(MOST_VALUES / (region.height * region.width));
  if (neurons.length <= most) return { neurons, region };
  throw new Refusal(
    413,
    'unsupported',
    `${neurons.length} maps are too many for one answer: ask for ${most} at a time`,
  );
}
