// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Counters} from "./Counters.sol";
import {Ask, Bid} from "./Orders.sol";

/// @notice A node's account at the exchange, in one storage slot, so that settling reads and writes one: from the top, the counters up
/// to which its energy is settled (128 bits); a copy of the orders that hold (64); its balance in millionths of a coin (64, signed; below zero
/// is what it owes the pool).
/// @dev The copy saves a read of storage for the plain orders that most have: an ask whose price is a multiple of 10 and whose limit
/// is one of 1000, a bid whose price is a multiple of 10 and that has neither preferences nor credit. From the top: whether there is a copy of
/// the ask (1), its price / 10 (20), its limit / 1000 (22); whether there is one of the bid (1), its price / 10 (20).
type Account is uint256;

using AccountLib for Account global;

/// @title Packing and reading of {Account}
library AccountLib {
    uint256 private constant HAS_ASK = 1 << 127;
    uint256 private constant HAS_BID = 1 << 84;
    uint256 private constant ASK_MASK = ((1 << 43) - 1) << 85;
    uint256 private constant BID_MASK = ((1 << 21) - 1) << 64;
    uint256 private constant PRICE_UNIT = 10;
    uint256 private constant LIMIT_UNIT = 1000;

    /// @notice The balance does not fit in 64 bits.
    error BalanceOverflow(int256 balance);

    /// @notice An account without copies of orders.
    function open(Counters settled_) internal pure returns (Account) {
        return Account.wrap(Counters.unwrap(settled_) << 128);
    }

    /// @notice The account settled further, with another balance.
    function with(Account self, Counters settled_, int256 balance_) internal pure returns (Account) {
        if (balance_ != int64(balance_)) revert BalanceOverflow(balance_);
        uint256 copies = Account.unwrap(self) & (ASK_MASK | BID_MASK);
        return Account.wrap((Counters.unwrap(settled_) << 128) | copies | uint64(int64(balance_)));
    }

    /// @notice The account with another balance.
    function withBalance(Account self, int256 balance_) internal pure returns (Account) {
        return self.with(self.settled(), balance_);
    }

    /// @notice The account with a copy of an ask that holds from now on, where it can be copied.
    function withAsk(Account self, Ask ask) internal pure returns (Account) {
        uint256 price = ask.price();
        uint256 limit = ask.limitMwh();
        bool plain = price % PRICE_UNIT == 0 && limit % LIMIT_UNIT == 0 && price / PRICE_UNIT < 1 << 20
            && limit / LIMIT_UNIT < 1 << 22;
        if (!plain) return self;
        uint256 copy = HAS_ASK | ((price / PRICE_UNIT) << 107) | ((limit / LIMIT_UNIT) << 85);
        return Account.wrap((Account.unwrap(self) & ~ASK_MASK) | copy);
    }

    /// @notice The account with a copy of a bid that holds from now on, where it can be copied.
    function withBid(Account self, Bid bid) internal pure returns (Account) {
        uint256 price = bid.price();
        bool plain = price % PRICE_UNIT == 0 && price / PRICE_UNIT < 1 << 20 && bid.preferred() == 0 && !bid.prepaid();
        if (!plain) return self;
        return Account.wrap((Account.unwrap(self) & ~BID_MASK) | HAS_BID | ((price / PRICE_UNIT) << 64));
    }

    /// @notice The account without a copy of its ask, for another one was set.
    function withoutAsk(Account self) internal pure returns (Account) {
        return Account.wrap(Account.unwrap(self) & ~ASK_MASK);
    }

    /// @notice The account without a copy of its bid.
    function withoutBid(Account self) internal pure returns (Account) {
        return Account.wrap(Account.unwrap(self) & ~BID_MASK);
    }

    function hasAsk(Account self) internal pure returns (bool) {
        return Account.unwrap(self) & HAS_ASK != 0;
    }

    function hasBid(Account self) internal pure returns (bool) {
        return Account.unwrap(self) & HAS_BID != 0;
    }

    /// @notice Price of the copied ask, millionths of a coin per kWh, and its limit, mWh.
    function askCopy(Account self) internal pure returns (uint256 price, uint256 limitMwh) {
        unchecked {
            price = ((Account.unwrap(self) >> 107) & ((1 << 20) - 1)) * PRICE_UNIT;
            limitMwh = ((Account.unwrap(self) >> 85) & ((1 << 22) - 1)) * LIMIT_UNIT;
        }
    }

    /// @notice Price of the copied bid.
    function bidCopy(Account self) internal pure returns (uint256 price) {
        unchecked {
            return ((Account.unwrap(self) >> 64) & ((1 << 20) - 1)) * PRICE_UNIT;
        }
    }

    /// @notice The counters up to which the node's energy is settled. Their slot is not zero for any node that was ever enrolled.
    function settled(Account self) internal pure returns (Counters) {
        return Counters.wrap(Account.unwrap(self) >> 128);
    }

    /// @notice Millionths of a coin; below zero is debt.
    function balance(Account self) internal pure returns (int256) {
        return int64(uint64(Account.unwrap(self)));
    }
}
