// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Lists without the checks of their bounds are all that this file is for.
/* solhint-disable no-inline-assembly */

/// @title Lists of words without bounds checks
/// @notice For loops that stay within lists by their construction: a checked access costs as much as what is done with the word.
library Words {
    /// @dev The place must be within the list.
    function get(uint256[] memory list, uint256 place) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(list, 32), shl(5, place)))
        }
    }

    /// @dev The place must be within the list.
    function set(uint256[] memory list, uint256 place, uint256 word) internal pure {
        assembly ("memory-safe") {
            mstore(add(add(list, 32), shl(5, place)), word)
        }
    }

    /// @dev A list whose words are not zeros yet: all of them are to be set.
    function make(uint256 length) internal pure returns (uint256[] memory list) {
        assembly ("memory-safe") {
            list := mload(64)
            mstore(list, length)
            mstore(64, add(add(list, 32), shl(5, length)))
        }
    }

    /// @dev Writes a word at an address for which, with the 31 bytes behind it, the caller has made room.
    function put(uint256 to, uint256 word) internal pure {
        assembly ("memory-safe") {
            mstore(to, word)
        }
    }

    /// @dev Bytes that are not zeros yet, with 32 more behind the end that may be written.
    function room(uint256 length) internal pure returns (bytes memory data) {
        assembly ("memory-safe") {
            data := mload(64)
            mstore(data, length)
            mstore(64, add(data, and(add(length, 95), not(31))))
        }
    }

    /// @dev Address of the first byte.
    function start(bytes memory data) internal pure returns (uint256 address_) {
        assembly ("memory-safe") {
            address_ := add(data, 32)
        }
    }

    /// @dev Gives back the room from an address on.
    function endAt(bytes memory data, uint256 end) internal pure {
        assembly ("memory-safe") {
            mstore(data, sub(end, add(data, 32)))
        }
    }
}

/// @title The same for lists in calldata
library CalldataWords {
    /// @dev The place must be within the list.
    function read(uint256[] calldata list, uint256 place) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(add(list.offset, shl(5, place)))
        }
    }
}
