// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Governed} from "../Governed.sol";
import {IEnergyExchange, Terms} from "../interfaces/IEnergyExchange.sol";
import {IEnergyLedger} from "../interfaces/IEnergyLedger.sol";
import {Node} from "../interfaces/IMeterRegistry.sol";
import {Roles} from "../libraries/Roles.sol";
import {Account} from "../types/Account.sol";
import {Ask, AskLib, Bid, BidLib} from "../types/Orders.sol";

/// @title StandingOrders
/// @notice Standing orders and terms, as they were when a slot began: nobody changes a price after the energy has flowed.
/// @dev Of each there are two versions, the newest and the one that held before it. That is enough as long as no newer one is made while
/// a slot in which the older one holds is not cleared.
abstract contract StandingOrders is IEnergyExchange, Governed {
    /// @notice Longest grace, s.
    uint32 public constant MAX_GRACE_SECONDS = 7 days;

    /// @inheritdoc IEnergyExchange
    IEnergyLedger public immutable ledger;
    /// Same as the ledger's, s.
    uint256 internal immutable _slotSeconds;
    /// Same as the ledger's: of older slots it knows nothing any more.
    uint256 private immutable _historySlots;

    Terms internal _terms;
    Terms internal _earlierTerms;
    mapping(uint256 node => Ask) private _asks;
    mapping(uint256 node => Ask) private _earlierAsks;
    mapping(uint256 node => Bid) internal _bids;
    mapping(uint256 node => Bid) internal _earlierBids;
    /// Here for the copies of orders in them.
    mapping(uint256 node => Account) internal _accounts;
    /// The newest slot that is cleared.
    uint32 internal _lastSlot;
    /// @inheritdoc IEnergyExchange
    uint32 public openDisputes;

    constructor(IEnergyLedger ledger_, Terms memory terms_) Governed(ledger_.registry()) {
        _checkTerms(terms_);
        ledger = ledger_;
        _slotSeconds = ledger_.slotSeconds();
        _historySlots = ledger_.HISTORY_SLOTS();
        // The first slot to be cleared is the first one to begin.
        _lastSlot = _currentSlot();
        terms_.since = 0;
        _terms = terms_;
        _emitTerms(terms_);
    }

    /// @inheritdoc IEnergyExchange
    function setAsk(uint32 node, uint32 price, uint56 limitMwh) external whenNotPaused {
        _checkTrader(node);
        uint32 since = _currentSlot() + 1;
        Ask newest = _asks[node];
        if (_hasBegun(newest.since(), since)) _earlierAsks[node] = newest;
        _asks[node] = AskLib.pack(since, price, limitMwh);
        _accounts[node] = _accounts[node].withoutAsk();
        emit AskSet(node, since, price, limitMwh);
    }

    /// @inheritdoc IEnergyExchange
    function setBid(uint32 node, uint32 price, uint160 preferred) external whenNotPaused {
        _checkTrader(node);
        _checkPreferred(node, preferred);
        uint32 since = _currentSlot() + 1;
        Bid newest = _bids[node];
        if (_hasBegun(newest.since(), since)) _earlierBids[node] = newest;
        _bids[node] = BidLib.pack(since, price, preferred, newest.prepaid());
        _accounts[node] = _accounts[node].withoutBid();
        emit BidSet(node, since, price, preferred);
    }

    /// @inheritdoc IEnergyExchange
    function setTerms(Terms calldata terms) external onlyCommunity(Roles.TREASURER) whenNotPaused {
        Terms memory next = terms;
        _checkTerms(next);
        next.since = _currentSlot() + 1;
        if (_hasBegun(_terms.since, next.since)) _earlierTerms = _terms;
        _terms = next;
        _emitTerms(next);
    }

    /// @inheritdoc IEnergyExchange
    function askAt(uint32 node, uint32 slot) external view returns (uint256 price, uint256 limitMwh, uint256 since) {
        (Ask ask,) = _askAt(node, slot);
        return (ask.price(), ask.limitMwh(), ask.since());
    }

    /// @inheritdoc IEnergyExchange
    function bidAt(uint32 node, uint32 slot) external view returns (uint256 price, uint256 preferred, uint256 since) {
        (Bid bid,) = _bidAt(node, slot);
        return (bid.price(), bid.preferred(), bid.since());
    }

    /// @inheritdoc IEnergyExchange
    function termsAt(uint32 slot) public view returns (Terms memory terms) {
        terms = _terms;
        if (terms.since > slot) terms = _earlierTerms;
    }

    /// @inheritdoc IEnergyExchange
    function nextSlot() public view returns (uint32) {
        uint256 next = uint256(_lastSlot) + 1;
        uint256 current = _currentSlot();
        // Older slots' energy is late.
        return uint32(current > next + _historySlots ? current - _historySlots : next);
    }

    function _askAt(uint256 node, uint256 slot) internal view returns (Ask ask, bool newest) {
        ask = _asks[node];
        newest = ask.since() <= slot;
        if (!newest) ask = _earlierAsks[node];
    }

    function _bidAt(uint256 node, uint256 slot) internal view returns (Bid bid, bool newest) {
        bid = _bids[node];
        newest = bid.since() <= slot;
        if (!newest) bid = _earlierBids[node];
    }

    /// @dev The slot in progress.
    function _currentSlot() internal view returns (uint32) {
        return uint32(block.timestamp / _slotSeconds);
    }

    function _checkAccount(uint32 node) internal view {
        if (registry.nodeInfo(node).account != msg.sender) revert NotOfNode(msg.sender, node);
    }

    function _emitTerms(Terms memory terms) private {
        emit TermsSet(
            terms.since, terms.importPrice, terms.exportPrice, terms.lossPermille, terms.lossMwh, terms.graceSeconds
        );
    }

    function _checkTrader(uint32 node) private view {
        Node memory home = registry.nodeInfo(node);
        bool trades = home.active && (msg.sender == home.account || msg.sender == home.gatewayKey);
        if (!trades) revert NotOfNode(msg.sender, node);
    }

    /// @dev Whether a version is to be kept as the earlier one: it holds in a slot that has begun, and no slot before it is uncleared.
    function _hasBegun(uint256 newest, uint256 since) private view returns (bool) {
        if (newest == since) return false;
        if (newest > nextSlot()) revert OrderPending(uint32(newest - 1));
        return true;
    }

    function _checkTerms(Terms memory terms) private pure {
        bool valid = terms.exportPrice <= terms.importPrice && terms.lossPermille <= 1000
            && terms.graceSeconds <= MAX_GRACE_SECONDS;
        if (!valid) revert InvalidTerms();
    }

    function _checkPreferred(uint32 node, uint160 preferred) private pure {
        for (uint160 rest = preferred; rest != 0; rest >>= 32) {
            uint32 seller = uint32(rest);
            bool valid = seller != 0 && seller != node;
            for (uint160 later = rest >> 32; later != 0; later >>= 32) {
                valid = valid && uint32(later) != seller;
            }
            if (!valid) revert InvalidPreferred(preferred);
        }
    }
}
