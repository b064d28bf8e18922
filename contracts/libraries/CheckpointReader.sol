// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Packed checkpoints are read where they are: a checked slice for each would cost more than all the rest.
/* solhint-disable no-inline-assembly */

/// @title Reading of packed checkpoints
/// @notice The layout is that of {IEnergyLedger-commit}.
library CheckpointReader {
    /// @notice Board id (6), slot (4), number of meters (1).
    uint256 internal constant BOARD_BYTES = 11;
    /// @notice Index (1), energy imported and exported (44 bits each).
    uint256 internal constant METER_BYTES = 12;

    /// @dev What is behind the end reads as zeros; the caller compares the lengths.
    function board(bytes calldata data, uint256 offset) internal pure returns (uint256 id, uint256 slot, uint256 count) {
        uint256 word = _word(data, offset);
        return (word >> 208, uint32(word >> 176), uint8(word >> 168));
    }

    /// @dev As in {board}.
    /// @return index On its board.
    /// @return energies Imported and exported, as they stand in {Counters}.
    function meter(bytes calldata data, uint256 offset) internal pure returns (uint256 index, uint256 energies) {
        uint256 word = _word(data, offset);
        return (word >> 248, uint88(word >> 160));
    }

    function _word(bytes calldata data, uint256 offset) private pure returns (uint256 word) {
        // A checked slice of 32 bytes would have to be within the data.
        assembly ("memory-safe") {
            word := calldataload(add(data.offset, offset))
        }
    }
}
