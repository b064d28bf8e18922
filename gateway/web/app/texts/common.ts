/**
 * Texts that several pages use.
 * @module
 */
export const common = {
  /** Of dates and numbers (BCP 47). */
  locale: "en-GB",
  timeUnits: { day: "d", hour: "h", minute: "min", second: "s" },
  loading: "Reading from the gateway …",
  unreachable: "The gateway does not answer. Check that it runs and that this device is in its network; then try again.",
  failed: (status: number) => `The gateway answered with error ${status}. Its log says more.`,
  retry: "Try again",
  close: "Close",
  cancel: "Cancel",
  save: "Save",
  noValue: "–",
  copy: (hash: string) => `Copy ${hash}`,
  copied: "Copied",
  logInToChange: "Log in to change this",
  notAllowed: {
    read: "Your account may not see this.",
    control: "Only members and owners of this home may change this: ask one of them.",
    admin: "Only an owner of this home may change this: ask one of them.",
  },
  commandStates: {
    pending: "waits for the board",
    sent: "on its way",
    applied: "confirmed by the board",
    refused: "refused by the board",
    expired: "given up",
  },
  meterKinds: { load: "Load", generation: "Generation", battery: "Battery", bus: "Neighbours’ bus" },
  home: (node: number) => (node === 0 ? "The community" : `Home ${node}`),
  you: "you",
  /** What a board has closed, as the start of a sentence. */
  sources: {
    off: "Switched off",
    own: "On your own battery",
    bus: "On the neighbours’ bus",
    keep: "Keeping its energy",
    give: "Giving to the neighbours’ bus",
  },
};
