import { describe, expect, it } from 'vitest';
import { layerOf, linkNeurons, neuronOf, SELECTED, showsNeurons } from './link-neurons.js';

const values = (...rows: unknown[]) => ({ data: { values: rows } });

describe('figures whose marks are neurons', () => {
  it('are those where rows name one, by its number or in words', () => {
    expect(showsNeurons(values({ neuron: 0 }, { neuron: 3, x: 1 }))).toBe(true);
    expect(showsNeurons(values({ average: 1 }, { neuron: 0 }))).toBe(true);
    expect(showsNeurons(values({ neuron: 'neuron 21' }))).toBe(true);
    expect([{ neuron: 7 }, { neuron: 'neuron 21' }, { neuron: 'neuron x' }, { neuron: 1.5 }, 3].map(neuronOf)).toEqual([
      7,
      21,
      null,
      null,
      null,
    ]);
    expect(showsNeurons(values({ neuron: 'a' }))).toBe(false);
    expect(showsNeurons(values(null))).toBe(false);
    expect(showsNeurons(values())).toBe(false);
    expect(showsNeurons({ data: { url: 'x.json' } })).toBe(false);
    expect(showsNeurons({})).toBe(false);
  });

  it('fade what is not selected, in units of every depth, and keep their own opacity', () => {
    const linked = linkNeurons(
      {
        params: [{ name: 'mine' }],
        facet: {},
        spec: {
          layer: [{ mark: { type: 'point', opacity: 0.7 } }, { mark: 'line' }, { mark: 'bar', encoding: { x: 1 } }],
        },
      },
      () => null,
    );
    expect(linked.params).toEqual([{ name: 'mine' }, { name: SELECTED, value: [] }]);
    const [point, line, bar] = (linked.spec as { layer: { encoding: Record<string, unknown>; mark: unknown }[] }).layer;
    expect(point.encoding.opacity).toMatchObject({ condition: { value: 0.7 }, value: 0.12 });
    expect(line).toEqual({ mark: 'line' });
    expect(bar).toMatchObject({ mark: { type: 'bar' }, encoding: { x: 1, opacity: { condition: { value: 1 } } } });
  });

  it('leave an opacity that means something alone', () => {
    const spec = { mark: 'point', encoding: { opacity: { field: 'x' } } };
    expect(linkNeurons(spec, () => null)).toMatchObject(spec);
  });

  it('say which neuron of which layer a row is', () => {
    const spec = values({ neuron: 'neuron 4', layer: 'a' }, { neuron: 4, layer: 'b' }, { layer: 'b' });
    const { data } = linkNeurons(spec, ({ layer }) => String(layer));
    expect(data).toEqual({
      values: [
        { neuron: 'neuron 4', layer: 'a', xincNeuron: 'a 4' },
        { neuron: 4, layer: 'b', xincNeuron: 'b 4' },
        { layer: 'b' },
      ],
    });
  });
});

describe('the layer of a figure', () => {
  const layers = [
    { id: 'layer1', label: 'Layer 1 · 8 features' },
    { id: 'layer10', label: 'Layer 10' },
    { id: 'block', label: 'Block' },
  ];
  it('is that of the row by id or label, else that of the figure’s name', () => {
    expect(layerOf(layers, 'embedding-layer10-frame-0001', null)).toBe('layer10');
    expect(layerOf(layers, 'embedding-layer1', {})).toBe('layer1');
    expect(layerOf(layers, 'embedding-layer1', { layer: 'Layer 10' })).toBe('layer10');
    expect(layerOf(layers, 'embedding-layer1', { layer: 'block' })).toBe('block');
    expect(layerOf(layers, 'layer100', null)).toBeNull();
  });
});
