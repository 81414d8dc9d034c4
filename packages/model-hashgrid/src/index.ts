import { defineInr } from '@xinc/core';
import { configSchema, type HashGridConfig } from './config.js';
import { assumeGeometry, BASES, GROWTHS, inferConfig, layoutOf, TABLE_SIZES } from './infer.js';
import { buildHashGrid } from './network.js';

/** Instant-NGP's encoding for images: features in hash tables of several resolutions, and a small network behind them. */
export default defineInr<HashGridConfig>({
  kind: 'inr',
  name: 'hashgrid',
  title: 'Hash grid',
  description:
    'Features looked up in grids of several resolutions, with rows shared by hash, and a small ReLU network (Instant-NGP; Müller et al., SIGGRAPH 2022).',
  signals: ['image'],
  config: configSchema,
  build: buildHashGrid,
  infer: (shapes, _signal, values) => inferConfig(shapes, values),
  assume: (shapes, _signal, values) => assumeGeometry(shapes, values),
  layout: layoutOf,
  unshown: {
    grid: configSchema.shape.grid.unwrap().options,
    tableSize: TABLE_SIZES,
    baseResolution: BASES,
    growth: GROWTHS,
    coordinates: configSchema.shape.coordinates.unwrap().options,
    axes: configSchema.shape.axes.unwrap().options,
    output: configSchema.shape.output.unwrap().options,
    interpolation: configSchema.shape.interpolation.unwrap().options,
    activation: configSchema.shape.activation.unwrap().options,
  },
});
