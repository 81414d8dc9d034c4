import { spawnSync } from 'node:child_process';
import type { Browser } from 'playwright-core';

/** The oldest Firefox whose WebDriver BiDi these tests were run with. */
const OLDEST = 153;
/** How long Firefox may take to start, in milliseconds: it fits into a hook. */
const START = 110_000;

/** The Firefox that XINC_FIREFOX names, else Debian's; or why there is none to test with. */
export function findFirefox(): { readonly path: string } | { readonly missing: string } {
  const path = process.env.XINC_FIREFOX ?? '/usr/bin/firefox-esr';
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  const version = /Firefox (\d+)/.exec(stdout ?? '')?.[1];
  const needed = `needs Firefox ${OLDEST} or newer: Debian's firefox-esr, or one that XINC_FIREFOX names`;
  if (version === undefined) return { missing: needed };
  return Number(version) >= OLDEST ? { path } : { missing: `${needed}; ${path} is ${version}` };
}

/** Firefox as it is, by the protocol that browsers share. It does not know colour schemes of a context: it prefers light. */
export async function startFirefox(path: string): Promise<Browser> {
  const { firefox } = await import('playwright-core');
  const firefoxUserPrefs = {
    'layout.css.prefers-color-scheme.content-override': 1,
    // Those of the pointer come in by the window, as a person's do: otherwise frames of other sites get none.
    'remote.events.async.mouse.enabled': true,
    'remote.events.async.wheel.enabled': true,
  };
  return firefox.launch({ channel: 'moz-firefox', executablePath: path, firefoxUserPrefs, timeout: START });
}
