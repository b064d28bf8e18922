// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Eight members stand in one slot of storage, and are read at once.
/* solhint-disable no-inline-assembly */

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {AccountInfo, Credit, IEnergyExchange, Terms} from "../interfaces/IEnergyExchange.sol";
import {IEnergyLedger} from "../interfaces/IEnergyLedger.sol";
import {Clearing} from "../libraries/Clearing.sol";
import {Funding} from "../libraries/Funding.sol";
import {Roles} from "../libraries/Roles.sol";
import {Words} from "../libraries/Words.sol";
import {Account, AccountLib} from "../types/Account.sol";
import {Counters, CountersLib} from "../types/Counters.sol";
import {Row, Table} from "../types/Row.sol";
import {StandingOrders} from "./StandingOrders.sol";

/// @title Accounts
/// @notice Who has what: nodes' balances, what they paid sellers in advance, and the community's pool. These are all coins that the
/// exchange holds; a node's debt, and what the pool could not pay it yet, are none.
abstract contract Accounts is StandingOrders, ReentrancyGuard {
    using SafeERC20 for IERC20;
    using Words for bytes;
    using Table for uint256[];
    using Words for uint256[];

    /// @dev A member in {IEnergyExchange-SlotCleared}: node (4 bytes), energy (8), amount (8).
    uint256 private constant MEMBER_BYTES = 20;

    /// @notice Nodes that one clearing can settle.
    uint256 public constant MAX_MEMBERS = 1024;

    /// @inheritdoc IEnergyExchange
    IERC20 public immutable coin;

    uint32[] private _members;
    /// No node that was ever enrolled is larger.
    uint32 internal _largestNode;
    /// Place in _members, plus 1.
    mapping(uint256 node => uint256) private _placeOf;
    mapping(uint256 buyer => mapping(uint256 seller => Credit)) private _credits;
    mapping(uint256 node => uint256) private _dueOf;
    uint256 private _pool;
    uint256 private _poolDue;

    constructor(IERC20 coin_, IEnergyLedger ledger_, Terms memory terms_) StandingOrders(ledger_, terms_) {
        if (address(coin_) == address(0)) revert InvalidParts();
        coin = coin_;
    }

    /// @inheritdoc IEnergyExchange
    function enrol(uint32 node) external whenNotPaused {
        if (_placeOf[node] != 0) revert AlreadyEnrolled(node);
        if (_members.length == MAX_MEMBERS) revert TooManyMembers(MAX_MEMBERS);
        (,, bool reports) = ledger.busLimit(node);
        if (!reports) revert NoBusMeter(node);
        _members.push(node);
        _placeOf[node] = _members.length;
        if (node > _largestNode) _largestNode = node;
        // A node that was here before goes on from where it was settled.
        if (_accounts[node].settled().slot() == 0) {
            _accounts[node] = AccountLib.open(CountersLib.pack(0, _lastSlot, 0));
        }
        emit NodeEnrolled(node);
    }

    /// @inheritdoc IEnergyExchange
    function dismiss(uint32 node) external whenNotPaused {
        uint256 place = _placeOf[node];
        if (place == 0) revert NotEnrolled(node);
        (,, bool reports) = ledger.busLimit(node);
        if (reports) revert StillReporting(node);
        uint32 last = _members[_members.length - 1];
        _members[place - 1] = last;
        _placeOf[last] = place;
        _members.pop();
        delete _placeOf[node];
        emit NodeDismissed(node);
    }

    /// @inheritdoc IEnergyExchange
    function deposit(uint32 node, uint256 amount) external whenNotPaused nonReentrant {
        _deposit(node, amount);
    }

    /// @inheritdoc IEnergyExchange
    function depositWithPermit(uint32 node, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        whenNotPaused
        nonReentrant
    {
        // Whoever saw the permit may have used it already: then the allowance is there, and if not, the transfer fails.
        // solhint-disable-next-line no-empty-blocks
        try IERC20Permit(address(coin)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        _deposit(node, amount);
    }

    /// @inheritdoc IEnergyExchange
    function withdraw(uint32 node, uint256 amount) external whenNotPaused nonReentrant {
        _checkAccount(node);
        _takeFree(node, amount);
        emit Withdrawn(node, msg.sender, amount);
        coin.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IEnergyExchange
    function prepay(uint32 buyer, uint32 seller, uint256 amount) external whenNotPaused {
        _checkAccount(buyer);
        _enrolledOnce(seller);
        _takeFree(buyer, amount);
        Credit storage credit = _credits[buyer][seller];
        // Not above what the account had, 80 bits, for all coins there are.
        credit.paid += uint128(amount);
        credit.remaining += uint128(amount);
        _accounts[buyer] = _accounts[buyer].withoutBid();
        _bids[buyer] = _bids[buyer].withPrepaid();
        _earlierBids[buyer] = _earlierBids[buyer].withPrepaid();
        emit Prepaid(buyer, seller, amount);
    }

    /// @inheritdoc IEnergyExchange
    function refund(uint32 buyer, uint32 seller, uint256 amount) external whenNotPaused {
        _checkAccount(buyer);
        Credit storage credit = _credits[buyer][seller];
        if (amount > credit.remaining) revert InsufficientFunds(credit.remaining, amount);
        credit.paid -= uint128(amount);
        credit.remaining -= uint128(amount);
        _credit(buyer, amount);
        emit Refunded(buyer, seller, amount);
    }

    /// @inheritdoc IEnergyExchange
    function fundPool(uint256 amount) external whenNotPaused nonReentrant {
        _pool += amount;
        emit PoolFunded(msg.sender, amount);
        coin.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IEnergyExchange
    function withdrawPool(address to, uint256 amount)
        external
        onlyCommunity(Roles.TREASURER)
        whenNotPaused
        nonReentrant
    {
        uint256 available = Math.saturatingSub(_pool, _poolDue);
        if (amount > available) revert InsufficientFunds(available, amount);
        _pool -= amount;
        emit PoolWithdrawn(to, amount);
        coin.safeTransfer(to, amount);
    }

    /// @inheritdoc IEnergyExchange
    function payDue(uint32 node) external whenNotPaused {
        uint256 amount = Math.min(_dueOf[node], _pool);
        if (amount == 0) revert InsufficientFunds(0, _dueOf[node]);
        _dueOf[node] -= amount;
        _poolDue -= amount;
        _pool -= amount;
        _credit(node, amount);
        emit DuePaid(node, amount);
    }

    /// @inheritdoc IEnergyExchange
    function accountOf(uint32 node) external view returns (AccountInfo memory) {
        Account account = _accounts[node];
        int256 balance = account.balance();
        return AccountInfo({
            balance: _positive(balance),
            free: _freeOf(node),
            debt: _positive(-balance),
            due: _dueOf[node],
            settledSlot: uint32(account.settled().slot()),
            enrolled: _placeOf[node] != 0
        });
    }

    /// @inheritdoc IEnergyExchange
    function creditOf(uint32 buyer, uint32 seller) external view returns (Credit memory) {
        return _credits[buyer][seller];
    }

    /// @inheritdoc IEnergyExchange
    function pool() external view returns (uint256 amount, uint256 due) {
        return (_pool, _poolDue);
    }

    /// @inheritdoc IEnergyExchange
    function members(uint256 from, uint256 limit) public view returns (uint32[] memory nodes, uint256 total) {
        total = _members.length;
        uint256 count = Math.min(limit, Math.saturatingSub(total, from));
        nodes = new uint32[](count);
        for (uint256 i = 0; i < count; ++i) {
            nodes[i] = _members[from + i];
        }
    }

    /// @dev Moves what a clearing or a late settlement found, and the counters up to which members are settled.
    /// @param table Of each row the member, its account in storage, what it reported, zero where it stays, and the amount.
    /// @param trades See {Clearing-clear}.
    /// @return members_ See {IEnergyExchange-SlotCleared}.
    function _settle(uint256[] memory table, bytes memory trades) internal returns (bytes memory members_) {
        members_ = _pack(table);
        uint256 used = _useCredits(table, trades);
        bool isShort;
        (_pool, isShort) = Funding.settle(table, _pool + used);
        Row end = table.end();
        for (Row row = table.first(); !(row == end); row = row.next()) {
            Counters settled = row.reported();
            if (Counters.unwrap(settled) == 0) settled = row.account().settled();
            _accounts[row.member().node()] = row.account().with(settled, row.balance());
        }
        if (isShort) _owe(table);
    }

    /// @dev Gives a node coins that the exchange holds and nobody else has; what it owes the pool is paid off first.
    function _credit(uint32 node, uint256 amount) internal {
        Account account = _accounts[node];
        int256 balance = account.balance();
        _accounts[node] = account.withBalance(balance + int256(amount));
        _pool += Math.min(amount, _positive(-balance));
    }

    /// @dev All enrolled nodes.
    function _nodes() internal view returns (uint256[] memory nodes) {
        uint256 count = _members.length;
        nodes = Words.make(count);
        // Eight nodes are in a slot of storage.
        uint256 word = 0;
        uint256 base;
        assembly ("memory-safe") {
            mstore(0, _members.slot)
            base := keccak256(0, 32)
        }
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                if (i & 7 == 0) {
                    assembly ("memory-safe") {
                        word := sload(add(base, shr(3, i)))
                    }
                }
                nodes.set(i, (word >> ((i & 7) << 5)) & type(uint32).max);
            }
        }
    }

    function _enrolledOnce(uint32 node) internal view {
        if (_accounts[node].settled().slot() == 0) revert NotEnrolled(node);
    }

    function _positive(int256 value) internal pure returns (uint256) {
        return value > 0 ? uint256(value) : 0;
    }

    /// @dev Notes what the pool could not pay.
    function _owe(uint256[] memory table) private {
        Row end = table.end();
        for (Row row = table.first(); !(row == end); row = row.next()) {
            uint256 due = uint256(row.amount());
            if (due == 0) continue;
            _dueOf[row.member().node()] += due;
            _poolDue += due;
        }
    }

    /// @dev Takes from what buyers paid in advance as much as they bought from those sellers, and reduces what they pay by it.
    /// @return used The coins that are nobody's now.
    function _useCredits(uint256[] memory table, bytes memory trades) private returns (uint256 used) {
        for (uint256 offset = 0; offset < trades.length; offset += Clearing.TRADE_BYTES) {
            (uint256 place, uint256 seller, uint256 energyMwh, uint256 price) = Clearing.tradeAt(trades, offset);
            Row buyer = table.rowAt(place);
            if (!buyer.member().prepaid()) continue;
            Credit storage credit = _credits[buyer.member().node()][table.rowAt(seller).member().node()];
            uint256 amount = Math.min(credit.remaining, (energyMwh * price) / Clearing.MWH_PER_KWH);
            credit.remaining -= uint128(amount);
            // Of a negative amount, which is at least as large.
            buyer.setAmount(buyer.amount() + int256(amount));
            used += amount;
        }
    }

    function _deposit(uint32 node, uint256 amount) private {
        _enrolledOnce(node);
        _credit(node, amount);
        emit Deposited(node, msg.sender, amount);
        coin.safeTransferFrom(msg.sender, address(this), amount);
    }

    function _takeFree(uint32 node, uint256 amount) private {
        uint256 free = _freeOf(node);
        if (amount > free) revert InsufficientFunds(free, amount);
        Account account = _accounts[node];
        _accounts[node] = account.withBalance(account.balance() - int256(amount));
    }

    function _freeOf(uint32 node) private view returns (uint256) {
        return Math.saturatingSub(_positive(_accounts[node].balance()), _reserveOf(node));
    }

    /// @dev Most that a node's open slots can cost: rated power, at the dearest of tariff and bids, in every slot that is not settled or
    /// that is disputed.
    function _reserveOf(uint32 node) private view returns (uint256) {
        (uint256 limitMwh, uint32 lastSlot,) = ledger.busLimit(node);
        uint256 slots = Math.saturatingSub(lastSlot, _accounts[node].settled().slot()) + openDisputes;
        uint256 price = Math.max(_terms.importPrice, _earlierTerms.importPrice);
        price = Math.max(price, Math.max(_bids[node].price(), _earlierBids[node].price()));
        return slots * Math.ceilDiv(limitMwh * price, Clearing.MWH_PER_KWH);
    }

    /// @dev What {IEnergyExchange-SlotCleared} tells of members. Readies their rows' balances.
    function _pack(uint256[] memory table) private pure returns (bytes memory members_) {
        members_ = Words.room((table.length / Table.ROW_WORDS) * MEMBER_BYTES);
        Row end = table.end();
        uint256 to = members_.start();
        // Within the room for as many.
        unchecked {
            for (Row row = table.first(); !(row == end); row = row.next()) {
                Words.put(to, row.member().withAmount(row.amount()));
                to += MEMBER_BYTES;
                row.setBalance(row.account().balance());
            }
        }
    }
}
