/** Days as the boards of days count them: in UTC, by the moment a race's window began. */

const dayLength = 86_400_000;

/** Days since 1970-01-01, UTC. */
export const utcDay = (ms: number): number => Math.floor(ms / dayLength);
/** The ms at which the UTC day of `ms` began, and ends. */
export const dayBegan = (ms: number): number => utcDay(ms) * dayLength;
export const dayEnds = (ms: number): number => (utcDay(ms) + 1) * dayLength;
