// What somebody at the page does.

import { sleep, until } from '../../e2e/lib/until.mjs';

/** Fills in the set-up and presses Start. */
export async function startRace(page, { name, racerId, course, ghost = 'Nobody', bike = 'Automatic' }) {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Rider number').fill(String(racerId));
  await page.getByLabel('Rider number').press('Tab');
  await page.getByRole('radio', { name: course }).check();
  await page.getByRole('radio', { name: ghost, exact: true }).check();
  await page.getByRole('radio', { name: bike, exact: true }).check();
  await page.getByRole('button', { name: 'Start race' }).click();
  await page.getByRole('timer', { name: 'Time left' }).waitFor();
}

/** A moment with time enough left in the window for riders of `--start next`, started now, to find the same next one as the page. */
export async function wellBeforeWindow(rules, seconds = 4) {
  const window = rules.window_seconds * 1000;
  const left = window - (Date.now() % window);
  if (left < seconds * 1000) await sleep(left + 1);
}

/** Shortly after the next window opens: riders of `--start next` are in the same race then. */
export async function windowOpens(rules, after = 300) {
  const window = rules.window_seconds * 1000;
  await sleep(window - (Date.now() % window) + after);
}

/** @returns {Promise<number>} own seconds that are over, as the page says */
export const secondsRidden = async (page) => Number(await page.getByRole('progressbar', { name: 'Ride' }).getAttribute('aria-valuenow'));

/** @returns {Promise<number | null>} the large rank; an error when none is there within `timeout` ms */
export async function rankOn(page, plate, timeout = 30_000) {
  const text = await page.getByRole('region', { name: plate, exact: true }).locator('.rank').innerText({ timeout });
  const digits = text.replace(/\D/g, '');
  return digits === '' ? null : Number(digits);
}

/** Waits until the page shows this race's result for its rider. */
export const untilResult = (page, seconds = 90) =>
  until('the page shows the result', () => page.getByText('The race is closed.').isVisible(), { seconds, everyMs: 200 });
