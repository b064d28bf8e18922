/**
 * The JSON-RPC methods that gateways, the deployment and the command need. Nothing else is let through to an engine: no account that could
 * sign, no administration, no vote; who may vote, they may ask.
 * @module
 */
export const RPC_METHODS: readonly string[] = [
  "clique_getSigners",
  "eth_blockNumber",
  "eth_call",
  "eth_chainId",
  "eth_estimateGas",
  "eth_feeHistory",
  "eth_gasPrice",
  "eth_getBalance",
  "eth_getBlockByHash",
  "eth_getBlockByNumber",
  "eth_getBlockReceipts",
  "eth_getCode",
  "eth_getLogs",
  "eth_getProof",
  "eth_getStorageAt",
  "eth_getTransactionByHash",
  "eth_getTransactionCount",
  "eth_getTransactionReceipt",
  "eth_sendRawTransaction",
  "eth_syncing",
  "net_peerCount",
  "net_version",
  "qbft_getValidatorsByBlockNumber",
  "web3_clientVersion",
];
