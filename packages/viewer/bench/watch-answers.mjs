/**
 * Runs in the page, before its own scripts: `nextAnswer` resolves with the milliseconds from the next move of the pointer to
 * the first ranking after it, or to the next map that is painted; and from the next click to the next picture of the network
 * with neurons switched off.
 */
export function watchAnswers() {
  const CAUSES = { ranking: 'pointermove', map: 'pointermove', picture: 'click' };
  const since = {};
  for (const cause of Object.values(CAUSES)) {
    window.addEventListener(
      cause,
      () => {
        since[cause] ??= performance.now();
      },
      { capture: true },
    );
  }
  const waiting = new Set();
  const answer = (kind) => {
    const start = since[CAUSES[kind]];
    if (start === undefined) return;
    for (const one of waiting) {
      if (one.kind !== kind) continue;
      waiting.delete(one);
      one.resolve(performance.now() - start);
    }
  };

  const paint = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (...args) {
    paint.apply(this, args);
    if (this.canvas.closest('[data-testid=map]')) answer('map');
    if (this.canvas.closest('[aria-label=Effect]')) answer('picture');
  };
  const LIST = '[aria-label="Neurons by contribution"]';
  new MutationObserver((changes) => {
    const within = (selector) =>
      changes.some(({ target }) => (target.closest ? target : target.parentElement)?.closest(selector));
    if (within(LIST)) answer('ranking');
  }).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ['data-value'],
  });

  window.nextAnswer = (kind) =>
    new Promise((resolve, reject) => {
      since[CAUSES[kind]] = undefined;
      waiting.add({ kind, resolve });
      setTimeout(() => reject(new Error(`Nothing of kind '${kind}' was answered in 20 s`)), 20_000);
    });
}
