import { expect, it } from 'vitest';
import { neuronPanels } from './neuron-panels.js';

const head = '<svg xmlns="x" width="200" height="100" viewBox="0 0 200 100" role="img"><title>Maps: neuron 99</title>';
const text = (content: string) => `<text x="0" y="0" font-size="11">${content}</text>`;
const image = (x: number, y: number) =>
  `<image x="${x}" y="${y}" width="50" height="25" href="data:image/png;base64,AA"/>`;

it('finds the neurons that pictures are named after, in their places', () => {
  const svg = `${head}${text('Maps of layer 1')}${text('neuron 4')}${image(0, 50)}${text('cluster 2:')}${text('neuron 17')}${image(100, 50)}${text('signal')}${image(150, 50)}</svg>`;
  expect(neuronPanels(svg, 'Maps')).toEqual([
    { neuron: 4, left: 0, top: 0.5, width: 0.25, height: 0.25 },
    { neuron: 17, left: 0.5, top: 0.5, width: 0.25, height: 0.25 },
  ]);
});

it('takes the neuron of the title where no picture is named after one, and none of another run', () => {
  const svg = `${head}${text('|c|')}${image(0, 0)}${text('change')}${image(50, 0)}</svg>`;
  expect(neuronPanels(svg, 'Layer 1: neuron 3 and the picture without it').map(({ neuron }) => neuron)).toEqual([3, 3]);
  expect(neuronPanels(svg, 'Total contribution per pixel')).toEqual([]);
  expect(neuronPanels(`${head}${text('neuron 4 of other')}${image(0, 0)}</svg>`, 'Maps')).toEqual([]);
  expect(neuronPanels('<svg viewBox="0 0 0 0">', 'neuron 3')).toEqual([]);
  expect(neuronPanels('no svg', 'neuron 3')).toEqual([]);
});

it('knows kernels by both their names', () => {
  const svg = `${head.replace('neuron 99', 'maps')}${text('cluster 1:')}${text('kernel 4→27 (2011)')}${image(0, 0)}</svg>`;
  expect(neuronPanels(svg, 'Maps').map(({ neuron }) => neuron)).toEqual([2011]);
  const untitled = `${head}${text('|c|')}${image(0, 0)}</svg>`;
  expect(neuronPanels(untitled, 'block1: kernel 6→497 (21334)').map(({ neuron }) => neuron)).toEqual([21_334]);
});

it('reads a figure of a stranger once, and gives up one of more pictures than anybody looks at', () => {
  expect(neuronPanels(head + '<text '.repeat(500_000), 'Maps')).toEqual([]);
  expect(neuronPanels(head + `${text('neuron 1')}${image(0, 0)}`.repeat(2001), 'Maps')).toEqual([]);
});
