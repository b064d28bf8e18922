// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Checkpoint, IEnergyLedger, MeterState} from "./interfaces/IEnergyLedger.sol";
import {IMeterRegistry, Meter} from "./interfaces/IMeterRegistry.sol";
import {RatedPower} from "./libraries/RatedPower.sol";
import {Reading, ReadingLeaf} from "./libraries/ReadingLeaf.sol";

/// @title EnergyLedger
/// @notice See {IEnergyLedger}.
contract EnergyLedger is IEnergyLedger, Pausable {
    /// @notice Checkpoints that one batch may carry.
    uint256 public constant MAX_CHECKPOINTS = 256;
    /// @notice Largest counter, mWh: the largest integer that the boards and gateways (IEEE 754 doubles) count exactly.
    uint64 public constant MAX_COUNTER_MWH = 2 ** 53 - 1;

    bytes32 private constant GUARDIAN_ROLE = keccak256("GUARDIAN_ROLE");

    /// @inheritdoc IEnergyLedger
    IMeterRegistry public immutable registry;
    /// @inheritdoc IEnergyLedger
    uint32 public immutable slotSeconds;

    mapping(uint32 node => uint64 number) private _lastBatch;
    mapping(uint32 node => mapping(uint64 number => bytes32 root)) private _roots;
    mapping(bytes32 meterId => MeterState) private _states;

    modifier onlyGuardian() {
        _checkGuardian();
        _;
    }

    constructor(IMeterRegistry registry_, uint32 slotSeconds_) {
        if (address(registry_) == address(0)) revert ZeroRegistry();
        if (slotSeconds_ == 0 || slotSeconds_ > 1 days) revert InvalidSlotSeconds(slotSeconds_);
        registry = registry_;
        slotSeconds = slotSeconds_;
    }

    /// @inheritdoc IEnergyLedger
    function commit(
        uint64 number,
        bytes32 root,
        uint32 readingCount,
        uint64 fromMs,
        uint64 toMs,
        Checkpoint[] calldata checkpoints
    ) external whenNotPaused {
        uint32 node = registry.nodeOf(msg.sender);
        if (node == 0) revert UnknownGateway(msg.sender);
        uint64 expected = _lastBatch[node] + 1;
        if (number != expected) revert NotNextBatch(node, expected, number);
        if (readingCount == 0 && checkpoints.length == 0) revert EmptyBatch();
        if ((readingCount == 0) != (root == 0)) revert RootWithoutReadings(root, readingCount);
        if (fromMs > toMs) revert InvalidPeriod(fromMs, toMs);
        if (checkpoints.length > MAX_CHECKPOINTS) revert TooManyCheckpoints(checkpoints.length, MAX_CHECKPOINTS);

        _lastBatch[node] = number;
        if (root != 0) _roots[node][number] = root;
        emit BatchCommitted(node, number, root, readingCount, fromMs, toMs);
        _record(node, checkpoints);
    }

    /// @inheritdoc IEnergyLedger
    function pause() external onlyGuardian {
        _pause();
    }

    /// @inheritdoc IEnergyLedger
    function unpause() external onlyGuardian {
        _unpause();
    }

    /// @inheritdoc IEnergyLedger
    function verifyReading(uint32 node, uint64 number, Reading calldata reading, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        bytes32 root = _roots[node][number];
        return root != 0 && MerkleProof.verifyCalldata(proof, root, ReadingLeaf.hash(reading));
    }

    /// @inheritdoc IEnergyLedger
    function nextBatch(uint32 node) external view returns (uint64 number) {
        return _lastBatch[node] + 1;
    }

    /// @inheritdoc IEnergyLedger
    function batchRoot(uint32 node, uint64 number) external view returns (bytes32 root) {
        return _roots[node][number];
    }

    /// @inheritdoc IEnergyLedger
    function meterState(bytes32 meterId) external view returns (MeterState memory) {
        return _states[meterId];
    }

    /// @dev A run of checkpoints of one meter reads its registration and its state once, and writes the state once.
    function _record(uint32 node, Checkpoint[] calldata checkpoints) private {
        bytes32 meterId;
        Meter memory meter;
        MeterState memory state;
        for (uint256 i = 0; i < checkpoints.length; ++i) {
            Checkpoint calldata checkpoint = checkpoints[i];
            if (i == 0 || checkpoint.meterId != meterId) {
                if (i != 0) _states[meterId] = state;
                meterId = checkpoint.meterId;
                meter = registry.meter(meterId);
                if (meter.node != node) revert ForeignMeter(meterId, node);
                if (!meter.active) revert RetiredMeter(meterId);
                state = _states[meterId];
            }
            _advance(state, meter, checkpoint);
            emit CheckpointRecorded(meterId, checkpoint.slot, checkpoint.importMwh, checkpoint.exportMwh);
        }
        if (checkpoints.length != 0) _states[meterId] = state;
    }

    /// @dev Moves a meter's state on to a checkpoint, or reverts. The first one of an admission is the baseline:
    /// energy is the difference of two checkpoints, so it counts nothing and needs no bound by rated power.
    function _advance(MeterState memory state, Meter memory meter, Checkpoint calldata checkpoint) private view {
        uint256 endsAt = (uint256(checkpoint.slot) + 1) * slotSeconds;
        if (endsAt > block.timestamp) revert SlotNotEnded(checkpoint.slot, endsAt, block.timestamp);
        // A slot is never recorded twice, not even under another admission.
        if (state.admission != 0 && checkpoint.slot <= state.slot) {
            revert SlotNotAfter(checkpoint.meterId, state.slot, checkpoint.slot);
        }
        if (checkpoint.importMwh > MAX_COUNTER_MWH) revert CounterTooLarge(checkpoint.meterId, checkpoint.importMwh);
        if (checkpoint.exportMwh > MAX_COUNTER_MWH) revert CounterTooLarge(checkpoint.meterId, checkpoint.exportMwh);

        if (state.admission == meter.admission) {
            uint256 elapsedSeconds = uint256(checkpoint.slot - state.slot) * slotSeconds;
            uint256 limitMwh = RatedPower.limitMwh(meter.ratedPowerW, elapsedSeconds);
            _checkEnergy(checkpoint, state.importMwh, checkpoint.importMwh, limitMwh);
            _checkEnergy(checkpoint, state.exportMwh, checkpoint.exportMwh, limitMwh);
        }
        state.admission = meter.admission;
        state.slot = checkpoint.slot;
        state.importMwh = checkpoint.importMwh;
        state.exportMwh = checkpoint.exportMwh;
    }

    function _checkEnergy(Checkpoint calldata checkpoint, uint64 beforeMwh, uint64 afterMwh, uint256 limitMwh)
        private
        pure
    {
        if (afterMwh < beforeMwh) revert CounterBackwards(checkpoint.meterId, checkpoint.slot);
        uint64 energyMwh = afterMwh - beforeMwh;
        if (energyMwh > limitMwh) {
            revert EnergyAboveRatedPower(checkpoint.meterId, checkpoint.slot, energyMwh, limitMwh);
        }
    }

    function _checkGuardian() private view {
        if (!IAccessControl(address(registry)).hasRole(GUARDIAN_ROLE, msg.sender)) {
            revert IAccessControl.AccessControlUnauthorizedAccount(msg.sender, GUARDIAN_ROLE);
        }
    }
}
