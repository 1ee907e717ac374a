/** Which view is shown; the address bar is the truth. */

import { shallowRef } from 'vue';

import { readRoute, routeText, type Route } from '../logic/route';

export const route = shallowRef<Route>(readRoute(location.search));

addEventListener('popstate', () => (route.value = readRoute(location.search)));

/** Shows a view. `replace` leaves no step back: for what is a detail of the same view. */
export function go(to: Route, { replace = false } = {}): void {
  const address = routeText(to);
  const sameView = to.screen === route.value.screen;
  if (address !== location.search) history[replace ? 'replaceState' : 'pushState'](null, '', address);
  route.value = to;
  if (!sameView) scrollTo(0, 0);
}
