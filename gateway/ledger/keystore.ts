/**
 * The node's private key on disk; the same kind of keystore as a validator's.
 * @module
 */
export { createKeystore, openKeystore, readPassword } from "#chain/keystore.ts";
export type { KeystoreOptions, KeystorePaths } from "#chain/keystore.ts";
