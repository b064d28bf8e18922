// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The community's roles
/// @notice Held in the registry, for all contracts. Its admin (OpenZeppelin's `DEFAULT_ADMIN_ROLE`) grants and revokes them.
library Roles {
    /// @notice Admits, replaces and retires nodes, keys and meters.
    bytes32 internal constant REGISTRAR = keccak256("REGISTRAR_ROLE");
    /// @notice Pauses and resumes each contract.
    bytes32 internal constant GUARDIAN = keccak256("GUARDIAN_ROLE");
    /// @notice Mints coins, sets the terms of the exchange, and keeps its pool.
    bytes32 internal constant TREASURER = keccak256("TREASURER_ROLE");
    /// @notice Ends disputes about slots whose two ends disagree.
    bytes32 internal constant ARBITER = keccak256("ARBITER_ROLE");
}
