// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Clearing} from "./libraries/Clearing.sol";
import {Funding} from "./libraries/Funding.sol";
import {Row, Table} from "./types/Row.sol";

/// @notice Runs the exchange's pure parts, for many slots in one call. Tables as in the exchange; each comes back as it was left.
contract ClearingHarness {
    using Table for uint256[];

    struct Slot {
        uint256 slot;
        uint256 importPrice;
        uint256 exportPrice;
        bool complete;
        uint256 largestNode;
        uint256[] table;
        bytes askOrder;
        bytes bidOrder;
    }

    struct Cleared {
        uint256[] table;
        bytes trades;
    }

    struct Funds {
        uint256[] table;
        uint256 pool;
    }

    struct Funded {
        uint256[] table;
        uint256 pool;
        bool isShort;
    }

    function clear(Slot[] calldata slots) external pure returns (Cleared[] memory results) {
        results = new Cleared[](slots.length);
        for (uint256 i = 0; i < slots.length; ++i) {
            Slot calldata slot = slots[i];
            uint256[] memory table = slot.table;
            Clearing.Rules memory rules = Clearing.Rules(
                slot.slot, slot.importPrice, slot.exportPrice, slot.complete, Clearing.totalsOf(table), slot.largestNode
            );
            results[i].trades = Clearing.clear(rules, table, slot.askOrder, slot.bidOrder);
            results[i].table = table;
        }
    }

    function compare(uint256 importedMwh, uint256 exportedMwh, uint256 lossPermille, uint256 slackMwh)
        external
        pure
        returns (uint256 toleratedMwh, bool agrees)
    {
        return Clearing.compare(Clearing.Totals(importedMwh, exportedMwh), lossPermille, slackMwh);
    }

    function fund(Funds[] calldata funds) external pure returns (Funded[] memory results) {
        results = new Funded[](funds.length);
        for (uint256 i = 0; i < funds.length; ++i) {
            uint256[] memory table = funds[i].table;
            (uint256 pool, bool isShort) = Funding.settle(table, funds[i].pool);
            results[i] = Funded(table, pool, isShort);
        }
    }
}
