/** What the gym's wall shows, and for how long. */

export type Scene = 'live' | 'results' | 'leaderboard';

/** Seconds. A race that is on is what people look for. */
const lengths: Record<Scene, number> = { live: 24, results: 12, leaderboard: 12 };

/**
 * @param scene   shown now
 * @param has     which scenes have anything to show
 * @returns the next one; the same when there is no other
 */
export function nextScene(scene: Scene, has: Record<Scene, boolean>): Scene {
  const order: Scene[] = ['live', 'results', 'leaderboard'];
  for (let i = 1; i <= order.length; i += 1) {
    const next = order[(order.indexOf(scene) + i) % order.length]!;
    if (has[next]) return next;
  }
  return scene;
}

export const sceneSeconds = (scene: Scene): number => lengths[scene];
