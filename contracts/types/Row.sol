// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Rows are addresses: reading and writing their words is all that this file is for.
/* solhint-disable no-inline-assembly */

import {Account} from "./Account.sol";
import {Counters} from "./Counters.sol";
import {Member} from "./Member.sol";

/// @notice A member's line in a slot's table: six words of memory, whose address this is. In a table, which is a list of words, they stand
/// one after the other: the {Member}; a buyer's preferred sellers (see {Bid}); what is open of its energy, later its balance; what it gets or,
/// negative, pays, in millionths of a coin, later what it is owed of that; its {Account} in storage; the {Counters} that it reported.
/// @dev Not checked against the table's bounds: rows come from walking it, or from places that were compared with its length.
type Row is uint256;

using RowLib for Row global;
using {sameRow as ==} for Row global;

/// @dev Whether two are the same line.
function sameRow(Row a, Row b) pure returns (bool) {
    return Row.unwrap(a) == Row.unwrap(b);
}

/// @title Tables
library Table {
    /// @notice Words in a row.
    uint256 internal constant ROW_WORDS = 6;

    /// @dev Its words are not zeros yet: all of them are to be set.
    function make(uint256 rows) internal pure returns (uint256[] memory table) {
        assembly ("memory-safe") {
            let length := mul(rows, ROW_WORDS)
            table := mload(64)
            mstore(table, length)
            mstore(64, add(add(table, 32), shl(5, length)))
        }
    }

    /// @notice The first row; a table without rows has its end there.
    function first(uint256[] memory table) internal pure returns (Row row) {
        assembly ("memory-safe") {
            row := add(table, 32)
        }
    }

    /// @notice What comes after the last row.
    function end(uint256[] memory table) internal pure returns (Row row) {
        assembly ("memory-safe") {
            row := add(add(table, 32), shl(5, mload(table)))
        }
    }

    /// @notice The row at a place.
    function rowAt(uint256[] memory table, uint256 place) internal pure returns (Row row) {
        assembly ("memory-safe") {
            row := add(add(table, 32), mul(place, 192))
        }
    }
}

/// @title Words of a row
library RowLib {
    function next(Row self) internal pure returns (Row row) {
        assembly ("memory-safe") {
            row := add(self, 192)
        }
    }

    function member(Row self) internal pure returns (Member value) {
        assembly ("memory-safe") {
            value := mload(self)
        }
    }

    function preferred(Row self) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(self, 32))
        }
    }

    function open(Row self) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(self, 64))
        }
    }

    function balance(Row self) internal pure returns (int256 value) {
        assembly ("memory-safe") {
            value := mload(add(self, 64))
        }
    }

    function amount(Row self) internal pure returns (int256 value) {
        assembly ("memory-safe") {
            value := mload(add(self, 96))
        }
    }

    function account(Row self) internal pure returns (Account value) {
        assembly ("memory-safe") {
            value := mload(add(self, 128))
        }
    }

    function reported(Row self) internal pure returns (Counters value) {
        assembly ("memory-safe") {
            value := mload(add(self, 160))
        }
    }

    function setMember(Row self, Member value) internal pure {
        assembly ("memory-safe") {
            mstore(self, value)
        }
    }

    function setPreferred(Row self, uint256 value) internal pure {
        assembly ("memory-safe") {
            mstore(add(self, 32), value)
        }
    }

    function setOpen(Row self, uint256 value) internal pure {
        assembly ("memory-safe") {
            mstore(add(self, 64), value)
        }
    }

    function setBalance(Row self, int256 value) internal pure {
        assembly ("memory-safe") {
            mstore(add(self, 64), value)
        }
    }

    function setAmount(Row self, int256 value) internal pure {
        assembly ("memory-safe") {
            mstore(add(self, 96), value)
        }
    }

    function setAccount(Row self, Account value) internal pure {
        assembly ("memory-safe") {
            mstore(add(self, 128), value)
        }
    }

    function setReported(Row self, Counters value) internal pure {
        assembly ("memory-safe") {
            mstore(add(self, 160), value)
        }
    }
}
