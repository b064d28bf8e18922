import assert from "node:assert/strict";
import { describeChain } from "#chain/description.ts";

describe("describeChain", () => {
  it("is the first DAISEE's chain unless said otherwise", () => {
    assert.deepEqual(describeChain(), { chainId: 0x2323, periodSeconds: 5, gasLimit: 30_000_000, finalityDepth: 1 });
    assert.equal(describeChain({ periodSeconds: 1 }).periodSeconds, 1);
  });

  it("refuses a figure that no chain can have, naming its field", () => {
    for (const [field, value] of Object.entries({ chainId: 0, periodSeconds: 0, gasLimit: 21_000, finalityDepth: 1.5 })) {
      assert.throws(() => describeChain({ [field]: value }), new RegExp(`description is wrong:[^]*${field}`));
    }
  });

  it("refuses a field that it does not know", () => {
    assert.throws(() => describeChain({ blockTime: 5 }), /blockTime/);
  });
});
