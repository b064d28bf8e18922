// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A meter's counters at the end of a slot, in the low 128 bits, from the top: the meter's epoch (8, see {Meter}), so that counters
/// of two meters are not compared; the slot (32); energy imported and exported over the meter's life (44 each), mWh: up to 17 GWh.
/// Zero when there are none.
type Counters is uint256;

using CountersLib for Counters global;

/// @title Packing and reading of {Counters}
/// @dev Whole words, whose parts need no masks between one operation and the next.
library CountersLib {
    uint256 private constant COUNTER_MASK = (1 << 44) - 1;

    /// @dev Each part within its bits.
    /// @param energies Imported (44 bits) and exported (44).
    function pack(uint256 epoch_, uint256 slot_, uint256 energies) internal pure returns (Counters) {
        return Counters.wrap((epoch_ << 120) | (slot_ << 88) | energies);
    }

    /// @notice Counters without an epoch, with one.
    function withEpoch(Counters self, uint256 epoch_) internal pure returns (Counters) {
        return Counters.wrap((epoch_ << 120) | Counters.unwrap(self));
    }

    /// @notice The meter's epoch.
    function epoch(Counters self) internal pure returns (uint256) {
        return Counters.unwrap(self) >> 120;
    }

    /// @notice The slot at whose end they were read.
    function slot(Counters self) internal pure returns (uint256) {
        return (Counters.unwrap(self) >> 88) & type(uint32).max;
    }

    /// @notice Energy imported, mWh.
    function importMwh(Counters self) internal pure returns (uint256) {
        return (Counters.unwrap(self) >> 44) & COUNTER_MASK;
    }

    /// @notice Energy exported, mWh.
    function exportMwh(Counters self) internal pure returns (uint256) {
        return Counters.unwrap(self) & COUNTER_MASK;
    }

    /// @notice Whether they are of the same meter and of the slot right after earlier ones, and if so the slot's energy: drawn less
    /// given, mWh.
    function slotSince(Counters self, Counters earlier) internal pure returns (bool follows, int256 energyMwh) {
        unchecked {
            // In the whole words' difference each part is that of its own, for no part of the same meter's later counters is smaller: epochs
            // are equal and slots differ by one when the upper bits come to one.
            uint256 difference = Counters.unwrap(self) - Counters.unwrap(earlier);
            follows = difference >> 88 == 1;
            energyMwh = int256((difference >> 44) & COUNTER_MASK) - int256(difference & COUNTER_MASK);
        }
    }

    /// @notice Energy since earlier counters, mWh. None between two meters: the later one's counters are a baseline.
    function since(Counters self, Counters earlier) internal pure returns (uint256 importedMwh, uint256 exportedMwh) {
        if (self.epoch() != earlier.epoch()) return (0, 0);
        // The ledger takes no counter that runs backwards.
        unchecked {
            return (self.importMwh() - earlier.importMwh(), self.exportMwh() - earlier.exportMwh());
        }
    }
}
