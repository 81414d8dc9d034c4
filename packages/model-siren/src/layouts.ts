import type { Dense } from './family.js';

/** How well-known repositories name the dense layers of a coordinate network. */
interface Layout {
  readonly name: string;
  /** What names of the hidden layer at `position` begin with, where one holds more than its products. */
  layerStem?(position: number): string;
  /** What names of a product of the hidden layer at `position` begin with, 0 for the first. */
  hiddenStem(position: number, product: Pick<Dense, 'name'>): string;
  readonly lastStem: string;
}

/** What a product is called inside its layer: `layer2.scale` → `scale`; `linear` where the layer has one. */
const partOf = ({ name }: Pick<Dense, 'name'>): string => name.split('.')[1] ?? 'linear';

/**
 * @param hidden number of hidden layers
 * @param products that each of them has
 */
export function layoutsOf(hidden: number, products: number): readonly Layout[] {
  const layerStem = (i: number) => `net.${i}`;
  const hiddenStem: Layout['hiddenStem'] = (i, product) => `${layerStem(i)}.${partOf(product)}`;
  const byPart: Layout[] = [
    { name: 'published', layerStem, hiddenStem, lastStem: `net.${hidden}` },
    { name: 'outermost activation', layerStem, hiddenStem, lastStem: `net.${hidden}.linear` },
    { name: 'COIN', layerStem, hiddenStem, lastStem: 'last_layer.linear' },
  ];
  // These name a layer's only product after the layer.
  const byLayer: Layout[] = [
    { name: 'SingleBVPNet', hiddenStem: (i) => `net.net.${i}.0`, lastStem: `net.net.${hidden}.0` },
    { name: 'siren-pytorch', hiddenStem: (i) => `layers.${i}`, lastStem: 'last_layer' },
    { name: 'sequential', hiddenStem: (i) => `net.${2 * i}`, lastStem: `net.${2 * hidden}` },
  ];
  return products === 1 ? [...byPart, ...byLayer] : byPart;
}
