import { onScopeDispose } from 'vue';

import type { Heard } from '../contract/subjects';
import { linked } from './backend';

/** Listens to a subject as long as the view is there; the subject may not change. */
export function useSubject<Subject extends string>(subject: Subject, handler: (message: Heard<Subject>) => void): void {
  let stop = () => {};
  let gone = false;
  void linked.then((link) => {
    if (!gone) stop = link.listen(subject, handler);
  });
  onScopeDispose(() => {
    gone = true;
    stop();
  });
}

/**
 * A race is told to be closed before every node has it in its store; which one answers, nobody can tell. So what depends on it is
 * asked for soon, and once more. Not by all pages in the same moment.
 */
const looks = [400, 4000];
const spread = 800;

/** Calls when something about closed races of a class is to be asked again. */
export function useRaceClosed(classId: () => number, handler: () => void): void {
  const timers = new Set<ReturnType<typeof setTimeout>>();
  useSubject('alleycat.event.race_closed', (event) => {
    if (event.event !== 'race_closed' || event.classId !== classId()) return;
    for (const pause of looks) {
      const timer = setTimeout(
        () => {
          timers.delete(timer);
          if (event.classId === classId()) handler();
        },
        pause + Math.random() * spread,
      );
      timers.add(timer);
    }
  });
  onScopeDispose(() => timers.forEach(clearTimeout));
}
