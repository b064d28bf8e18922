// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A standing offer to sell, in the low 160 bits as in {Member}, from the top: price (40 bits, of which 32 are used), most energy in
/// one slot, mWh (56); 32 bits unused; first slot for which it holds (32).
type Ask is uint256;

/// @notice A standing wish to buy, from the top: up to five preferred sellers' nodes, 32 bits each, the first one lowest, zeros behind the
/// last (160); 23 bits unused; whether the node paid some seller in advance (1); highest price (40); first slot for which it holds (32).
type Bid is uint256;

using AskLib for Ask global;
using BidLib for Bid global;

/// @title Packing and reading of {Ask}
library AskLib {
    function pack(uint32 since_, uint32 price_, uint56 limitMwh_) internal pure returns (Ask) {
        return Ask.wrap((uint256(price_) << 120) | (uint256(limitMwh_) << 64) | since_);
    }

    function since(Ask self) internal pure returns (uint256) {
        return Ask.unwrap(self) & type(uint32).max;
    }

    /// @notice Millionths of a coin per kWh.
    function price(Ask self) internal pure returns (uint256) {
        return Ask.unwrap(self) >> 120;
    }

    /// @notice Most energy in one slot, mWh.
    function limitMwh(Ask self) internal pure returns (uint256) {
        return (Ask.unwrap(self) >> 64) & type(uint56).max;
    }
}

/// @title Packing and reading of {Bid}
library BidLib {
    uint256 private constant PREPAID = 1 << 72;

    function pack(uint32 since_, uint32 price_, uint160 preferred_, bool prepaid_) internal pure returns (Bid) {
        return Bid.wrap(
            (uint256(preferred_) << 96) | (prepaid_ ? PREPAID : 0) | (uint256(price_) << 32) | since_
        );
    }

    function since(Bid self) internal pure returns (uint256) {
        return Bid.unwrap(self) & type(uint32).max;
    }

    /// @notice Millionths of a coin per kWh.
    function price(Bid self) internal pure returns (uint256) {
        return (Bid.unwrap(self) >> 32) & type(uint40).max;
    }

    /// @notice Preferred sellers.
    function preferred(Bid self) internal pure returns (uint256) {
        return Bid.unwrap(self) >> 96;
    }

    /// @notice Whether the node paid some seller in advance.
    function prepaid(Bid self) internal pure returns (bool) {
        return Bid.unwrap(self) & PREPAID != 0;
    }

    /// @notice The same, paid in advance.
    function withPrepaid(Bid self) internal pure returns (Bid) {
        return Bid.wrap(Bid.unwrap(self) | PREPAID);
    }
}
