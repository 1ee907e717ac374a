/** Made by `contract/checks.ts` when the page is built. */
declare module 'virtual:contract-checks' {
  interface Check {
    (message: unknown): boolean;
    /** Of the last message, when it was not as it should be. */
    errors?: { instancePath: string; message?: string }[] | null;
  }
  type Checks = readonly (readonly [subject: string, kinds: readonly (readonly [kind: string, check: Check])[]])[];
  /** By subject with `{parameters}`, what may be said there; the kinds are names of messages in docs/asyncapi.yaml. */
  export const heard: Checks;
  /** What may answer a request there. */
  export const answers: Checks;
}
