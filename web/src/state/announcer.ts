/** The one sentence that a screen reader is given without being asked. */

import { shallowRef } from 'vue';

export const announcement = shallowRef('');
export const announce = (sentence: string): void => {
  announcement.value = sentence;
};
