import type { LayerView } from '../api.js';

/** Mean rank correlations from which contributions say partly, and closely, what neurons do. */
const [PARTLY, CLOSELY] = [0.3, 0.7];

/** How far contributions of a layer say what its neurons do, in a few words; `faint` where they hardly do. */
export function faithfulnessInWords(correlation: number): {
  readonly text: string;
  readonly title: string;
  readonly faint: boolean;
} {
  const degree = correlation >= CLOSELY ? 'closely' : correlation >= PARTLY ? 'partly' : 'hardly';
  const number = correlation.toFixed(2).replace('-', '−');
  return {
    text: `ρ ${number}: ${degree}`,
    title: `What the picture loses without a neuron ${degree} follows its contribution: mean rank correlation over pixels of the neurons that the analysis faithfulness switched off (hardly: below ${PARTLY}; closely: from ${CLOSELY})`,
    faint: correlation < PARTLY,
  };
}

/**
 * The layer to open: the first whose contributions say closely what its neurons do, else the one where they say most of it. Where no
 * layer was tested, the first.
 */
export function faithfulLayer(layers: readonly LayerView[]): LayerView | null {
  const tested = layers.filter(({ faithfulness }) => faithfulness !== undefined);
  const most = tested.reduce<LayerView | undefined>(
    (best, layer) => (best && best.faithfulness! >= layer.faithfulness! ? best : layer),
    undefined,
  );
  return tested.find(({ faithfulness }) => faithfulness! >= CLOSELY) ?? most ?? layers[0] ?? null;
}
