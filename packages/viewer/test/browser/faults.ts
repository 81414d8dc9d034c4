import type { Page } from 'playwright-core';

/**
 * What axe finds wrong, by WCAG 2.2 A and AA and its own best practices: the rule and the elements. It is run outside the
 * page's policy, which keeps it out like any other foreign script.
 */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const { source } = (await import('axe-core')).default;
  await page.evaluate(source);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`,
    );
  });
}

/** Elements that stick out of the window, where nothing that scrolls or cuts off holds them: everything has to fit, whatever its size. */
export function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const held = (element: Element): boolean => {
      const parent = element.parentElement;
      if (!parent || parent === document.body) return false;
      return getComputedStyle(parent).overflow !== 'visible' || held(parent);
    };
    return [...document.querySelectorAll('#app *')]
      .filter((element) => {
        const { right, bottom, width, height } = element.getBoundingClientRect();
        // Text for screen readers alone is one pixel large.
        if (width <= 1 || height <= 1) return false;
        return (right > innerWidth + 1 || bottom > innerHeight + 1) && !held(element);
      })
      .map((element) => `${element.tagName.toLowerCase()}.${element.className} ${element.textContent.slice(0, 40)}`);
  });
}
