import { formatShare, formatValue } from '../../color/number-format.js';
import type { SvgDocument } from '../../components/save/png-of.js';
import type { ChartData } from '../../components/save/saved-chart.js';
import { xml } from '../../components/save/xml.js';
import { faithfulnessInWords } from '../../state/faithfulness.js';
import { neuronNumber } from '../../state/neuron-name.js';
import type { LayerAtPixel } from './layer-at-pixel.js';

/** What the drawing is painted with, as CSS has it. */
export interface ColumnColors {
  readonly ink: string;
  readonly muted: string;
  readonly positive: string;
  readonly negative: string;
}

const COLUMN = 250;
const GAP = 28;
const HEAD = 56;
const ROW = 20;
const NAME = 64;
const TEXT = 112;

/** A column of bars for each layer: a bar is a neuron, as long as its share of the layer's Σ |c| at the pixel. */
export function layerColumns(layers: readonly LayerAtPixel[], colors: ColumnColors): SvgDocument {
  const { ink, muted, positive, negative } = colors;
  const rows = layers.reduce((most, { ranking }) => Math.max(most, ranking.rows.length), 0);
  const parts = layers.flatMap(({ layer, ranking, total }, column) => {
    const x = column * (COLUMN + GAP);
    const heads = [
      `<text x="${x}" y="16" font-size="14" font-weight="600" fill="${ink}">${xml(layer.label)}</text>`,
      `<text x="${x}" y="34" font-size="12" fill="${muted}">${xml(`Σ |c| ${formatValue(total)}; ${faithful(layer.faithfulness)}`)}</text>`,
    ];
    const lines = ranking.rows.map(({ index, value, share }, i) => {
      const y = HEAD + ROW * i;
      const length = ranking.largest > 0 ? (Math.abs(value) / ranking.largest) * (COLUMN - NAME - TEXT) : 0;
      const texts = [
        `<text x="${x}" y="${y + 12}" font-size="12" fill="${ink}">${xml(neuronNumber(layer, index))}</text>`,
        `<text x="${x + COLUMN}" y="${y + 12}" font-size="12" text-anchor="end" fill="${muted}">${xml(formatShare(share))}</text>`,
        `<text x="${x + COLUMN - 56}" y="${y + 12}" font-size="12" text-anchor="end" fill="${ink}">${xml(formatValue(value))}</text>`,
      ];
      const bar = `<rect x="${x + NAME}" y="${y + 3}" width="${length}" height="10" fill="${value < 0 ? negative : positive}"/>`;
      return bar + texts.join('');
    });
    return [...heads, ...lines];
  });
  return { text: parts.join('\n'), width: layers.length * (COLUMN + GAP) - GAP, height: HEAD + ROW * rows };
}

/** A row is a neuron of a layer. */
export function layerRows(layers: readonly LayerAtPixel[]): ChartData {
  return {
    columns: [
      { name: 'layer', description: 'Layer' },
      { name: 'neuron', description: 'Index of the neuron' },
      { name: 'contribution', unit: 'c', description: 'Contribution to the pixel, signed' },
      { name: 'share', unit: 'fraction', description: '|c| of the Σ |c| of all neurons of the layer at the pixel' },
      { name: 'faithfulness', unit: 'correlation', description: 'Of the layer; empty where it was not tested' },
    ],
    rows: layers.flatMap(({ layer, ranking }) =>
      ranking.rows.map(({ index, value, share }) => [layer.id, index, value, share, layer.faithfulness ?? null]),
    ),
  };
}

const faithful = (correlation: number | undefined) =>
  correlation === undefined ? 'faithfulness not tested' : faithfulnessInWords(correlation).text;
