import type { Table } from '@xinc/core';

/* Columns that tables of several analyses have. */
type Column = Table['columns'][number];

export const FRAME_COLUMN: Column = { name: 'frame', description: 'Frame index' };
export const LAYER_COLUMN: Column = { name: 'layer', description: 'Layer' };
