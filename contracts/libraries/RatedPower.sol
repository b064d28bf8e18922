// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title How much energy a circuit can carry
library RatedPower {
    /// @notice Most that a meter may count in a time, mWh: rated power × time, 5 % for what its calibration leaves, 1 mWh for rounding.
    /// @dev 1 W for 1 s is 1000 / 3600 mWh, with the 5 % 7 / 24. Below 2^32 × 2^64 × 7: no overflow.
    /// @param ratedPowerW Rated power, W.
    /// @param elapsedSeconds Time, s; below 2^64.
    function limitMwh(uint32 ratedPowerW, uint256 elapsedSeconds) internal pure returns (uint256) {
        return (ratedPowerW * elapsedSeconds * 7) / 24 + 1;
    }
}
