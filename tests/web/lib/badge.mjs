// When a page said that what it shows is old.

/**
 * From now on, by the page's own looks at itself in every frame.
 * @returns {Promise<() => Promise<{shown: number, now: boolean}>>} `shown`: how often the badge came
 */
export async function watchBadge(page) {
  await page.evaluate(() => {
    const badge = { shown: 0, now: false };
    window.alleycatBadge = badge;
    const look = () => {
      const is = document.querySelector('.stale[role=status]') !== null;
      if (is && !badge.now) badge.shown += 1;
      badge.now = is;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  return () => page.evaluate(() => window.alleycatBadge);
}
