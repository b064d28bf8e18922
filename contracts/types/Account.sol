// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Counters} from "./Counters.sol";

/// @notice A node's account at the exchange: the counters up to which its energy is settled (upper 128 bits), and its balance in
/// millionths of a coin (lower 128, signed; below zero is what it owes the pool). One storage slot, so that settling writes one.
type Account is uint256;

using AccountLib for Account global;

/// @title Packing and reading of {Account}
library AccountLib {
    /// @notice The balance does not fit in 128 bits.
    error BalanceOverflow(int256 balance);

    function pack(Counters settled_, int256 balance_) internal pure returns (Account) {
        if (balance_ != int128(balance_)) revert BalanceOverflow(balance_);
        return Account.wrap((Counters.unwrap(settled_) << 128) | uint128(int128(balance_)));
    }

    /// @notice The counters up to which the node's energy is settled. Their slot is not zero for any node that was ever enrolled.
    function settled(Account self) internal pure returns (Counters) {
        return Counters.wrap(Account.unwrap(self) >> 128);
    }

    /// @notice Millionths of a coin; below zero is debt.
    function balance(Account self) internal pure returns (int256) {
        return int128(uint128(Account.unwrap(self)));
    }
}
