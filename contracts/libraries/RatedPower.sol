// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title How much energy a circuit can carry
library RatedPower {
    /// @notice Most that a meter may count in a time, mWh: rated power × time, 5 % for what its calibration leaves, 1 mWh for rounding.
    /// @dev 1 W for 1 s is 1000 / 3600 mWh, with the 5 % 7 / 24. With power below 2^24 and time below 2^64 nothing overflows.
    /// @param ratedPowerW Rated power, W; below 2^24.
    /// @param elapsedSeconds Time, s; below 2^64.
    function limitMwh(uint256 ratedPowerW, uint256 elapsedSeconds) internal pure returns (uint256) {
        unchecked {
            return (ratedPowerW * elapsedSeconds * 7) / 24 + 1;
        }
    }
}
