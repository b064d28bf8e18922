// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Reading} from "../libraries/ReadingLeaf.sol";
import {IGoverned} from "./IGoverned.sol";

/// @notice The newest checkpoint of a meter.
struct MeterState {
    /// Admission (see {Meter}) under which it was recorded; 0 when there is none yet.
    uint32 admission;
    uint32 slot;
    /// Energy imported and exported over the meter's life, mWh.
    uint64 importMwh;
    uint64 exportMwh;
}

/// @title What was metered
/// @notice Batches of sealed readings and slot checkpoints, committed by each node's gateway, each batch and each slot once.
interface IEnergyLedger is IGoverned {
    /// @param root Merkle root over the readings' leaves; zero when there are none.
    /// @param fromMs End of the first reading, UTC ms.
    /// @param toMs End of the last reading, UTC ms.
    /// @param checkpoints As given to {commit}.
    event BatchCommitted(
        uint32 indexed node,
        uint64 indexed number,
        bytes32 root,
        uint32 readingCount,
        uint64 fromMs,
        uint64 toMs,
        bytes checkpoints
    );

    /// @notice The slot length is zero or above a day.
    error InvalidSlotSeconds(uint32 slotSeconds);
    /// @notice The sender's key reports for no active node.
    error UnknownGateway(address gatewayKey);
    /// @notice Batches are numbered from 1, without a gap and never twice.
    error NotNextBatch(uint32 node, uint64 expected, uint64 number);
    /// @notice A batch has readings or checkpoints.
    error EmptyBatch();
    /// @notice A batch has a root exactly when it has readings.
    error RootWithoutReadings(bytes32 root, uint32 readingCount);
    /// @notice A batch's period ends before it begins.
    error InvalidPeriod(uint64 fromMs, uint64 toMs);
    /// @notice More meters' checkpoints than one batch may carry.
    error TooManyCheckpoints(uint256 count, uint256 limit);
    /// @notice The checkpoints end within one.
    error TruncatedCheckpoints(uint256 length, uint256 expected);
    /// @notice The meter does not belong to the reporting node.
    error ForeignMeter(bytes32 meterId, uint32 node);
    /// @notice The meter is no longer admitted.
    error RetiredMeter(bytes32 meterId);
    /// @notice The slot ends after the block's time.
    error SlotNotEnded(uint32 slot, uint256 endsAt, uint256 timestamp);
    /// @notice The meter, or its node on the bus, has this slot, or a later one, already.
    error SlotNotAfter(bytes32 meterId, uint32 lastSlot, uint32 slot);
    /// @notice A counter runs backwards.
    error CounterBackwards(bytes32 meterId, uint32 slot);
    /// @notice More energy than the meter's circuit could carry since its last checkpoint.
    error EnergyAboveRatedPower(bytes32 meterId, uint32 slot, uint64 energyMwh, uint256 limitMwh);

    /// @notice Commits a node's next batch. Called by its gateway's key.
    /// @param number The node's last batch number + 1.
    /// @param root Merkle root over the leaves of the readings (see {ReadingLeaf}); zero when there are none.
    /// @param readingCount Number of readings under the root.
    /// @param fromMs End of the first reading, UTC ms; as claimed by the gateway.
    /// @param toMs End of the last reading, UTC ms; as claimed by the gateway.
    /// @param checkpoints Slots that ended, ascending for each meter. One after the other: board id (6 bytes), slot (4), number
    /// of meters (1), and for each of them its index on the board (1), its energy imported and exported over its life, mWh (44 bits each:
    /// up to 17 GWh).
    function commit(
        uint64 number,
        bytes32 root,
        uint32 readingCount,
        uint64 fromMs,
        uint64 toMs,
        bytes calldata checkpoints
    ) external;

    /// @notice Whether a reading is in a node's batch.
    /// @param proof Siblings of the reading's leaf, from the leaf up.
    function verifyReading(uint32 node, uint64 number, Reading calldata reading, bytes32[] calldata proof)
        external
        view
        returns (bool);

    /// @notice The number that the node's next batch must have.
    function nextBatch(uint32 node) external view returns (uint64 number);

    /// @notice A batch's Merkle root; zero when it has no readings or is not committed.
    function batchRoot(uint32 node, uint64 number) external view returns (bytes32 root);

    /// @notice The newest checkpoint of a meter; zeros when there is none.
    function meterState(bytes32 meterId) external view returns (MeterState memory);

    /// @notice What nodes reported of a slot, as {Counters} in the nodes' order; zero for one that did not, or that has reported since
    /// the slot {HISTORY_SLOTS} after it.
    function reportsOf(uint256[] calldata nodes, uint256 slot) external view returns (uint256[] memory reports);

    /// @notice Slots for which a node's reports are kept.
    function HISTORY_SLOTS() external view returns (uint256); // solhint-disable-line func-name-mixedcase

    /// @notice Most that a node's bus meter may count in one slot, mWh; the last slot that may still bring energy: the one in progress
    /// while it reports, else its newest; and whether it reports. Zeros when the node has no such meter.
    function busLimit(uint32 node) external view returns (uint256 limitMwh, uint32 lastSlot, bool reports);

    /// @notice Length of a settlement slot, s.
    function slotSeconds() external view returns (uint32);
}
