import { onScopeDispose } from 'vue';

import { linked } from './backend';

/** Listens to a subject as long as the view is there; the subject may not change. */
export function useSubject<T>(subject: string, handler: (message: T) => void): void {
  let stop = () => {};
  let gone = false;
  void linked.then((link) => {
    if (!gone) stop = link.listen<T>(subject, handler);
  });
  onScopeDispose(() => {
    gone = true;
    stop();
  });
}
