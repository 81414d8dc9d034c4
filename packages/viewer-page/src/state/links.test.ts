import { describe, expect, test } from 'vitest';
import { embedLink, embedOf, pageLink } from './links.js';

const TOKEN = 'abc-DEF_012';

describe('links out of a page', () => {
  test.each([
    ['http://127.0.0.1:9462/#old', TOKEN, `http://127.0.0.1:9462/?token=${TOKEN}#layer=layer2`],
    [
      `http://127.0.0.1:9462/token/${TOKEN}/?embed=wall#old`,
      TOKEN,
      `http://127.0.0.1:9462/?token=${TOKEN}#layer=layer2`,
    ],
    ['http://[::1]:80/?token=other', TOKEN, `http://[::1]/?token=${TOKEN}#layer=layer2`],
    ['http://localhost:9462/?embed=wall', undefined, 'http://localhost:9462/#layer=layer2'],
    ['https://lab.example/xinc/boat/?embed=wall#old', undefined, 'https://lab.example/xinc/boat/#layer=layer2'],
    ['file:///home/a%20b/canvas.html?embed=wall', undefined, 'file:///home/a%20b/canvas.html#layer=layer2'],
  ])('%s leads to the whole page', (address, token, link) => {
    expect(pageLink({ address, token }, 'layer=layer2')).toBe(link);
  });

  test.each([
    [
      'http://127.0.0.1:9462/#old',
      TOKEN,
      `http://127.0.0.1:9462/token/${TOKEN}/?embed=figure#layer=layer2&figure=a%20b`,
    ],
    ['https://lab.example/xinc/', undefined, 'https://lab.example/xinc/?embed=figure#layer=layer2&figure=a%20b'],
    ['file:///canvas.html', undefined, 'file:///canvas.html?embed=figure#layer=layer2&figure=a%20b'],
  ])('%s leads to one panel alone', (address, token, link) => {
    expect(embedLink({ address, token }, 'figure', 'layer=layer2&figure=before', { figure: 'a b' })).toBe(link);
    expect(embedOf(link)).toBe('figure');
    expect(embedOf(pageLink({ address: link, token }, ''))).toBe(null);
  });
});
