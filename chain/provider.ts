/**
 * A connection to a chain node, set up for programs that must not miss or mix up anything.
 * @module
 */
import { FetchRequest, JsonRpcProvider, Network } from "ethers";

/** A node that takes longer is as good as away; ethers alone would wait for five minutes. */
const TIMEOUT_MS = 10_000;

/**
 * Connects to a chain node. Nothing is sent before the first call; `destroy()` it after use.
 * @param chainId expected; transactions for another chain are never signed
 */
export function connectChain(rpcUrl: string, chainId: number): JsonRpcProvider {
  const request = new FetchRequest(rpcUrl);
  request.timeout = TIMEOUT_MS;
  return new JsonRpcProvider(request, chainId, {
    staticNetwork: Network.from(chainId),
    polling: true,
    pollingInterval: 250,
    // ethers caches answers for 250 ms by default, nonces among them, and so reuses nonces.
    cacheTimeout: -1,
    batchStallTime: 0,
    batchMaxCount: 1,
  });
}
