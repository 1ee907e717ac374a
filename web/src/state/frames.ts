/**
 * The page's own measurement: how long its frames and its updates take. Switched on by `&measure` in the address; what was
 * measured is then in `window.alleycatFrames`.
 */

import { nextTick } from 'vue';

import { linked } from './backend';

export interface Frames {
  /** ms between frames. */
  frames: number[];
  /** ms from a message's arrival in a view until its rows are in the document. */
  updates: number[];
  /** Tasks of 50 ms and more, as the browser counts them. */
  longTasks: number[];
  /** ms to check each standings message against the contract. */
  checks: number[];
}

declare global {
  interface Window {
    alleycatFrames?: Frames;
  }
}

const keep = 5000;
let started = false;

function begin(): Frames {
  const measured: Frames = (window.alleycatFrames ??= { frames: [], updates: [], longTasks: [], checks: [] });
  if (started) return measured;
  started = true;
  let last = performance.now();
  const frame = (at: number): void => {
    if (measured.frames.length < keep) measured.frames.push(at - last);
    last = at;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  void linked.then(({ gate }) => {
    gate.checked = (ms, kind) => {
      if (kind === 'standings' && measured.checks.length < keep) measured.checks.push(ms);
    };
  });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) measured.longTasks.push(duration);
  }).observe({ entryTypes: ['longtask'] });
  return measured;
}

export function useFrames(): { measure: (update: () => void) => void } {
  const measured = new URLSearchParams(location.search).has('measure') ? begin() : null;
  return {
    measure(update) {
      if (!measured) {
        update();
        return;
      }
      const began = performance.now();
      update();
      void nextTick(() => {
        if (measured.updates.length < keep) measured.updates.push(performance.now() - began);
      });
    },
  };
}
