// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// One list is shortened in place; Solidity has no way to.
/* solhint-disable no-inline-assembly */

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Accounts} from "./exchange/Accounts.sol";
import {IEnergyExchange, Seller, SlotBook, Terms} from "./interfaces/IEnergyExchange.sol";
import {IEnergyLedger} from "./interfaces/IEnergyLedger.sol";
import {Clearing} from "./libraries/Clearing.sol";
import {Roles} from "./libraries/Roles.sol";
import {Words} from "./libraries/Words.sol";
import {Account} from "./types/Account.sol";
import {Counters} from "./types/Counters.sol";
import {Member, MemberLib} from "./types/Member.sol";
import {Ask, Bid} from "./types/Orders.sol";
import {Row, Table} from "./types/Row.sol";

/// @title EnergyExchange
/// @notice See {IEnergyExchange}.
contract EnergyExchange is Accounts {
    using Table for uint256[];
    using Words for uint256[];

    mapping(uint256 slot => bytes32 digest) private _disputes;

    constructor(IERC20 coin_, IEnergyLedger ledger_, Terms memory terms_) Accounts(coin_, ledger_, terms_) {}

    /// @inheritdoc IEnergyExchange
    function clear(uint32 slot, bytes calldata askOrder, bytes calldata bidOrder) external whenNotPaused {
        uint32 next = nextSlot();
        if (slot != next) revert NotNextSlot(next, slot);
        uint256 endsAt = (uint256(slot) + 1) * _slotSeconds;
        if (endsAt > block.timestamp) revert SlotNotEnded(slot, endsAt, block.timestamp);
        SlotBook memory book = _gather(slot);
        uint256 graceUntil = endsAt + book.terms.graceSeconds;
        if (book.missing != 0 && block.timestamp < graceUntil) revert MetersMissing(book.missing, graceUntil);

        _lastSlot = slot;
        Clearing.Rules memory rules = _rules(slot, book.terms, book.complete, book.totals);
        (uint256 toleratedMwh, bool agrees) =
            Clearing.compare(book.totals, book.terms.lossPermille, book.terms.lossMwh + book.unknownMwh);
        if (agrees) {
            _clear(rules, book.table, askOrder, bidOrder);
        } else {
            bytes memory disputed = abi.encode(book.table, book.terms);
            _disputes[slot] = keccak256(disputed);
            ++openDisputes;
            emit SlotDisputed(slot, book.totals.importedMwh, book.totals.exportedMwh, toleratedMwh, disputed);
            // What members counted before is settled all the same.
            _settle(book.table, "");
        }
    }

    /// @inheritdoc IEnergyExchange
    function settleLate(uint32 node, uint32 slot) external whenNotPaused {
        uint256[] memory nodes = new uint256[](1);
        nodes[0] = node;
        Account account = _accounts[node];
        Counters settled = account.settled();
        Counters reported = Counters.wrap(ledger.reportsOf(nodes, slot)[0]);
        bool isLate = settled.slot() != 0 && settled.slot() < slot && slot < nextSlot() && reported.slot() == slot;
        if (!isLate) revert NothingLate(node, slot);

        (uint256 importMwh, uint256 exportMwh) = reported.since(settled);
        int256 amount = _poolAmount(importMwh, exportMwh, termsAt(nextSlot()));
        uint256[] memory table = Table.make(1);
        _fill(table.first(), MemberLib.pack(node, 0, 0), account, reported);
        table.first().setAmount(amount);
        _settle(table, "");
        emit LateSettled(node, slot, importMwh, exportMwh, amount);
    }

    /// @inheritdoc IEnergyExchange
    function resolve(
        uint32 slot,
        bytes calldata disputed,
        int256[] calldata ruledMwh,
        bytes calldata askOrder,
        bytes calldata bidOrder
    ) external onlyCommunity(Roles.ARBITER) whenNotPaused {
        if (_disputes[slot] != keccak256(disputed)) revert NoSuchDispute(slot);
        delete _disputes[slot];
        --openDisputes;
        (uint256[] memory table, Terms memory terms) = abi.decode(disputed, (uint256[], Terms));
        uint256 count = table.length / Table.ROW_WORDS;
        if (ruledMwh.length != count) revert InvalidRulings(ruledMwh.length, count);
        for (uint256 i = 0; i < count; ++i) {
            Row row = table.rowAt(i);
            Member member = row.member();
            (int256 meteredMwh, int256 ruled) = (member.energyMwh(), ruledMwh[i]);
            bool reduces = meteredMwh < 0 ? ruled <= 0 && ruled >= meteredMwh : ruled >= 0 && ruled <= meteredMwh;
            if (!reduces) revert InvalidRuling(uint32(member.node()), meteredMwh, ruled);
            uint256 preferred = row.preferred();
            _fill(row, member.withEnergy(ruled), _accounts[member.node()], Counters.wrap(0));
            row.setPreferred(preferred);
        }
        _clear(_rules(slot, terms, true, Clearing.totalsOf(table)), table, askOrder, bidOrder);
    }

    /// @inheritdoc IEnergyExchange
    function slotBook(uint32 slot) external view returns (SlotBook memory) {
        return _gather(slot);
    }

    /// @inheritdoc IEnergyExchange
    function sellers(uint256 from, uint256 limit) external view returns (Seller[] memory found, uint256 total) {
        uint32[] memory nodes;
        (nodes, total) = members(from, limit);
        found = new Seller[](nodes.length);
        uint256 count = 0;
        for (uint256 i = 0; i < nodes.length; ++i) {
            (Ask ask,) = _askAt(nodes[i], _currentSlot());
            if (ask.limitMwh() == 0) continue;
            found[count++] = Seller(nodes[i], uint32(ask.price()), uint56(ask.limitMwh()));
        }
        // Shortens the list to what it holds.
        assembly ("memory-safe") {
            mstore(found, count)
        }
    }

    /// @dev Clears a slot whose energies are settled upon, and moves what comes of it.
    function _clear(
        Clearing.Rules memory rules,
        uint256[] memory table,
        bytes calldata askOrder,
        bytes calldata bidOrder
    ) private {
        bytes memory trades = Clearing.clear(rules, table, askOrder, bidOrder);
        emit SlotCleared(uint32(rules.slot), _settle(table, trades), trades);
    }

    /// @dev Everything that a slot's clearing starts from.
    function _gather(uint32 slot) private view returns (SlotBook memory book) {
        uint256[] memory nodes = _nodes();
        uint256[] memory reports = ledger.reportsOf(nodes, slot);
        book.terms = termsAt(slot);
        book.complete = true;
        book.table = Table.make(nodes.length);
        Row row = book.table.first();
        // Two counters that the ledger took, below 2^44 each.
        unchecked {
            for (uint256 i = 0; i < nodes.length; ++i) {
                uint256 node = nodes.get(i);
                Account account = _accounts[node];
                Counters reported = Counters.wrap(reports.get(i));
                (bool follows, int256 energyMwh) = reported.slotSince(account.settled());
                if (follows) {
                    Clearing.add(book.totals, energyMwh);
                    _fill(row, MemberLib.pack(node, energyMwh, i), account, reported);
                    if (energyMwh > 0) _takeBid(row, slot);
                    else _takeAsk(row, slot);
                } else {
                    _fill(row, MemberLib.pack(node, 0, i), account, reported);
                    _gatherUnknown(book, row);
                }
                row = row.next();
            }
        }
    }

    /// @dev A member whose energy in the slot alone is not known: it has not reported, or now counted in several slots, or has a new meter.
    /// What it counted until now is the pool's.
    function _gatherUnknown(SlotBook memory book, Row row) private view {
        (uint256 limitMwh,,) = ledger.busLimit(uint32(row.member().node()));
        book.unknownMwh += limitMwh;
        book.complete = false;
        if (Counters.unwrap(row.reported()) == 0) {
            ++book.missing;
        } else {
            (uint256 importMwh, uint256 exportMwh) = row.reported().since(row.account().settled());
            row.setAmount(_poolAmount(importMwh, exportMwh, book.terms));
        }
    }

    /// @dev Takes a seller's ask into its row: the copy in its account, or the order itself, which is copied then.
    function _takeAsk(Row row, uint256 slot) private view {
        Account account = row.account();
        if (account.hasAsk()) {
            (uint256 price, uint256 limitMwh) = account.askCopy();
            row.setMember(row.member().asking(price, limitMwh));
            return;
        }
        (Ask ask, bool newest) = _askAt(row.member().node(), slot);
        row.setMember(row.member().asking(ask.price(), ask.limitMwh()));
        if (newest) row.setAccount(account.withAsk(ask));
    }

    /// @dev The same for a buyer's bid.
    function _takeBid(Row row, uint256 slot) private view {
        Account account = row.account();
        if (account.hasBid()) {
            row.setMember(row.member().bidding(account.bidCopy(), false));
            return;
        }
        (Bid bid, bool newest) = _bidAt(row.member().node(), slot);
        row.setMember(row.member().bidding(bid.price(), bid.prepaid()));
        row.setPreferred(bid.preferred());
        if (newest) row.setAccount(account.withBid(bid));
    }

    function _rules(uint256 slot, Terms memory terms, bool complete, Clearing.Totals memory totals)
        private
        view
        returns (Clearing.Rules memory)
    {
        return Clearing.Rules(slot, terms.importPrice, terms.exportPrice, complete, totals, _largestNode);
    }

    function _fill(Row row, Member member, Account account, Counters reported) private pure {
        row.setMember(member);
        row.setPreferred(0);
        row.setOpen(0);
        row.setAmount(0);
        row.setAccount(account);
        row.setReported(reported);
    }

    /// @dev What the pool pays or, negative, is paid for energy. Import and export do not cancel here: they may be days apart.
    function _poolAmount(uint256 importMwh, uint256 exportMwh, Terms memory terms) private pure returns (int256) {
        return Clearing.amountOf(exportMwh * terms.exportPrice, importMwh * terms.importPrice);
    }
}
