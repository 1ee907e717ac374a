import { onScopeDispose, ref, type Ref } from 'vue';

/** Whether a media query holds now. */
export function useMedia(query: string): Ref<boolean> {
  const list = matchMedia(query);
  const holds = ref(list.matches);
  const change = (event: MediaQueryListEvent) => (holds.value = event.matches);
  list.addEventListener('change', change);
  onScopeDispose(() => list.removeEventListener('change', change));
  return holds;
}
