// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Two numbers' values of 128 bits in one storage slot, for that costs half: the even number has the lower bits, the next odd one
/// the upper. They are found by half the number.
type Pair is uint256;

using PairLib for Pair global;

/// @title Halves of a {Pair}
library PairLib {
    uint256 private constant LOWER = type(uint128).max;

    /// @notice A number's value.
    function half(Pair self, uint256 number) internal pure returns (uint256) {
        return (Pair.unwrap(self) >> ((number & 1) << 7)) & LOWER;
    }

    /// @notice The pair with another value, of 128 bits, of a number.
    function withHalf(Pair self, uint256 number, uint256 value) internal pure returns (Pair) {
        uint256 shift = (number & 1) << 7;
        return Pair.wrap((Pair.unwrap(self) & ~(LOWER << shift)) | (value << shift));
    }
}
