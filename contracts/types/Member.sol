// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A member's part in a slot, from the top: its node (32 bits); energy that it drew (positive) or gave (negative), mWh (64, signed),
/// its own import and export cancelled; a buyer's highest or a seller's asking price, millionths of a coin per kWh (40); most energy that a
/// seller sells, mWh, zero without an ask (56); 47 bits unused; its place in the table (16); whether a buyer paid some seller in advance (1).
type Member is uint256;

using MemberLib for Member global;

/// @title Packing and reading of {Member}
library MemberLib {
    uint256 private constant ENERGY_MASK = uint256(type(uint64).max) << 160;

    /// @dev A member without an order; each part within its bits.
    function pack(uint256 node_, int256 energyMwh_, uint256 place_) internal pure returns (Member) {
        // The cast and the mask keep the low bits of a two's complement.
        return Member.wrap((node_ << 224) | ((uint256(energyMwh_) << 160) & ENERGY_MASK) | (place_ << 1));
    }

    /// @notice The member, without an order yet, as a seller.
    function asking(Member self, uint256 price_, uint256 limitMwh_) internal pure returns (Member) {
        return Member.wrap(Member.unwrap(self) | (price_ << 120) | (limitMwh_ << 64));
    }

    /// @notice The member, without an order yet, as a buyer.
    function bidding(Member self, uint256 price_, bool prepaid_) internal pure returns (Member) {
        return Member.wrap(Member.unwrap(self) | (price_ << 120) | (prepaid_ ? 1 : 0));
    }

    /// @notice The member with another energy.
    function withEnergy(Member self, int256 energyMwh_) internal pure returns (Member) {
        return Member.wrap((Member.unwrap(self) & ~ENERGY_MASK) | ((uint256(energyMwh_) << 160) & ENERGY_MASK));
    }

    /// @notice Its number in the registry.
    function node(Member self) internal pure returns (uint256) {
        return Member.unwrap(self) >> 224;
    }

    /// @notice Energy, mWh.
    function energyMwh(Member self) internal pure returns (int256) {
        return int64(int256(Member.unwrap(self) >> 160));
    }

    /// @notice Millionths of a coin per kWh.
    function price(Member self) internal pure returns (uint256) {
        return (Member.unwrap(self) >> 120) & type(uint40).max;
    }

    /// @notice A seller's most, mWh.
    function limitMwh(Member self) internal pure returns (uint256) {
        return (Member.unwrap(self) >> 64) & type(uint56).max;
    }

    /// @notice Place in the table.
    function place(Member self) internal pure returns (uint256) {
        return (Member.unwrap(self) >> 1) & type(uint16).max;
    }

    /// @notice Whether a buyer paid some seller in advance.
    function prepaid(Member self) internal pure returns (bool) {
        return Member.unwrap(self) & 1 == 1;
    }

    /// @notice Node (4 bytes) and energy (8), followed by an amount (8), in the upper bits of a word.
    function withAmount(Member self, int256 amount) internal pure returns (uint256) {
        return ((Member.unwrap(self) >> 160) << 160) | (uint256(uint64(int64(amount))) << 96);
    }
}
