/**
 * Texts of the frame around the pages: navigation, log-in, set-up, what is wrong right now.
 * @module
 */
export const shell = {
  title: (page: string, home: string | null) => `${page} · ${home === null ? "" : `${home} · `}DAISEE`,
  navigation: "Pages",
  skip: "Skip to the page",
  pages: {
    now: "Now",
    history: "History",
    neighbours: "Neighbours",
    settlement: "Settlement",
    chain: "Chain",
    boards: "Boards",
    settings: "Settings",
    more: "More",
  },
  pageFailed: "This page could not be fetched from the gateway. Check that it runs; if it was updated, load the page anew.",
  roles: { consumer: "draws on neighbours", producer: "gives to neighbours" },
  connection: { connecting: "Connecting", live: "Live", lost: "Not connected" },
  lost: (since: string | null) =>
    `The gateway does not answer. Trying again by itself${since === null ? "." : `; what you see is from ${since}.`} ` +
    "If it stays away, check that it runs on this machine.",
  chainAway: (detail: string | null) =>
    `The chain does not answer${detail === null ? "" : ` (${detail})`}. Measuring and switching go on; batches wait and are sent when it is back.`,
  reverted: (count: number) => `${count} ${count === 1 ? "transaction was" : "transactions were"} refused by the contract since the start.`,
  refused: (count: number) =>
    `${count} ${count === 1 ? "checkpoint was" : "checkpoints were"} left out, because the contract would refuse them: a meter of this home is not registered with the community, or was replaced. ` +
    "Have the community admit it; its readings are kept.",
  theme: { auto: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" },
  logIn: {
    title: "Log in",
    lead: "This home’s dashboard is for its household.",
    name: "Name",
    password: "Password",
    submit: "Log in",
  },
  logOut: "Log out",
  logOutOf: (name: string) => `Log out ${name}`,
  setUp: {
    title: "Welcome to DAISEE",
    lead: "This gateway has no account yet. Make the first one: it is the home’s owner.",
    step: (step: number) => `Step ${step} of 2`,
    code: "Set-up code",
    codeHelp: "The gateway printed it when it started, such as K7QM-2XVP-9RTA. It proves that the gateway is yours.",
    name: "Your name",
    password: "Password",
    passwordHelp: (length: number) => `At least ${length} characters; a few words are good.`,
    repeat: "Password again",
    differs: "The two passwords differ.",
    next: "Go on",
    back: "Back",
    submit: "Make the account",
  },
};
