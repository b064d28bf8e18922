/**
 * Texts of the page "settlement".
 * @module
 */
export const settlement = {
  slots: "Slots",
  slotsDetail: "In every slot the counters of all meters are cut; what flowed between two cuts is what is settled.",
  noExchange: "This gateway settles energy, but has no exchange to pay for it yet: slots and trades are not available here. What was measured is kept and committed in the batches below, so nothing is lost until then.",
  noSlots: "No slot yet. The first one closes at the end of the current settlement interval.",
  slotColumns: { slot: "Slot", time: "Time", state: "State", drawn: "Drawn", given: "Given", batch: "Batch" },
  slotStates: { open: "open", closed: "closed", submitted: "submitted", final: "final", disputed: "disputed" },
  slotHelp: {
    open: "Still running.",
    closed: "Over; waits for its batch.",
    submitted: "On its way to the chain.",
    final: "Settled for good.",
    disputed: "Both ends do not agree: the community’s arbiter decides.",
  },

  batches: "Batches",
  batchesDetail: "The readings that this home committed together. Open one to see its readings and to check any of them.",
  noBatches: "No batch yet. The first one is made when a slot closes.",
  batchColumns: { number: "Batch", period: "Readings from", readings: "Readings", state: "State", block: "Block" },
  states: { signed: "signed", mined: "mined", final: "final", reverted: "refused" },
  stateHelp: {
    signed: "Stored here and on its way to the chain.",
    mined: "In a block; it counts when that block stays.",
    final: "On the chain for good.",
    reverted: "The contract refused it: see the gateway’s log.",
  },
  older: "Show older ones",
  first: "This is the first one.",

  back: "All slots and batches",
  batch: (number: number) => `Batch ${number}`,
  unknownBatch: (text: string) => `“${text}” is no batch’s number. Go back and choose one.`,
  facts: { period: "Readings from", slot: "Newest slot in it", made: "Made", root: "Merkle root", transaction: "Transaction", block: "Block", blockHash: "Block hash" },
  notMined: "in no block yet",
  readings: (count: number) => `Its ${count === 1 ? "reading" : `${count} readings`}`,
  noReadings: "It holds checkpoints of meters only, and no reading.",
  readingColumns: { time: "Ended", meter: "Meter", power: "Power", imported: "Imported", exported: "Exported", verify: "Proof" },
  more: "Show more readings",
  verify: "Verify",
  verifyOf: (id: string) => `Verify reading ${id}`,

  verifying: "Checking …",
  proofOf: (id: string) => `Proof of reading ${id}`,
  verdicts: {
    proven: "Proven: this reading is in the batch whose root is on the chain.",
    consistent: "Consistent, but not held against the chain: the gateway no longer has the chain’s event of so old a batch.",
    wrong: "Not proven: something does not fit. Restore a backup, or ask the community’s arbiter.",
  },
  checks: {
    values: "The values shown are the values that were hashed",
    leaf: "Hashing them gives the leaf",
    root: "The leaf and its siblings lead to the root",
    batch: "That root is the batch’s",
    chain: "That root is in the contract’s event on the chain",
  },
  results: { ok: "right", wrong: "wrong", untold: "not known" },
  expected: (value: string) => `expected ${value}`,
  came: (value: string) => `came ${value}`,
  siblings: (count: number) => `${count} ${count === 1 ? "sibling" : "siblings"}`,
  leaf: "Leaf",
  trust:
    "Leaf and root were computed in this browser. It trusts this gateway for one thing: that the chain’s event says what the gateway read there. " +
    "To trust nobody but the chain, run “daisee verify” on a machine of your own with the proof below.",
  limits: "No proof shows that the board measured truly, only that nothing was changed since it was committed.",
  save: "Save the proof",
};
