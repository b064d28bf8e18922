/**
 * `daisee key …`: the key with which a gateway signs.
 * @module
 */
import { defineCommand } from "citty";

export const key = defineCommand({
  meta: { name: "key", description: "The key with which a gateway signs. Example: daisee key rotate --data ~/daisee" },
  subCommands: {
    rotate: async () => (await import("./key-rotate.ts")).keyRotate,
  },
});
