// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Row, Table} from "../types/Row.sol";

/// @title Who is paid from what
/// @notice Pure, and the same as `gateway/market/fund.ts` to the last unit.
/// @dev Unchecked: balances, amounts and the pool are below 2^127, a table has at most 2^16 rows, so sums are below 2^144, and a
/// balance's share of a sum is a product below 2^256 too, as all coins together are below 2^112.
library Funding {
    using Table for uint256[];

    /// @notice Moves what a clearing found to balances and pool: who pays, pays into the pool as far as he has coins and owes it the rest;
    /// who gets, gets from it and, where it has too little for all, the same part of his as everybody, and is owed the rest.
    /// @param table Of each row the balance, below zero debt, becomes the one after, and the amount, less what was set aside for it,
    /// becomes what the pool owes the member of it, if it owes somebody something.
    /// @param pool What it has, with what was set aside.
    /// @return poolAfter What it has then.
    /// @return isShort Whether it owes somebody something.
    function settle(uint256[] memory table, uint256 pool) internal pure returns (uint256 poolAfter, bool isShort) {
        uint256 needed = 0;
        Row end = table.end();
        unchecked {
            for (Row row = table.first(); !(row == end); row = row.next()) {
                int256 balance = row.balance();
                int256 change = row.amount();
                int256 coins = _positive(balance + change) - _positive(balance);
                row.setBalance(balance + change);
                // What it gets in coins; the rest of a change pays off a debt or makes one.
                if (coins > 0) needed += uint256(coins);
                else pool += uint256(-coins);
            }
            if (needed <= pool) return (pool - needed, false);

            poolAfter = pool;
            for (Row row = table.first(); !(row == end); row = row.next()) {
                int256 balance = row.balance();
                int256 coins = _positive(_positive(balance) - _positive(balance - row.amount()));
                int256 paid = int256((uint256(coins) * pool) / needed);
                row.setBalance(balance - (coins - paid));
                row.setAmount(coins - paid);
                poolAfter -= uint256(paid);
            }
            return (poolAfter, true);
        }
    }

    function _positive(int256 value) private pure returns (int256) {
        return value > 0 ? value : int256(0);
    }
}
