import type { Page } from 'playwright-core';

/** Text whose contrast with what lies behind it is too low to read (WCAG AA: 4.5, large text 3), with the ratio. */
export function faintTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
    const channels = (color: string): [number, number, number, number] => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      return [r, g, b, a / 255];
    };
    const luminance = (color: readonly number[]) => {
      const [r, g, b] = color.map((channel) => {
        const share = channel / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element: Element | null): readonly number[] => {
      for (let one = element; one; one = one.parentElement) {
        const color = channels(getComputedStyle(one).backgroundColor);
        if (color[3] > 0) return color;
      }
      return [255, 255, 255];
    };
    const faint: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent!.trim();
      const element = walker.currentNode.parentElement;
      if (!text || !element || element.closest('style, .hidden, title, desc')) continue;
      if (element.getClientRects().length === 0) continue;
      const style = getComputedStyle(element);
      const color = channels(element instanceof SVGElement ? style.fill : style.color);
      const [a, b] = [luminance(color), luminance(behind(element))].sort((x, y) => y - x);
      const ratio = (a + 0.05) / (b + 0.05);
      const large = Number.parseFloat(style.fontSize) >= 24;
      if (ratio < (large ? 3 : 4.5)) faint.push(`${ratio.toFixed(2)}: ${text.slice(0, 60)}`);
    }
    return faint;
  });
}

/** What is wrong with the structure of a page: ids, links inside it, headings, pictures. */
export function structuralFaults(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const faults: string[] = [];
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    if (new Set(ids).size < ids.length) faults.push('an id is given twice');
    for (const link of document.querySelectorAll('a')) {
      const href = link.getAttribute('href') ?? '';
      if (href === 'https://arxiv.org/abs/2401.10217') continue;
      if (!href.startsWith('#') || !document.getElementById(href.slice(1))) faults.push(`link to ${href}`);
    }
    const levels = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((heading) =>
      Number(heading.tagName[1]),
    );
    if (levels.filter((level) => level === 1).length !== 1 || levels[0] !== 1) faults.push('not one h1 at the top');
    for (let i = 1; i < levels.length; i++)
      if (levels[i] > levels[i - 1] + 1) faults.push(`h${levels[i]} after h${levels[i - 1]}`);
    for (const image of document.querySelectorAll('img')) {
      await image.decode().catch(() => faults.push(`'${image.alt}' is no picture`));
      if (!image.alt) faults.push('a picture without alternative');
      const drawn = image.width / image.height;
      if (Math.abs(drawn / (image.naturalWidth / image.naturalHeight) - 1) > 0.05)
        faults.push(`'${image.alt}' is distorted`);
    }
    for (const svg of document.querySelectorAll('svg'))
      if (!svg.getAttribute('aria-label')) faults.push('a chart without alternative');
    for (const figure of document.querySelectorAll('figure'))
      if (!figure.querySelector('figcaption')) faults.push('a figure without caption');
    if (document.documentElement.scrollWidth > window.innerWidth) {
      faults.push(`${document.documentElement.scrollWidth} wide in a window of ${window.innerWidth}`);
    }
    return faults;
  });
}
