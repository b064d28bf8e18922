/**
 * Deploys from a process of its own, to be killed. Arguments: RPC address, record's path.
 */
import { id, Wallet } from "ethers";
import { deployContracts } from "#chain/deploy.ts";

const [, , rpcUrl = "", recordPath = ""] = process.argv;
const community = new Wallet(id("community")).address;
await deployContracts({ rpcUrl, chainId: 0x2323, deployer: new Wallet(id("deployer")), community, slotSeconds: 10, recordPath });
