/** Choices of whoever uses this device. */

import { computed, reactive, ref, watch } from 'vue';

import { loadJson, save } from './storage';

export type Theme = 'auto' | 'dark' | 'light';

export const settings = reactive(
  loadJson('settings', {
    theme: 'auto' as Theme,
    racerId: null as number | null,
    name: '',
    classId: 1,
    ghost: 'none',
    bike: 'auto' as 'auto' | 'manual' | 'bluetooth',
    cadence: 85,
    resistance: 45,
  }),
);

watch(settings, () => save('settings', JSON.stringify(settings)));

const prefersLight = matchMedia('(prefers-color-scheme: light)');
const prefersCalm = matchMedia('(prefers-reduced-motion: reduce)');
const systemLight = ref(prefersLight.matches);
/** Whether nothing should move by itself. */
export const calm = ref(prefersCalm.matches);
prefersLight.addEventListener('change', (event) => (systemLight.value = event.matches));
prefersCalm.addEventListener('change', (event) => (calm.value = event.matches));

export const theme = computed<'dark' | 'light'>(() =>
  settings.theme === 'auto' ? (systemLight.value ? 'light' : 'dark') : settings.theme,
);

watch(
  theme,
  (name) => {
    document.documentElement.dataset.theme = name;
  },
  { immediate: true },
);

/** As the device → dark → light. */
export function nextTheme(): void {
  settings.theme = settings.theme === 'auto' ? 'dark' : settings.theme === 'dark' ? 'light' : 'auto';
}
