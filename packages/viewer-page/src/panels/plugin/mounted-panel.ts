import type { PanelHost, PanelModule, PanelScene } from '../../api.js';

/** A plugin's panel in the page. Once it is taken down it is told nothing more; one that starts too late is taken down at once. */
export class MountedPanel {
  readonly #followers = new Set<(scene: PanelScene) => unknown>();
  readonly #onfailure: (error: Error) => void;
  #scene: PanelScene;
  #takeDown: (() => unknown) | undefined;
  #down = false;

  /** @param onfailure is told what the panel throws, now or later, until it is taken down */
  constructor(
    panel: PanelModule,
    root: HTMLElement,
    host: Omit<PanelHost, 'follow'>,
    scene: PanelScene,
    onfailure: (error: Error) => void,
  ) {
    this.#scene = scene;
    this.#onfailure = onfailure;
    this.#guard(async () => {
      const takeDown = panel.mount(root, { ...host, follow: (listener) => this.#follow(listener) });
      this.#started(takeDown instanceof Promise ? await takeDown : takeDown);
    });
  }

  /** Tells the panel what is on screen. */
  tell(scene: PanelScene): void {
    this.#scene = scene;
    for (const listener of this.#followers) this.#guard(() => listener(scene));
  }

  takeDown(): void {
    this.#down = true;
    this.#followers.clear();
    this.#guard(() => this.#takeDown?.());
  }

  #follow(listener: (scene: PanelScene) => unknown): () => void {
    if (!this.#down) {
      this.#followers.add(listener);
      this.#guard(() => listener(this.#scene));
    }
    return () => this.#followers.delete(listener);
  }

  #started(takeDown: unknown): void {
    if (typeof takeDown !== 'function') return;
    if (this.#down) takeDown();
    else this.#takeDown = takeDown as () => unknown;
  }

  /** What is called may be asynchronous. */
  #guard(call: () => unknown): void {
    const fail = (error: unknown) => {
      // The panel is not shown any more; its author sees the message in the console.
      if (this.#down) reportError(error);
      else this.#onfailure(error instanceof Error ? error : new Error(String(error)));
    };
    try {
      Promise.resolve(call()).catch(fail);
    } catch (error) {
      fail(error);
    }
  }
}
