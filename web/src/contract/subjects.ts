/** Which messages belong to a subject, for the compiler: who listens or asks need not say, and cannot be wrong. */

import type { Answered, Said } from './messages';

type Find<Pairs, Subject extends string> = Pairs extends [infer First, ...infer Rest]
  ? First extends [infer Pattern, infer Type]
    ? Subject extends Pattern
      ? Type
      : Find<Rest, Subject>
    : never
  : never;

/** What is said on a subject. */
export type Heard<Subject extends string> = Find<Said, Subject>;

/** What answers a request on a subject when nothing is wrong. */
export type AnswerOn<Subject extends string> = Find<Answered, Subject>;

/** What answers `alleycat.query.<what>`. */
export type QueryAnswer<What extends string> = AnswerOn<`alleycat.query.${What}`>;

export type UpdateAnswer = AnswerOn<`alleycat.update.${number}.${number}`>;
