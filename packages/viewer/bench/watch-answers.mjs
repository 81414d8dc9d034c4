/**
 * Runs in the page, before its own scripts: `nextAnswer` resolves with the milliseconds from the next move of the pointer to
 * the first ranking after it, or to the next map that is painted.
 */
export function watchAnswers() {
  let moved;
  window.addEventListener(
    'pointermove',
    () => {
      moved ??= performance.now();
    },
    { capture: true },
  );
  const waiting = new Set();
  const answer = (kind) => {
    if (moved === undefined) return;
    for (const one of waiting) {
      if (one.kind !== kind) continue;
      waiting.delete(one);
      one.resolve(performance.now() - moved);
    }
  };

  const paint = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (...args) {
    paint.apply(this, args);
    if (this.canvas.closest('[data-testid=map]')) answer('map');
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
      moved = undefined;
      waiting.add({ kind, resolve });
      setTimeout(() => reject(new Error(`Nothing of kind '${kind}' was answered in 20 s`)), 20_000);
    });
}
