import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { browserBench } from './browser-bench.js';
import { writeClusters } from './made-clusters.js';
import { writeFigures } from './made-figures.js';

/* The whole page by keys alone, as somebody without a pointer goes through it. */

const bench = browserBench();
beforeAll(async () => {
  await writeClusters(bench.image, { layer2: [0, 1, 0, 1, 1, 0, 1, -1, 0, 1] });
  await writeFigures(bench.image);
});

interface Stop {
  readonly name: string;
  /** Its place among all elements of the page. */
  readonly place: number;
  /** Why a person does not see where they are. */
  readonly unseen?: string;
}

/** Where the keys are, or undefined where they have left the page. */
const stopOf = (page: Page) =>
  page.evaluate((): Stop | undefined => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return undefined;
    // Of a choice that is drawn by what is beside it, that is what shows the focus.
    const shown = [element, element.nextElementSibling].filter((one) => one !== null);
    const outlined = shown.some((one) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1;
    });
    const { top, bottom, left, right } = (element.closest('label') ?? element).getBoundingClientRect();
    const inside = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth && bottom > top && right > left;
    const text = element.ariaLabel ?? element.textContent;
    return {
      name: `${element.role ?? element.tagName.toLowerCase()} ${text.trim().slice(0, 40)}`,
      place: [...document.querySelectorAll('*')].indexOf(element),
      ...(!outlined && { unseen: 'no outline' }),
      ...(!inside && { unseen: 'out of sight' }),
    };
  });

/** Places of what takes the focus from the Tab key; of choices of one name, the one that is chosen. */
const reachable = (page: Page) =>
  page.evaluate(() => {
    const all = [...document.querySelectorAll<HTMLElement>('*')];
    return all.flatMap((element, place) => {
      if (element.tabIndex < 0 || element.matches(':disabled') || !element.checkVisibility()) return [];
      if (element.matches('input[type=radio]:not(:checked)')) return [];
      return [place];
    });
  });

/** Presses a key until it leads out of the page; more often than there are places it does not. */
async function walk(page: Page, key: string): Promise<Stop[]> {
  const stops: Stop[] = [];
  for (let count = 0; count < 200; count++) {
    await page.keyboard.press(key);
    const stop = await stopOf(page);
    if (!stop) return stops;
    stops.push(stop);
  }
  throw new Error(`The keys do not come out of ${stops.at(-1)!.name}`);
}

test('Tab goes through all that can be used, in order and in sight, in every panel, and back', async () => {
  const { page, settled, view, close } = await bench.open('layer=layer2&pixel=7,3&neuron=2&neurons=2,3&other=custom');
  await settled();
  const there = await walk(page, 'Tab');
  const back = await walk(page, 'Shift+Tab');
  expect(back.map(({ place }) => place).reverse()).toEqual(there.map(({ place }) => place));
  const places = await reachable(page);
  expect(there.map(({ place }) => place)).toEqual(places);

  const panels = await page.getByRole('tab').count();
  expect(panels).toBeGreaterThan(5);
  // To the first tab, and by arrow keys from one to the next.
  const isTab = async () => (await stopOf(page))?.name.startsWith('tab ');
  while (!(await isTab())) await page.keyboard.press('Tab');
  const seen = new Set<string>();
  for (let panel = 0; panel < panels; panel++) {
    await page.locator('.waiting').waitFor({ state: 'detached' });
    await settled();
    const tab = (await stopOf(page))!;
    seen.add(tab.name);
    const stops = await walk(page, 'Tab');
    expect([tab.name, stops.filter(({ unseen }) => unseen)]).toEqual([tab.name, []]);
    expect(stops.map(({ place }) => place)).toEqual((await reachable(page)).filter((place) => place > tab.place));
    while (!(await isTab())) await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('ArrowRight');
  }
  expect(seen.size).toBe(panels);
  expect(there.filter(({ unseen }) => unseen)).toEqual([]);
  // Nothing was changed by being passed.
  expect(view()).toMatchObject({ pixel: '7,3', neuron: '2', neurons: '2-3', other: 'custom' });
  await close();
});

test('arrow keys go over the picture, the wall and the plane, Enter selects, and Escape lets go', async () => {
  const { page, settled, view, close } = await bench.open('layer=layer2&order=index');
  await settled();
  const goTo = async (name: RegExp) => {
    for (let count = 0; count < 100; count++) {
      if (name.test((await stopOf(page))?.name ?? '')) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not come to ${name}`);
  };
  await goTo(/^application /);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowUp');
  await expect.poll(() => view().pixel).toBe('7,12');
  await page.keyboard.press('Escape');
  await expect.poll(() => view().pixel).toBe(undefined);
  await goTo(/^listbox Neurons of/);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect.poll(() => view().neurons).toBeDefined();
  await page.keyboard.press('Escape');
  await expect.poll(() => view().neurons).toBe(undefined);
  await goTo(/^tab /);
  while (!(await stopOf(page))!.name.includes('Embedding')) await page.keyboard.press('ArrowRight');
  await settled();
  await goTo(/^application 10 neurons by how alike/);
  const before = view().neuron;
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => view().neuron).not.toBe(before);
  await page.keyboard.press('Enter');
  await expect.poll(() => view().neurons).toBe(view().neuron);
  await page.keyboard.press('Escape');
  await expect.poll(() => view().neurons).toBe(undefined);
  await close();
});
