import type { SelectedRegion } from './selected-region.js';
import { type Setting, wholes } from './setting.js';

/** As many corners as a link may hold. */
const MOST_CORNERS = 400;

/** The selected region: `rectangle:top,left,height,width` or `lasso:x,y,x,y,…`. */
export const regionSetting: Setting<SelectedRegion | null> = {
  key: 'region',
  initial: null,
  format(value) {
    if (value === null) return null;
    if (value.kind === 'lasso') return `lasso:${value.corners.flat().map(Math.round).join(',')}`;
    return `rectangle:${[value.top, value.left, value.height, value.width].join(',')}`;
  },
  parse(text) {
    const [kind, numbers] = text.split(':', 2);
    const values = wholes(numbers ?? '');
    if (!values) return undefined;
    if (kind === 'rectangle' && values.length === 4 && values[2] > 0 && values[3] > 0) {
      const [top, left, height, width] = values;
      return { kind, top, left, height, width };
    }
    if (kind === 'lasso' && values.length >= 6 && values.length % 2 === 0 && values.length <= 2 * MOST_CORNERS) {
      const corners = Array.from({ length: values.length / 2 }, (_, i) => [values[2 * i], values[2 * i + 1]] as const);
      return { kind, corners };
    }
    return undefined;
  },
};
