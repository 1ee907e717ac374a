/** Numbers and times as people read them. English, the same on every device. */

const whole = new Intl.NumberFormat('en');
const oneDecimal = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const exactly = new Intl.NumberFormat('en', { maximumFractionDigits: 4 });
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const date = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** 34173.244 → "34,173.2". */
export const score = (value: number): string => oneDecimal.format(value);
/** 34173.244 → "34,173.244". */
export const exactScore = (value: number): string => exactly.format(value);
/** 1234 → "1,234". */
export const count = (value: number): string => whole.format(value);

/** A difference with its sign: "+12.4", "−3.0" (a true minus sign), "±0.0". */
export function signed(value: number): string {
  const size = oneDecimal.format(Math.abs(value));
  if (size === oneDecimal.format(0)) return `±${size}`;
  return `${value > 0 ? '+' : '−'}${size}`;
}

/** 1 → "1st", 12 → "12th", 103 → "103rd". */
export const ordinalSuffix = (n: number): string => {
  const tens = n % 100;
  if (tens >= 11 && tens <= 13) return 'th';
  return ['th', 'st', 'nd', 'rd'][n % 10] ?? 'th';
};
export const ordinal = (n: number): string => `${whole.format(n)}${ordinalSuffix(n)}`;

/** Seconds as "4:07"; hours only when there are any. Never below 0. */
export function minutes(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  const h = Math.floor(s / 3600);
  return h > 0 ? `${h}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

/** "14:25", by the device's time zone. */
export const timeOfDay = (ms: number): string => clock.format(ms);
/** "Nov 23, 14:25". */
export const moment = (ms: number): string => date.format(ms);

/** How long ago: "now", "12 s", "4 min", "3 h", "2 d". */
export function ago(ms: number): string {
  const s = Math.floor(ms / 1000);
  if (s < 2) return 'now';
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h`;
  return `${Math.floor(s / 86_400)} d`;
}

/** One word for many things: plural(1, 'rider') → "1 rider". */
export const plural = (n: number, one: string, many = `${one}s`): string => `${whole.format(n)} ${n === 1 ? one : many}`;
