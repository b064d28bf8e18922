// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What the registry said of a meter, in the low 96 bits, from the top: its epoch, which only a meter on the bus has (8), its rated
/// power in W (24), its admission (32), its node's revision at that time (32). Zero when the registry was never asked.
type Registration is uint256;

using RegistrationLib for Registration global;

/// @title Packing and reading of {Registration}
library RegistrationLib {
    /// @dev Each part within its bits.
    function pack(uint256 revision_, uint256 admission_, uint256 ratedPowerW_, uint256 epoch_)
        internal
        pure
        returns (Registration)
    {
        return Registration.wrap(revision_ | (admission_ << 32) | (ratedPowerW_ << 64) | (epoch_ << 88));
    }

    /// @notice See {IMeterRegistry-reporter}.
    function revision(Registration self) internal pure returns (uint256) {
        return Registration.unwrap(self) & type(uint32).max;
    }

    /// @notice See {Meter}.
    function admission(Registration self) internal pure returns (uint256) {
        return (Registration.unwrap(self) >> 32) & type(uint32).max;
    }

    /// @notice Rated power, W.
    function ratedPowerW(Registration self) internal pure returns (uint256) {
        return (Registration.unwrap(self) >> 64) & type(uint24).max;
    }

    /// @notice See {Meter}.
    function epoch(Registration self) internal pure returns (uint256) {
        return Registration.unwrap(self) >> 88;
    }
}
