// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Clearing} from "../libraries/Clearing.sol";
import {IEnergyLedger} from "./IEnergyLedger.sol";
import {IGoverned} from "./IGoverned.sol";

/// @notice On what terms the community's pool settles what the market does not. Prices are millionths of a coin per kWh.
struct Terms {
    /// First slot for which they hold.
    uint32 since;
    /// What imports cost that nobody sold, and exports bring that nobody bought.
    uint32 importPrice;
    uint32 exportPrice;
    /// By how much imports and exports of a slot may differ: a part of the larger in per mille, and an amount in mWh.
    uint16 lossPermille;
    uint32 lossMwh;
    /// How long after its end a slot waits for meters that have not reported, s.
    uint32 graceSeconds;
}

/// @notice What a node has at the exchange, in millionths of a coin.
struct AccountInfo {
    /// Its own, and not in anybody else's name.
    uint256 balance;
    /// What of it may be withdrawn or paid in advance now: what open slots may still cost is kept back.
    uint256 free;
    /// What it owes the pool.
    uint256 debt;
    /// What the pool owes it.
    uint256 due;
    /// Last slot that is settled for it.
    uint32 settledSlot;
    bool enrolled;
}

/// @notice What a buyer paid a seller in advance, in millionths of a coin.
struct Credit {
    /// In all, less what was taken back.
    uint128 paid;
    /// What of it is not used.
    uint128 remaining;
}

/// @notice A seller and its offer as of the slot in progress.
struct Seller {
    uint32 node;
    uint32 price;
    uint56 limitMwh;
}

/// @notice What a slot's clearing would start from.
struct SlotBook {
    /// Of each enrolled node the words of its {Row}. Whose energy in this slot alone is not known has none here.
    uint256[] table;
    /// Of the members whose energy is known.
    Clearing.Totals totals;
    Terms terms;
    /// Most energy that meters without a known energy may have drawn or given, mWh.
    uint256 unknownMwh;
    /// How many of them have not reported at all: the slot waits for them until its grace is over.
    uint256 missing;
    /// Whether every member's energy is known, so that what is missing was lost on the way.
    bool complete;
}

/// @title What it cost
/// @notice Members' coins, their standing orders, and the clearing of each slot from what the ledger metered at both ends.
interface IEnergyExchange is IGoverned {
    event NodeEnrolled(uint32 indexed node);
    event NodeDismissed(uint32 indexed node);
    event AskSet(uint32 indexed node, uint32 since, uint32 price, uint56 limitMwh);
    event BidSet(uint32 indexed node, uint32 since, uint32 price, uint160 preferred);
    event TermsSet(
        uint32 indexed since,
        uint32 importPrice,
        uint32 exportPrice,
        uint16 lossPermille,
        uint32 lossMwh,
        uint32 graceSeconds
    );
    event Deposited(uint32 indexed node, address indexed from, uint256 amount);
    event Withdrawn(uint32 indexed node, address indexed to, uint256 amount);
    event Prepaid(uint32 indexed buyer, uint32 indexed seller, uint256 amount);
    event Refunded(uint32 indexed buyer, uint32 indexed seller, uint256 amount);
    event PoolFunded(address indexed from, uint256 amount);
    event PoolWithdrawn(address indexed to, uint256 amount);
    event DuePaid(uint32 indexed node, uint256 amount);
    /// @param members For each its node (4 bytes), energy in mWh, drawn positive, given negative (8), and what it got or, negative,
    /// paid in millionths of a coin (8), energy of earlier slots included.
    /// @param trades For each the buyer's and the seller's place in `members` (2 bytes each), energy in mWh (6), price (4).
    event SlotCleared(uint32 indexed slot, bytes members, bytes trades);
    /// @param disputed ABI-encoded `table` and `terms` of the {SlotBook}, to be given to {resolve}.
    event SlotDisputed(
        uint32 indexed slot, uint256 importedMwh, uint256 exportedMwh, uint256 toleratedMwh, bytes disputed
    );
    /// @param amount What the node got or, negative, paid.
    event LateSettled(uint32 indexed node, uint32 indexed slot, uint256 importMwh, uint256 exportMwh, int256 amount);

    /// @notice The coin is the zero address.
    error InvalidParts();
    /// @notice Tariffs with which one could earn from the pool by drawing and giving in turn, or figures that make no sense.
    error InvalidTerms();
    /// @notice The sender does not trade for this node.
    error NotOfNode(address sender, uint32 node);
    /// @notice The node is not enrolled.
    error NotEnrolled(uint32 node);
    /// @notice The node is enrolled already.
    error AlreadyEnrolled(uint32 node);
    /// @notice The node has no admitted meter on the bus, so there is nothing to settle.
    error NoBusMeter(uint32 node);
    /// @notice The node reports and so stays enrolled.
    error StillReporting(uint32 node);
    /// @notice More nodes than one clearing can settle.
    error TooManyMembers(uint256 limit);
    /// @notice The order was changed in a slot that is not cleared; it can be changed again once `slot` is.
    error OrderPending(uint32 slot);
    /// @notice A preferred seller is named twice, is the node itself, or stands behind a zero.
    error InvalidPreferred(uint160 preferred);
    /// @notice More than what may be taken.
    error InsufficientFunds(uint256 available, uint256 needed);
    /// @notice Slots are cleared one after the other, each once.
    error NotNextSlot(uint32 expected, uint32 slot);
    /// @notice The slot ends after the block's time.
    error SlotNotEnded(uint32 slot, uint256 endsAt, uint256 timestamp);
    /// @notice So many meters have not reported, and the grace is not over.
    error MetersMissing(uint256 missing, uint256 graceUntil);
    /// @notice The node has nothing unsettled up to that slot, or did not report it, or it is not cleared yet.
    error NothingLate(uint32 node, uint32 slot);
    /// @notice No open dispute of this slot is about this.
    error NoSuchDispute(uint32 slot);
    /// @notice A ruling names every member of the slot.
    error InvalidRulings(uint256 given, uint256 expected);
    /// @notice The arbiter can reduce an energy, not raise or turn it.
    error InvalidRuling(uint32 node, int256 meteredMwh, int256 ruledMwh);

    /// @notice Takes a node with a meter on the bus into the settlement. Anyone may.
    function enrol(uint32 node) external;

    /// @notice Takes a node that no longer reports out of the settlement; its account stays. Anyone may.
    function dismiss(uint32 node) external;

    /// @notice Sets a node's offer, from the next slot to begin on. Its account or its gateway only.
    /// @param limitMwh Most energy in one slot; zero ends the offer.
    function setAsk(uint32 node, uint32 price, uint56 limitMwh) external;

    /// @notice Sets a node's wish, from the next slot to begin on. Its account or its gateway only.
    /// @param price Highest price; zero, as long as none is set, takes gifts.
    /// @param preferred See {Bid}.
    function setBid(uint32 node, uint32 price, uint160 preferred) external;

    /// @notice Sets the terms, from the next slot to begin on; `since` is not looked at. Treasurer only.
    function setTerms(Terms calldata terms) external;

    /// @notice Pays coins into a node's account; a debt is paid off first. Anyone may, having allowed the exchange to take them.
    function deposit(uint32 node, uint256 amount) external;

    /// @notice The same with the sender's permit (ERC-2612) in place of an allowance.
    function depositWithPermit(uint32 node, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Pays out to the node's account what open slots cannot cost any more. Its account only.
    function withdraw(uint32 node, uint256 amount) external;

    /// @notice Sets coins aside that pay what the buyer draws from this seller, and nothing else. The buyer's account only.
    function prepay(uint32 buyer, uint32 seller, uint256 amount) external;

    /// @notice Takes back what was paid in advance and is not used. The buyer's account only.
    function refund(uint32 buyer, uint32 seller, uint256 amount) external;

    /// @notice Gives coins to the community's pool.
    function fundPool(uint256 amount) external;

    /// @notice Takes coins out of the pool that it owes nobody. Treasurer only.
    function withdrawPool(address to, uint256 amount) external;

    /// @notice Pays a node what the pool still owes it, as far as the pool can. Anyone may.
    function payDue(uint32 node) external;

    /// @notice Clears the next slot, when all meters reported it or its grace is over. Anyone may.
    /// @param askOrder Places in {slotBook}'s table (2 bytes each) of all sellers with something to sell: cheapest first, equal ones by lot.
    /// @param bidOrder Of all buyers: highest bid first, equal ones by lot.
    function clear(uint32 slot, bytes calldata askOrder, bytes calldata bidOrder) external;

    /// @notice Settles with the pool what a node's meter counted before it was back in time. Anyone may.
    /// @param slot A cleared slot that it reported since.
    function settleLate(uint32 node, uint32 slot) external;

    /// @notice Ends a dispute: the slot is cleared with the energies that the arbiter finds right. Arbiter only.
    /// @param disputed As in {SlotDisputed}.
    /// @param ruledMwh For each of its members the energy, of the same sign as and not above what was metered.
    function resolve(
        uint32 slot,
        bytes calldata disputed,
        int256[] calldata ruledMwh,
        bytes calldata askOrder,
        bytes calldata bidOrder
    ) external;

    /// @notice What {clear} would start from now.
    function slotBook(uint32 slot) external view returns (SlotBook memory);

    /// @notice The slot that {clear} takes next.
    function nextSlot() external view returns (uint32);

    /// @notice The terms that hold in a slot that is not cleared yet.
    function termsAt(uint32 slot) external view returns (Terms memory);

    /// @notice A node's ask that holds in such a slot.
    function askAt(uint32 node, uint32 slot) external view returns (uint256 price, uint256 limitMwh, uint256 since);

    /// @notice A node's bid that holds in such a slot; `preferred` as in {Bid}.
    function bidAt(uint32 node, uint32 slot) external view returns (uint256 price, uint256 preferred, uint256 since);

    /// @notice What a node has.
    function accountOf(uint32 node) external view returns (AccountInfo memory);

    /// @notice What a buyer paid a seller in advance, and what remains.
    function creditOf(uint32 buyer, uint32 seller) external view returns (Credit memory);

    /// @notice Enrolled nodes, `limit` of them from a place on.
    function members(uint256 from, uint256 limit) external view returns (uint32[] memory nodes, uint256 total);

    /// @notice Those of the same page that offer energy in the slot in progress.
    function sellers(uint256 from, uint256 limit) external view returns (Seller[] memory found, uint256 total);

    /// @notice The community's coins, and what of them it owes nodes.
    function pool() external view returns (uint256 amount, uint256 due);

    /// @notice Disputes that the arbiter has not ended.
    function openDisputes() external view returns (uint32);

    /// @notice The coin, and the ledger whose checkpoints are settled.
    function coin() external view returns (IERC20);
    function ledger() external view returns (IEnergyLedger);
}
