import type { Attachment } from 'svelte/attachments';
import { panBy, type Zoom, zoomAt } from '../state/zoom.js';

/** What the gestures over a frame that shows a part of a picture change. */
export interface ZoomTarget {
  zoom(): Zoom;
  /** The largest scale. */
  most(): number;
  set(zoom: Zoom): void;
  /** Two fingers are down: what one of them began is none of a person's will. */
  pinched?(): void;
}

/** How much a step of a mouse wheel (100 pixels in most browsers) enlarges. */
const WHEEL_STEP = 1.25;
/** A wheel's pixels per line and per page, where a browser counts in these. */
const UNITS = [1, 16, 400];

/**
 * The wheel (and the pinch of a touchpad, which browsers tell as a wheel) and two fingers enlarge and move what the frame shows. A wheel
 * that has nothing left to make smaller scrolls the page. While two fingers are down, nobody else hears of them.
 */
export function zoomGestures(target: ZoomTarget): Attachment<HTMLElement> {
  return (frame) => {
    const fingers = new Map<number, readonly [x: number, y: number]>();
    let pinching = false;

    const shareOf = (x: number, y: number): readonly [number, number] => {
      const box = frame.getBoundingClientRect();
      return [(x - box.left) / box.width, (y - box.top) / box.height];
    };

    const wheel = (event: WheelEvent) => {
      const pixels = event.deltaY * UNITS[event.deltaMode];
      if (pixels === 0 || (pixels > 0 && target.zoom().scale === 1)) return;
      event.preventDefault();
      // The pinch of a touchpad counts in far smaller steps.
      const factor = WHEEL_STEP ** (-pixels / (event.ctrlKey ? 10 : 100));
      target.set(zoomAt(target.zoom(), factor, shareOf(event.clientX, event.clientY), target.most()));
    };

    const middle = () => {
      const [[ax, ay], [bx, by]] = fingers.values();
      return { x: (ax + bx) / 2, y: (ay + by) / 2, apart: Math.hypot(ax - bx, ay - by) };
    };

    const down = (event: PointerEvent) => {
      if (event.pointerType !== 'touch') return;
      fingers.set(event.pointerId, [event.clientX, event.clientY]);
      if (fingers.size < 2) return;
      if (!pinching) target.pinched?.();
      pinching = true;
      event.stopPropagation();
    };

    const move = (event: PointerEvent) => {
      if (!fingers.has(event.pointerId)) return;
      if (!pinching) {
        fingers.set(event.pointerId, [event.clientX, event.clientY]);
        return;
      }
      event.stopPropagation();
      if (fingers.size !== 2) return;
      const before = middle();
      fingers.set(event.pointerId, [event.clientX, event.clientY]);
      const after = middle();
      const box = frame.getBoundingClientRect();
      const moved = panBy(target.zoom(), (after.x - before.x) / box.width, (after.y - before.y) / box.height);
      const factor = before.apart > 0 ? after.apart / before.apart : 1;
      target.set(zoomAt(moved, factor, shareOf(after.x, after.y), target.most()));
    };

    const lift = (event: PointerEvent) => {
      if (!fingers.delete(event.pointerId)) return;
      if (pinching) event.stopPropagation();
      if (fingers.size === 0) pinching = false;
    };

    const listening = new AbortController();
    const { signal } = listening;
    frame.addEventListener('wheel', wheel, { signal, passive: false });
    // Before anybody else hears of them.
    frame.addEventListener('pointerdown', down, { signal, capture: true });
    frame.addEventListener('pointermove', move, { signal, capture: true });
    frame.addEventListener('pointerup', lift, { signal, capture: true });
    frame.addEventListener('pointercancel', lift, { signal, capture: true });
    return () => listening.abort();
  };
}
