/** The keys of a ride: `p` holds the tables, arrows turn the knobs of a simulated bike, with Shift by 5. */

import { onMounted, onScopeDispose, type Ref } from 'vue';

import { turn } from './bike';
import { changeBike, ride } from './ride_session';
import { settings } from './settings';

/** As long as the component is there that calls this. @param held  whether the tables stand still */
export function useRideKeys(held: Ref<boolean>, finished: Readonly<Ref<boolean>>): void {
  function key(event: KeyboardEvent): void {
    const at = event.target as HTMLElement | null;
    if (!ride.value || event.altKey || event.ctrlKey || event.metaKey || at?.closest('input, select, textarea, dialog')) return;
    if (event.key === 'p') held.value = !held.value;
    if (finished.value || at?.closest('[tabindex="0"]')) return;
    const step = event.shiftKey ? 5 : 1;
    const steps: Record<string, ['cadence' | 'resistance', number]> = {
      ArrowRight: ['cadence', step],
      ArrowLeft: ['cadence', -step],
      ArrowUp: ['resistance', step],
      ArrowDown: ['resistance', -step],
    };
    const found = steps[event.key];
    if (!found || ride.value.bike === 'bluetooth') return;
    event.preventDefault();
    if (ride.value.bike === 'auto') changeBike('manual');
    turn(found[0], settings[found[0]] + found[1]);
  }
  onMounted(() => addEventListener('keydown', key));
  onScopeDispose(() => removeEventListener('keydown', key));
}
