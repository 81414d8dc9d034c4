import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Content, escaped, html, Markup } from './markup.js';

const decoded = (text: string) =>
  text.replace(
    /&(amp|lt|gt|quot|#39);/g,
    (_, name) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name as 'lt'],
  );

test('escaped text holds no markup and reads as the text it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const result = escaped(text);
      expect(result).not.toMatch(/[<>"']/);
      expect(decoded(result)).toBe(
        text.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, (c) => ('\t\n\r'.includes(c) ? c : '\ufffd')),
      );
    }),
  );
});

test('control characters and lone surrogates, which XML forbids, become replacement characters', () => {
  expect(escaped('a\u0000b\u001bc\ud800d\uffffe\tf\n')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde\tf\n');
  expect(escaped('𝛼 🙂')).toBe('𝛼 🙂');
});

test('a template escapes text, takes markup as it is, joins lists and leaves nothing out of null and false', () => {
  const list: Content[] = ['<b>', new Markup('<i>'), 0, null, undefined, false, ['"']];
  expect(html`<p title="${"a'b"}">${list}</p>`.text).toBe('<p title="a&#39;b">&lt;b&gt;<i>0&quot;</p>');
});
