/**
 * The list of scenarios in each world: the strict fake always, the real interpreter where the environment's `ESPRUINO` names one.
 */
import { ownBundle } from "../build/own-bundle.ts";
import { createFakeScene, createRealScene, type Scene } from "./scene.ts";
import { SCENARIOS } from "./scenarios.ts";

const binary = process.env["ESPRUINO"] ?? "";
let code = "";

for (const isReal of [false, true]) {
  const count = `${SCENARIOS.length} scenarios`;
  const world = isReal ? `a real interpreter: ${count}${binary === "" ? " skipped, ESPRUINO names none" : ""}` : `the fake: ${count}`;
  describe(`firmware in ${world}`, function () {
    this.timeout(isReal ? 900_000 : 180_000);
    let scene: Scene | undefined;
    before(async function () {
      if (isReal && binary === "") this.skip();
      ({ code } = await ownBundle());
    });
    afterEach(async () => {
      await scene?.end();
      scene = undefined;
    });

    for (const scenario of SCENARIOS) {
      const { name, sabotage, settings } = scenario;
      it(name, async () => {
        const options = { sabotage: sabotage?.(isReal) ?? "", settings: settings ?? {} };
        scene = await (isReal ? createRealScene(binary, code, options) : createFakeScene(code, options));
        await scenario.play(scene);
      });
    }
  });
}
