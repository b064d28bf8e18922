// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice One interval of one meter, as the board measured it.
struct Reading {
    bytes32 meterId;
    /// The record's number: the boot that made it, and its sequence there.
    uint32 boot;
    uint32 sequence;
    /// End of the interval, ms since that boot.
    uint64 uptimeMs;
    /// The same in UTC, ms since 1970.
    uint64 endUtcMs;
    /// Mean and extremes, mA; positive is import.
    int32 currentMa;
    int32 minCurrentMa;
    int32 maxCurrentMa;
    int32 voltageMv;
    /// Cumulative counters at the end of the interval, mWh.
    uint64 importMwh;
    uint64 exportMwh;
    /// Closed relays (4 bits) + 16 × quality flags.
    uint16 state;
    /// Battery charge in per mille; 65535 when the meter has none.
    uint16 chargePermille;
    /// Hides the values of a leaf whose siblings are shown.
    bytes32 salt;
}

/// @title Leaves of a batch's Merkle tree
library ReadingLeaf {
    /// @notice Marks the layout of the leaf, so that no other structure can be taken for it.
    bytes32 internal constant DOMAIN = keccak256("DAISEE reading 1");

    /// @notice Leaf of a reading, hashed twice so that no inner node of a tree can be taken for a leaf.
    function hash(Reading calldata reading) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(DOMAIN, reading))));
    }
}
