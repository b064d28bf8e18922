// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Packed lists are read where they are: a checked slice for each entry would cost more than all the rest.
/* solhint-disable no-inline-assembly */

import {Member} from "../types/Member.sol";
import {Row, Table} from "../types/Row.sol";
import {Words} from "./Words.sol";

/// @title Clearing of one slot
/// @notice Pure, and the same as `gateway/market/clear.ts` to the last unit; the rules and their proofs are in `gateway/market/RULES.md`.
/// @dev The arithmetic is unchecked: an energy is below 2^63 and a price below 2^40, so a product is below 2^103; a table has at most 2^16
/// rows, so no sum reaches 2^119.
library Clearing {
    using Table for uint256[];
    using Words for uint256[];
    using Words for bytes;

    /// @notice What holds for all members of a slot.
    struct Rules {
        uint256 slot;
        /// At which the pool sells and buys, in millionths of a coin per kWh.
        uint256 importPrice;
        uint256 exportPrice;
        /// Whether all energy is known: then exports above the imports were lost on the way, and sellers share the loss.
        bool complete;
        Totals totals;
        /// No member's node is larger.
        uint256 largestNode;
    }

    /// @notice Energy drawn and given by all.
    struct Totals {
        uint256 importedMwh;
        uint256 exportedMwh;
    }

    /// @dev The state of a clearing.
    struct Book {
        /// Of each node that gave energy its {Row}, else zero.
        uint256[] sellerOf;
        bytes trades;
        /// Address behind the last of them.
        uint256 tradesEnd;
        /// How many have something to sell, and to buy.
        uint256 sellers;
        uint256 buyers;
        /// How many sellers all buyers prefer together.
        uint256 preferences;
        /// Bits of all buyers' preferences, which tell how many choices the most particular one has.
        uint256 choices;
    }

    /// @notice Milliwatt-hours in a kilowatt-hour: energy × price is divided by it, once for each member and slot.
    uint256 internal constant MWH_PER_KWH = 1_000_000;
    /// @notice A trade: places of buyer and seller (2 bytes each), energy in mWh (6), price (4).
    uint256 internal constant TRADE_BYTES = 14;

    /// @dev Of {Row-open} the lower bits are energy that a buyer has not bought, or a seller has not sold and would, mWh; above them stands
    /// what a buyer owes or a seller gets, in millionths of a coin per kWh × mWh.
    uint256 private constant SUM_SHIFT = 64;
    uint256 private constant ENERGY_MASK = type(uint64).max;

    /// @notice A list names somebody twice, or who is not to be in it, or stands in another order.
    error NotInOrder(uint256 place);
    /// @notice A list does not name everybody.
    error IncompleteOrder(uint256 given, uint256 expected);

    /// @notice Clears a slot: adds to each row's amount what its member gets or, negative, pays.
    /// @param askOrder See {IEnergyExchange-clear}; as `bidOrder`.
    /// @return trades See TRADE_BYTES.
    function clear(Rules memory rules, uint256[] memory table, bytes calldata askOrder, bytes calldata bidOrder)
        internal
        pure
        returns (bytes memory trades)
    {
        Book memory book;
        _open(book, rules, table);
        uint256[] memory asks = _ordered(table, rules.slot, askOrder, book.sellers, false);
        uint256[] memory bids = _ordered(table, rules.slot, bidOrder, book.buyers, true);
        _tradePreferred(book, bids);
        _tradeCheapest(book, asks, bids);
        _addAmounts(table, rules.importPrice, rules.exportPrice);
        trades = book.trades;
        trades.endAt(book.tradesEnd);
    }

    /// @notice Sums up a table.
    function totalsOf(uint256[] memory table) internal pure returns (Totals memory totals) {
        Row end = table.end();
        for (Row row = table.first(); !(row == end); row = row.next()) {
            add(totals, row.member().energyMwh());
        }
    }

    /// @notice Adds a member's energy.
    function add(Totals memory totals, int256 energyMwh) internal pure {
        unchecked {
            if (energyMwh > 0) totals.importedMwh += uint256(energyMwh);
            else totals.exportedMwh += uint256(-energyMwh);
        }
    }

    /// @notice Whether both ends agree.
    /// @param lossPermille Part of the larger sum by which they may differ.
    /// @param slackMwh Amount by which they may differ besides.
    function compare(Totals memory totals, uint256 lossPermille, uint256 slackMwh)
        internal
        pure
        returns (uint256 toleratedMwh, bool agrees)
    {
        (uint256 smaller, uint256 larger) = (totals.importedMwh, totals.exportedMwh);
        if (smaller > larger) (smaller, larger) = (larger, smaller);
        toleratedMwh = (larger * lossPermille) / 1000 + slackMwh;
        agrees = larger - smaller <= toleratedMwh;
    }

    /// @notice What somebody gets or, negative, pays, in millionths of a coin: who pays, pays the next whole one, who gets, gets whole
    /// ones, and the pool has the difference.
    /// @param gained What he gets, in millionths of a coin per kWh × mWh; both below 2^255.
    function amountOf(uint256 gained, uint256 owed) internal pure returns (int256) {
        unchecked {
            if (gained >= owed) return int256((gained - owed) / MWH_PER_KWH);
            return -int256((owed - gained + MWH_PER_KWH - 1) / MWH_PER_KWH);
        }
    }

    /// @notice A trade: places of buyer and seller, energy in mWh, price in millionths of a coin per kWh.
    function tradeAt(bytes memory trades, uint256 offset)
        internal
        pure
        returns (uint256 buyer, uint256 seller, uint256 energyMwh, uint256 price)
    {
        uint256 word;
        assembly ("memory-safe") {
            word := mload(add(add(trades, 32), offset))
        }
        return (word >> 240, uint16(word >> 224), uint48(word >> 176), uint32(word >> 144));
    }

    /// @dev What everybody has to buy or to sell.
    function _open(Book memory book, Rules memory rules, uint256[] memory table) private pure {
        book.sellerOf = new uint256[](rules.largestNode + 1);
        // What of an export arrives: what was imported of what was exported.
        bool lossy = rules.complete && rules.totals.exportedMwh > rules.totals.importedMwh;
        uint256 exportedMwh = lossy ? rules.totals.exportedMwh : 1;
        uint256 importedMwh = lossy ? rules.totals.importedMwh : 1;
        Row end = table.end();
        unchecked {
            for (Row row = table.first(); !(row == end); row = row.next()) {
                int256 energyMwh = row.member().energyMwh();
                if (energyMwh > 0) {
                    row.setOpen(uint256(energyMwh));
                    ++book.buyers;
                    if (row.preferred() != 0) _choose(book, row.preferred());
                } else {
                    uint256 arrivedMwh = (uint256(-energyMwh) * importedMwh) / exportedMwh;
                    if (_offer(row, arrivedMwh, rules.exportPrice)) {
                        ++book.sellers;
                        book.sellerOf.set(row.member().node(), Row.unwrap(row));
                    }
                }
            }
            // There is at most one trade for each preference, and each one in the sweep ends a buyer or a seller.
            book.trades = Words.room((book.preferences + book.sellers + book.buyers) * TRADE_BYTES);
        }
        book.tradesEnd = book.trades.start();
    }

    /// @dev Counts a buyer's preferences.
    function _choose(Book memory book, uint256 preferred) private pure {
        book.choices |= preferred;
        unchecked {
            for (; preferred != 0; preferred >>= 32) {
                ++book.preferences;
            }
        }
    }

    /// @dev Opens a seller's row: what it does not offer the pool buys.
    /// @return Whether it has something to sell.
    function _offer(Row row, uint256 arrivedMwh, uint256 exportPrice) private pure returns (bool) {
        uint256 offeredMwh = row.member().limitMwh();
        if (arrivedMwh < offeredMwh) offeredMwh = arrivedMwh;
        unchecked {
            row.setOpen((((arrivedMwh - offeredMwh) * exportPrice) << SUM_SHIFT) | offeredMwh);
        }
        return offeredMwh != 0;
    }

    /// @dev The {Row}s that a list names, when it is in strict order: by price, and equals by lot, of which no two nodes have the same.
    function _ordered(uint256[] memory table, uint256 slot, bytes calldata list, uint256 expected, bool buying)
        private
        pure
        returns (uint256[] memory rows)
    {
        if (list.length != 2 * expected) revert IncompleteOrder(list.length / 2, expected);
        rows = Words.make(expected);
        uint256 seed = _mix(slot);
        uint256 last = 0;
        unchecked {
            for (uint256 i = 0; i < expected; ++i) {
                uint256 place;
                // A checked slice of the list would cost more than all the rest.
                assembly ("memory-safe") {
                    place := shr(240, calldataload(add(list.offset, shl(1, i))))
                }
                if (place >= table.length / Table.ROW_WORDS) revert NotInOrder(i);
                Row row = table.rowAt(place);
                uint256 key = _keyOf(row, seed, buying);
                if (key <= last) revert NotInOrder(i);
                last = key;
                rows.set(i, Row.unwrap(row));
            }
        }
    }

    /// @dev By which members are sorted: price, then lot. Zero when the member has nothing to sell or, buying, to buy.
    function _keyOf(Row row, uint256 seed, bool buying) private pure returns (uint256) {
        Member member = row.member();
        if (row.open() & ENERGY_MASK == 0 || member.energyMwh() > 0 != buying) return 0;
        unchecked {
            // The highest bid comes first.
            uint256 price = buying ? type(uint40).max - member.price() : member.price();
            // Plus 1, so that the first key is above the initial one.
            return ((price << 32) | _mix(member.node() ^ seed)) + 1;
        }
    }

    /// @dev First everybody's first choice, then everybody's second; of those who want the same seller, the highest bid first.
    function _tradePreferred(Book memory book, uint256[] memory bids) private pure {
        uint256[] memory sellerOf = book.sellerOf;
        unchecked {
            for (uint256 shift = 0; book.choices >> shift != 0; shift += 32) {
                for (uint256 i = 0; i < bids.length; ++i) {
                    Row buyer = Row.wrap(bids.get(i));
                    uint256 node = (buyer.preferred() >> shift) & type(uint32).max;
                    if (node == 0 || node >= sellerOf.length) continue;
                    uint256 seller = sellerOf.get(node);
                    if (seller != 0) _trade(book, buyer, Row.wrap(seller));
                }
            }
        }
    }

    /// @dev The highest bid takes from the cheapest ask until one of both is satisfied, as long as the bid is not below the ask.
    function _tradeCheapest(Book memory book, uint256[] memory asks, uint256[] memory bids) private pure {
        uint256 next = 0;
        unchecked {
            for (uint256 i = 0; i < bids.length; ++i) {
                Row buyer = Row.wrap(bids.get(i));
                while (buyer.open() & ENERGY_MASK != 0) {
                    if (next == asks.length) return;
                    Row seller = Row.wrap(asks.get(next));
                    // Whoever comes after this buyer bids no more, and after this seller asks no less.
                    if (!_trade(book, buyer, seller)) return;
                    if (seller.open() & ENERGY_MASK == 0) ++next;
                }
            }
        }
    }

    /// @dev Sells what both have open, at the seller's price.
    /// @return Whether the bid is not below the ask.
    function _trade(Book memory book, Row buyer, Row seller) private pure returns (bool) {
        unchecked {
            (Member buys, Member sells) = (buyer.member(), seller.member());
            uint256 price = sells.price();
            if (price > buys.price()) return false;
            uint256 buying = buyer.open();
            uint256 selling = seller.open();
            uint256 energyMwh = buying & ENERGY_MASK;
            uint256 offeredMwh = selling & ENERGY_MASK;
            if (offeredMwh < energyMwh) energyMwh = offeredMwh;
            if (energyMwh == 0) return true;
            // The sum grows by the energy's price, and what is open shrinks by the energy.
            uint256 change = ((energyMwh * price) << SUM_SHIFT) - energyMwh;
            buyer.setOpen(buying + change);
            seller.setOpen(selling + change);
            uint256 places = (buys.place() << 240) | (sells.place() << 224);
            uint256 end = book.tradesEnd;
            Words.put(end, places | (energyMwh << 176) | (price << 144));
            book.tradesEnd = end + TRADE_BYTES;
            return true;
        }
    }

    /// @dev The pool buys and sells the rest.
    function _addAmounts(uint256[] memory table, uint256 importPrice, uint256 exportPrice) private pure {
        Row end = table.end();
        unchecked {
            for (Row row = table.first(); !(row == end); row = row.next()) {
                uint256 sum = row.open() >> SUM_SHIFT;
                uint256 rest = row.open() & ENERGY_MASK;
                int256 amount = row.member().energyMwh() > 0
                    ? -int256((sum + rest * importPrice + MWH_PER_KWH - 1) / MWH_PER_KWH)
                    : int256((sum + rest * exportPrice) / MWH_PER_KWH);
                row.setAmount(row.amount() + amount);
            }
        }
    }

    /// @dev Maps 32 bits one to one: odd factors and shifted sums can be undone. Of slot and node it makes the lot by which equals stand.
    function _mix(uint256 value) private pure returns (uint256) {
        unchecked {
            value = (value * 0x9E3779B1) & type(uint32).max;
            value ^= value >> 15;
            return (value * 0x85EBCA6B) & type(uint32).max;
        }
    }
}
